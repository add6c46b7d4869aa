package io.percred.demo;

import io.percred.spi.Credential;

/**
 * Somebody who calls.
 *
 * @param name the name, by which the database knows the caller, too
 * @param organisation the organisation whose contacts this caller may read
 */
record Employee(String name, String organisation) {
  /** The token that the database checks; it stores no more than a digest of it. */
  String token() {
    return "token-of-" + name;
  }

  Credential credential() {
    return Credential.of(token(), name);
  }
}

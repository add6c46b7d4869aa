package io.percred.resolution;

import io.percred.spi.CredentialVerifier;

/**
 * A verifier and what it is called in errors and events.
 *
 * @param name its name
 * @param title the name as it begins a sentence
 * @param verifier the verifier
 */
public record NamedVerifier(String name, String title, CredentialVerifier verifier) {
  /** A verifier that the application made: shown by its class, if that has a name. */
  public static NamedVerifier setInCode(CredentialVerifier verifier) {
    return of(InCode.nameOf(verifier), verifier);
  }

  /** A verifier of that name. */
  public static NamedVerifier of(String name, CredentialVerifier verifier) {
    return new NamedVerifier(name, "Verifier " + name, verifier);
  }
}

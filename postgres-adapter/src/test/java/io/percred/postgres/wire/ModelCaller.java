package io.percred.postgres.wire;

import org.jspecify.annotations.Nullable;

/**
 * The callers of the model, each named by a token: {@code alice}, {@code alice+} with a renewed
 * token, {@code alice@acme} who is Alice for a tenant, {@code !alice} with a token that is denied.
 */
final class ModelCaller {
  /** A context is open, and no token in it. */
  static final String ABSENT = "?";

  private ModelCaller() {}

  /** Whether a transaction of theirs is bound; null is nobody. */
  static boolean isAccepted(@Nullable String caller) {
    return caller != null && !caller.equals(ABSENT) && !caller.startsWith("!");
  }

  static String principal(String caller) {
    return caller.replaceAll("[+@].*", "");
  }

  static String tenant(String caller) {
    return caller.substring(caller.indexOf('@') + 1);
  }

  /** Whose a session is that they used: everything but the token. */
  static String owner(String caller) {
    return caller.replace("+", "");
  }
}

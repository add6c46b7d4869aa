package io.percred.postgres.sql;

import java.util.List;

/**
 * What a statement does to the settings of its session, or to the transaction in which they change:
 * the verb and names, never a value.
 *
 * @param verb what is done
 * @param names the settings in lower case, or the savepoint; empty if the verb has none
 */
public record SessionChange(Verb verb, List<String> names) {
  static final SessionChange RESET_ALL = new SessionChange(Verb.RESET_ALL, List.of());
  static final SessionChange COMMIT = new SessionChange(Verb.COMMIT, List.of());
  static final SessionChange ROLLBACK = new SessionChange(Verb.ROLLBACK, List.of());

  /** What is done. */
  public enum Verb {
    /** SET for the session. */
    SET,
    /** RESET of one setting. */
    RESET,
    /** RESET ALL or DISCARD ALL. */
    RESET_ALL,
    SAVEPOINT,
    /** ROLLBACK TO a savepoint. */
    ROLLBACK_TO,
    RELEASE,
    /** COMMIT, END or PREPARE TRANSACTION, chained or not. */
    COMMIT,
    /** ROLLBACK or ABORT of the whole transaction, chained or not. */
    ROLLBACK;

    /** Whether settings change by it, and not only the transaction. */
    public boolean isOfSettings() {
      return this == SET || this == RESET || this == RESET_ALL;
    }
  }

  static SessionChange of(Verb verb, String name) {
    return new SessionChange(verb, List.of(name));
  }

  /** The name of the savepoint. */
  public String savepoint() {
    return names.get(0);
  }
}

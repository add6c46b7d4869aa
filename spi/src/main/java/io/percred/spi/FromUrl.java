package io.percred.spi;

import java.util.Set;

/**
 * What a URL may say of a property. Whoever types a URL is taken for a stranger, connection
 * properties and code for the administrator's: a URL may choose among what is allowed and make
 * things stricter, and it never weakens what somebody else fixed.
 */
public sealed interface FromUrl {
  /** The URL's value counts, whatever else was given: it is a matter of taste or of speed. */
  FromUrl CHOOSES = new Chooses();

  /** A secret of whoever typed the URL. */
  FromUrl OWN = new Own();

  /** What a URL may say of a parameter that percred does not know: nothing. */
  FromUrl UNKNOWN = never("percred does not know what it does");

  /** Counts unless somebody else gave another value. */
  static FromUrl keeps(Policy... policies) {
    return new Keeps(Set.of(policies));
  }

  /** Counts unless it is looser than what somebody else gave. */
  static FromUrl narrows(Strictness order, Policy... policies) {
    return new Narrows(order, Set.of(policies), false);
  }

  /** A waiver: only what is not looser than the default counts. */
  static FromUrl waives(Strictness order) {
    return new Narrows(order, Set.of(), true);
  }

  /** Counts if the machine's list of such names has it. */
  static FromUrl names(Kind kind) {
    return new Names(kind);
  }

  /**
   * Never counts.
   *
   * @param reason a clause such as "it decides who reads the token"
   */
  static FromUrl never(String reason) {
    return new Never(reason);
  }

  /** See {@link #CHOOSES}. */
  record Chooses() implements FromUrl {}

  /** See {@link #OWN}. */
  record Own() implements FromUrl {}

  /**
   * See {@link #keeps}.
   *
   * @param policies of which it is a part
   */
  record Keeps(Set<Policy> policies) implements FromUrl {}

  /**
   * See {@link #narrows} and {@link #waives}.
   *
   * @param order which values are looser
   * @param policies of which it is a part
   * @param always whether the default is fixed even where nobody gave anything
   */
  record Narrows(Strictness order, Set<Policy> policies, boolean always) implements FromUrl {}

  /**
   * See {@link #names}.
   *
   * @param kind what the value is the name of
   */
  record Names(Kind kind) implements FromUrl {}

  /**
   * See {@link #never}.
   *
   * @param reason a clause
   */
  record Never(String reason) implements FromUrl {}

  /** What a value names, and so the list of the machine's that it must be on. */
  enum Kind {
    /** {@code PERCRED_ALLOWED_CLASSES}. */
    CLASS,
    /** {@code PERCRED_ALLOWED_DIRS}. */
    FILE,
    /** {@code PERCRED_ALLOWED_HOSTS}. */
    HOST
  }

  /**
   * What several properties decide together. As soon as somebody else than the URL gives one of
   * them, the defaults of the others are fixed, too.
   */
  enum Policy {
    /** Which credentials are good, and what happens without one. */
    VERIFICATION,
    /** Which role a caller gets. */
    ROLES,
    /** Which settings tell the database who is asking. */
    BINDING,
    /** The OAuth client that fetches tokens for callers. */
    CLIENT,
    /** The service account. */
    SERVICE,
    /** Whether a session is asked whose it is. */
    USER_CHECK
  }
}

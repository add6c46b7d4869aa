package io.percred.session;

import org.jspecify.annotations.Nullable;

/**
 * What a call needs a session for.
 *
 * @param owner whose session it must be, or null for whoever is calling
 * @param executes whether it may begin a transaction, so that the caller is verified
 * @param sql what it does to the session
 * @param repeatable whether it can be made again on another session if this one turns out to be
 *     gone
 */
record SessionUse(@Nullable SessionKey owner, boolean executes, SqlTraits sql, boolean repeatable) {
  /** Of something that sends no statement. */
  static final SessionUse LOOKING = new SessionUse(null, false, SqlTraits.READS, true);

  /** Of something that may send a statement nobody has read. */
  static final SessionUse WORKING = new SessionUse(null, true, SqlTraits.UNREAD, true);

  /** Of something that may send the driver's own queries of the catalog. */
  static final SessionUse BROWSING = new SessionUse(null, true, SqlTraits.READS, true);

  /** The same for one caller's session only. */
  SessionUse of(SessionKey key) {
    return new SessionUse(key, executes, sql, repeatable);
  }

  /** The same, not to be repeated. */
  SessionUse once() {
    return new SessionUse(owner, executes, sql, false);
  }
}

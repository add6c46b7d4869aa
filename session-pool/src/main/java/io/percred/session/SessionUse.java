package io.percred.session;

import org.jspecify.annotations.Nullable;

/**
 * What a call needs a session for.
 *
 * @param owner whose session it must be, or null for whoever is calling
 * @param executes whether it may begin a transaction, so that the caller is verified
 * @param effect what it does to the session
 * @param repeatable whether it can be made again on another session if this one turns out to be
 *     gone
 */
record SessionUse(
    @Nullable SessionKey owner, boolean executes, SqlEffect effect, boolean repeatable) {
  /** Of something that sends no statement. */
  static final SessionUse LOOKING = new SessionUse(null, false, SqlEffect.NONE, true);

  /** Of something that may send a statement nobody has read. */
  static final SessionUse WORKING = new SessionUse(null, true, SqlEffect.NONE, true);

  /** The same for one caller's session only. */
  SessionUse of(SessionKey key) {
    return new SessionUse(key, executes, effect, repeatable);
  }

  /** The same, not to be repeated. */
  SessionUse once() {
    return new SessionUse(owner, executes, effect, false);
  }
}

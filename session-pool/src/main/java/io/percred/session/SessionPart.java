package io.percred.session;

/** Something a session has open for a handle: a statement, or a result set without one. */
interface SessionPart {
  /** Whether it is closed, by whomever. */
  boolean isDone();

  /** The session is about to serve somebody else. False if it could not be closed. */
  boolean leaveSession();
}

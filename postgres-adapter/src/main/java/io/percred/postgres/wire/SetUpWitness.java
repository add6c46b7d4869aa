package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;

/** Tells a pool's set-up of a connection from what a caller sends. Safe for many threads. */
public interface SetUpWitness {
  /** Who stands behind what this thread sends. */
  enum Sender {
    /** A pool that is known, which has not handed the connection over. */
    POOL,
    /** The vendor's driver, which is opening the connection. */
    DRIVER,
    /** Nobody who is known to set connections up. */
    UNKNOWN
  }

  /** Who stands behind what this thread sends now. */
  Sender look();

  /**
   * A connection that was opened while somebody was calling begins with a setting, and nothing
   * tells whether a pool or the caller sent it: it counts as the caller's.
   */
  void unsure(SessionChange change);

  /** A pool's set-up runs a statement for whoever happens to be calling. */
  void ranForCaller();
}

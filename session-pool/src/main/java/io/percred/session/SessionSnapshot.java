package io.percred.session;

/**
 * What a session pool did and holds, at one instant: {@code opened = closed + live} and {@code live
 * = idle + borrowed + closing} always hold. An application gets one from any connection: {@code
 * connection.unwrap(SessionSnapshot.class)}.
 *
 * @param max most sessions there may be
 * @param opened logins that succeeded, late ones included
 * @param closed sessions that were closed, failed closes included
 * @param idle sessions waiting for their caller
 * @param borrowed sessions that a handle holds
 * @param opening logins under way; each takes a place in {@code max}
 * @param closing sessions being closed; each takes a place in {@code max}
 * @param waiting statements that wait for a place
 * @param reused borrows that found an open session
 * @param evicted sessions closed to make room for another caller
 * @param lateArrivals logins that succeeded after their deadline; each was closed
 * @param failedOpens logins that failed
 * @param failedCloses closes that failed; the database ends such a session by its own rules
 */
public record SessionSnapshot(
    int max,
    long opened,
    long closed,
    int idle,
    int borrowed,
    int opening,
    int closing,
    int waiting,
    long reused,
    long evicted,
    long lateArrivals,
    long failedOpens,
    long failedCloses) {
  /** Sessions that are open. */
  public int live() {
    return idle + borrowed + closing;
  }

  @Override
  public String toString() {
    return String.format(
        "sessions: %d live of at most %d (%d idle, %d borrowed, %d closing), %d opening, %d waiting;"
            + " so far %d opened, %d closed, %d reused, %d evicted, %d late, %d failed opens, %d"
            + " failed closes",
        live(),
        max,
        idle,
        borrowed,
        closing,
        opening,
        waiting,
        opened,
        closed,
        reused,
        evicted,
        lateArrivals,
        failedOpens,
        failedCloses);
  }
}

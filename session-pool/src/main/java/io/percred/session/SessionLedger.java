package io.percred.session;

/** Counts what happens to sessions. Guarded by the pool's lock. */
final class SessionLedger {
  private long opened;
  private long closed;
  private long reused;
  private long evicted;
  private long lateArrivals;
  private long failedOpens;
  private long failedCloses;
  private int opening;
  private int closing;

  void openingStarted() {
    opening++;
  }

  void openFailed() {
    opening--;
    failedOpens++;
  }

  void opened() {
    opening--;
    opened++;
  }

  void arrivedLate() {
    lateArrivals++;
  }

  void reused() {
    reused++;
  }

  void evicted() {
    evicted++;
  }

  void closingStarted() {
    closing++;
  }

  void closed(boolean failed) {
    closing--;
    closed++;
    if (failed) {
      failedCloses++;
    }
  }

  int closing() {
    return closing;
  }

  SessionSnapshot snapshot(int max, int idle, int waiting) {
    int borrowed = Math.toIntExact(opened - closed) - idle - closing;
    return new SessionSnapshot(
        max,
        opened,
        closed,
        idle,
        borrowed,
        opening,
        closing,
        waiting,
        reused,
        evicted,
        lateArrivals,
        failedOpens,
        failedCloses);
  }
}

package io.percred.postgres.wire;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether what percred sends arrives as it was sent. A pooler may stand between that knows no
 * function calls, or that ends a transaction between two messages of one group: then the caller's
 * statement would run without the binding in front of it. So the first binding of each way sets
 * something more, and a statement behind it fails, and with it the rest of the group, unless that
 * is there. Confined to one connection, but for the deadline.
 */
final class DeliveryProof {
  /** Set beside the first binding, for the transaction. */
  static final String SETTING = "percred.proof";

  /** The SQLSTATE of a check that failed: division by zero. */
  static final String ABSENT = "22012";

  private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

  private final String value;
  private final Duration patience;
  private final Runnable unanswered;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean callsArrive;
  private boolean groupsHold;

  /**
   * @param nonce what nobody else can have set
   * @param patience how long the first function call may go unanswered
   * @param unanswered told on another thread when it went unanswered for so long
   */
  DeliveryProof(long nonce, Duration patience, Runnable unanswered) {
    this.value = Long.toString(nonce);
    this.patience = patience;
    this.unanswered = unanswered;
  }

  private static ScheduledThreadPoolExecutor deadlines() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "percred-function-call");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(1, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** What the setting is set to. */
  String value() {
    return value;
  }

  /** Sets it. */
  String set() {
    return "SELECT pg_catalog.set_config('" + SETTING + "', '" + value + "', true)";
  }

  /** Fails with {@link #ABSENT} unless the setting is there. */
  String check() {
    return "SELECT 1 OPERATOR(pg_catalog./) (coalesce(pg_catalog.current_setting('"
        + SETTING
        + "', true), '') OPERATOR(pg_catalog.=) '"
        + value
        + "')::pg_catalog.int4";
  }

  /** Whether function calls are known to be answered. */
  boolean callsArrive() {
    return callsArrive;
  }

  /** Whether the messages of a group are known to be one transaction. */
  boolean groupsHold() {
    return groupsHold;
  }

  /** Whether the first function calls are under way. */
  boolean isCalling() {
    return deadline != null;
  }

  /** The first function calls go out. */
  void calling() {
    if (deadline == null) {
      deadline = DEADLINES.schedule(unanswered, patience.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A function call was answered, in whatever way. */
  void answered() {
    ScheduledFuture<?> waiting = deadline;
    if (waiting != null) {
      waiting.cancel(false);
      deadline = null;
    }
  }

  /** A function call returned. */
  void called() {
    callsArrive = true;
    answered();
  }

  /** The check in a group succeeded. */
  void held() {
    groupsHold = true;
  }
}

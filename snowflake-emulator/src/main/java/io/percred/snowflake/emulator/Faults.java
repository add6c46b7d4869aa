package io.percred.snowflake.emulator;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong on purpose. Faults are set per endpoint, may be changed at any time and act on
 * requests that arrive afterwards; random ones come from one seeded generator. Thread-safe.
 */
public final class Faults {
  private final ReentrantLock lock = new ReentrantLock();
  private final SplittableRandom random;
  private final Map<Endpoint, Plan> plans = new EnumMap<>(Endpoint.class);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private LoginFault loginFault = new LoginFault(0, "", "");
  private double vanishRate;
  private @Nullable Unanswered unanswered;

  /** What the client hears of a query that was executed. */
  public enum Silence {
    /** Code 333333: it asks again for the result. */
    IN_PROGRESS,
    /** HTTP status 503: it repeats the request. */
    UNAVAILABLE,
    /** Nothing, as the connection ends: it repeats the request. */
    CUT
  }

  /** What becomes of the session of such a query, before the client asks again. */
  public enum End {
    /** It is gone (390111). */
    LOST,
    /** Its session token has expired (390112) and can be renewed. */
    TO_RENEW,
    /** Its session token has expired and its master token too (390114). */
    EXPIRED
  }

  record Unanswered(Silence how, End end) {}

  private record Plan(
      Duration delay, int status, double statusRate, double cutRate, @Nullable Hold hold) {
    static final Plan NONE = new Plan(Duration.ZERO, 0, 0, 0, null);
  }

  private record LoginFault(double rate, String code, String message) {}

  /** What happens to one request once its delay is over. */
  sealed interface Verdict {
    /** Answer it. */
    record Serve() implements Verdict {}

    /** Answer with this HTTP status and nothing else. */
    record Status(int status) implements Verdict {}

    /** Close the TCP connection without an answer. */
    record Cut() implements Verdict {}
  }

  Faults(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Requests to this endpoint wait this long before anything else happens to them. */
  public Faults delay(Endpoint endpoint, Duration delay) {
    return change(
        endpoint, plan -> new Plan(delay, plan.status, plan.statusRate, plan.cutRate, plan.hold));
  }

  /**
   * A share of the requests to this endpoint gets an HTTP status instead of being processed.
   *
   * @param rate 0 (never) to 1 (always)
   */
  public Faults status(Endpoint endpoint, int status, double rate) {
    return change(endpoint, plan -> new Plan(plan.delay, status, rate, plan.cutRate, plan.hold));
  }

  /** {@link #status(Endpoint, int, double)} for every endpoint of Snowflake's API. */
  public Faults statusEverywhere(int status, double rate) {
    for (Endpoint endpoint : Endpoint.values()) {
      if (endpoint != Endpoint.ISSUER) {
        status(endpoint, status, rate);
      }
    }
    return this;
  }

  /** A share of the requests to this endpoint has its TCP connection closed instead. */
  public Faults cut(Endpoint endpoint, double rate) {
    return change(
        endpoint, plan -> new Plan(plan.delay, plan.status, plan.statusRate, rate, plan.hold));
  }

  /** A share of the logins is refused with an error of Snowflake's, whatever their token. */
  public Faults refuseLogins(double rate, String code, String message) {
    lock.lock();
    try {
      loginFault = new LoginFault(rate, code, message);
    } finally {
      lock.unlock();
    }
    return this;
  }

  /** A share of the queries finds that its session has vanished (390111); nothing is run. */
  public Faults vanishSessions(double rate) {
    lock.lock();
    try {
      vanishRate = rate;
    } finally {
      lock.unlock();
    }
    return this;
  }

  /** The next query is executed, and its client does not hear how it ended. Once. */
  public Faults leaveUnanswered(Silence how, End end) {
    lock.lock();
    try {
      unanswered = new Unanswered(how, end);
    } finally {
      lock.unlock();
    }
    return this;
  }

  @Nullable Unanswered unanswered() {
    lock.lock();
    try {
      Unanswered next = unanswered;
      unanswered = null;
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Requests to this endpoint hang until the hold is released; then they are processed. */
  public Hold hold(Endpoint endpoint) {
    Hold hold = new Hold(this, endpoint);
    change(
        endpoint, plan -> new Plan(plan.delay, plan.status, plan.statusRate, plan.cutRate, hold));
    return hold;
  }

  /** Takes all faults back and releases what hangs. */
  public void clear() {
    lock.lock();
    try {
      plans.values().forEach(Faults::release);
      plans.clear();
      loginFault = new LoginFault(0, "", "");
      vanishRate = 0;
      unanswered = null;
    } finally {
      lock.unlock();
    }
  }

  /** Requests that hang until {@link #close()}. */
  public static final class Hold implements AutoCloseable {
    private final Faults owner;
    private final Endpoint endpoint;
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private Hold(Faults owner, Endpoint endpoint) {
      this.owner = owner;
      this.endpoint = endpoint;
    }

    /** Waits until a request hangs here; false if none came within the timeout. */
    public boolean awaitArrival(Duration timeout) throws InterruptedException {
      return arrived.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Lets the requests go on, those to come included. */
    @Override
    public void close() {
      released.countDown();
      owner.change(
          endpoint,
          plan ->
              plan.hold == this
                  ? new Plan(plan.delay, plan.status, plan.statusRate, plan.cutRate, null)
                  : plan);
    }
  }

  /** Waits as planned and tells what to do with a request that has just arrived. */
  Verdict meet(Endpoint endpoint) throws InterruptedException {
    Plan plan;
    lock.lock();
    try {
      plan = plans.getOrDefault(endpoint, Plan.NONE);
    } finally {
      lock.unlock();
    }
    if (!plan.delay.isZero()) {
      pause(plan.delay);
    }
    if (plan.hold != null) {
      plan.hold.arrived.countDown();
      plan.hold.released.await();
    }
    if (happens(plan.statusRate)) {
      return new Verdict.Status(plan.status);
    }
    return happens(plan.cutRate) ? new Verdict.Cut() : new Verdict.Serve();
  }

  /** Waits this long, or until the emulator stops. */
  void pause(Duration length) throws InterruptedException {
    if (stopping.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new InterruptedException("The emulator is stopping");
    }
  }

  void meetLogin() throws SnowflakeError {
    LoginFault fault;
    lock.lock();
    try {
      fault = loginFault;
    } finally {
      lock.unlock();
    }
    if (happens(fault.rate)) {
      throw new SnowflakeError(fault.code, "08001", fault.message);
    }
  }

  boolean sessionVanishes() {
    return happens(vanishRate);
  }

  void stop() {
    stopping.countDown();
    clear();
  }

  private boolean happens(double rate) {
    if (rate <= 0) {
      return false;
    }
    lock.lock();
    try {
      return random.nextDouble() < rate;
    } finally {
      lock.unlock();
    }
  }

  private Faults change(Endpoint endpoint, UnaryOperator<Plan> edit) {
    lock.lock();
    try {
      plans.put(endpoint, edit.apply(plans.getOrDefault(endpoint, Plan.NONE)));
    } finally {
      lock.unlock();
    }
    return this;
  }

  private static void release(Plan plan) {
    if (plan.hold != null) {
      plan.hold.released.countDown();
    }
  }
}

package io.percred.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. */
final class MovableClock extends Clock {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final AtomicLong passedMillis = new AtomicLong();

  void advance(Duration by) {
    passedMillis.addAndGet(by.toMillis());
  }

  @Override
  public Instant instant() {
    return START.plusMillis(passedMillis.get());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}

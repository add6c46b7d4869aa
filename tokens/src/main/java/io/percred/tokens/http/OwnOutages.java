package io.percred.tokens.http;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The outages in a row that calls about one token have met.
 *
 * @param row how many, since when
 * @param reason the last one
 * @param last when it was, or when the next call after it was let through
 * @param heldUntil until when no calls about this token are made, whatever others meet
 */
record OwnOutages(Row row, String reason, Instant last, Instant heldUntil) {
  /** The longest that an endpoint is believed who wants not to be asked. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** Outages in a row. */
  record Row(int length, @Nullable Instant since) {
    static final Row NONE = new Row(0, null);

    Row and(Instant now) {
      return new Row(length + 1, since == null ? now : since);
    }

    Instant sinceOr(Instant now) {
      return since == null ? now : since;
    }
  }

  /**
   * These and one more.
   *
   * @param before the ones before, or null
   * @param most how many in a row make that calls are held back
   * @param openFor how long they are held back then
   */
  static OwnOutages and(
      @Nullable OwnOutages before, CallFailure failure, Instant now, int most, Duration openFor) {
    Row row = (before == null ? Row.NONE : before.row).and(now);
    Instant heldUntil = row.length >= most ? now.plus(openFor) : now;
    Duration asked = failure.retryAfter();
    if (asked != null) {
      Instant wanted = now.plus(asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
      heldUntil = wanted.isAfter(heldUntil) ? wanted : heldUntil;
    }
    return new OwnOutages(row, failure.reason(), now, heldUntil);
  }

  /** The same, while one call finds out whether they are over. */
  OwnOutages tried(Instant now, Instant heldUntil) {
    return new OwnOutages(row, reason, now, heldUntil);
  }
}

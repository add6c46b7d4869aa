package io.percred.snowflake.emulator;

import java.util.EnumMap;
import java.util.Map;

/**
 * What the emulator has counted since it started, taken at one instant: {@code opened == closed +
 * lost + live} always holds.
 *
 * @param opened sessions that a login has opened
 * @param closed sessions that the client has closed
 * @param lost sessions that vanished without the client closing them
 * @param live sessions open now
 * @param peakLive the most sessions ever open at one time
 * @param refusedLogins logins answered with an error of Snowflake's (not an injected HTTP status)
 * @param requests HTTP requests received, per endpoint, whatever they were answered
 */
public record Counters(
    long opened,
    long closed,
    long lost,
    long live,
    long peakLive,
    long refusedLogins,
    Map<Endpoint, Long> requests) {

  /** An immutable snapshot. */
  public Counters {
    requests = Map.copyOf(requests);
  }

  /** Requests received for this endpoint. */
  public long requests(Endpoint endpoint) {
    return requests.getOrDefault(endpoint, 0L);
  }

  /** Requests that a driver has made in all, those for the emulator's own issuer left out. */
  public long totalRequests() {
    long total = 0;
    for (Map.Entry<Endpoint, Long> each : requests.entrySet()) {
      total += each.getKey() == Endpoint.ISSUER ? 0 : each.getValue();
    }
    return total;
  }

  /**
   * What happened since {@code earlier}; {@code live} and {@code peakLive} stay as they are now.
   */
  public Counters since(Counters earlier) {
    Map<Endpoint, Long> difference = new EnumMap<>(Endpoint.class);
    requests.forEach(
        (endpoint, count) -> difference.put(endpoint, count - earlier.requests(endpoint)));
    return new Counters(
        opened - earlier.opened,
        closed - earlier.closed,
        lost - earlier.lost,
        live,
        peakLive,
        refusedLogins - earlier.refusedLogins,
        difference);
  }
}

package io.percred.snowflake.emulator;

import java.util.Map;

/** What a request of the driver is for, told by its path. */
public enum Endpoint {
  /** {@code /session/v1/login-request} */
  LOGIN,
  /** {@code /queries/v1/query-request} */
  QUERY,
  /** {@code /queries/ID/result}: the answer of a query that ran longer, or asynchronously. */
  RESULT,
  /** {@code /chunks/…}: further rows of a large result. */
  CHUNK,
  /** {@code /queries/v1/abort-request} */
  ABORT,
  /** {@code /monitoring/queries/ID} */
  MONITORING,
  /** {@code /session?delete=true} */
  CLOSE,
  /** {@code /session/heartbeat} */
  HEARTBEAT,
  /** {@code /session/token-request} */
  RENEWAL,
  /** {@code /telemetry/send} */
  TELEMETRY,
  /** The emulator's own issuer: {@code /issuer/…}; not part of Snowflake's API. */
  ISSUER,
  /** Anything else; answered 404. */
  OTHER;

  private static final Map<String, Endpoint> FIXED =
      Map.of(
          "/session/v1/login-request", LOGIN,
          "/queries/v1/query-request", QUERY,
          "/queries/v1/abort-request", ABORT,
          "/session", CLOSE,
          "/session/heartbeat", HEARTBEAT,
          "/session/token-request", RENEWAL,
          "/telemetry/send", TELEMETRY);

  static Endpoint of(String path) {
    Endpoint fixed = FIXED.get(path);
    if (fixed != null) {
      return fixed;
    }
    if (path.startsWith("/queries/") && path.endsWith("/result")) {
      return RESULT;
    }
    if (path.startsWith("/monitoring/queries/")) {
      return MONITORING;
    }
    if (path.startsWith("/chunks/")) {
      return CHUNK;
    }
    return path.startsWith("/issuer/") ? ISSUER : OTHER;
  }
}

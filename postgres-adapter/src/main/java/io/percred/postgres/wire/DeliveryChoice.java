package io.percred.postgres.wire;

import io.percred.postgres.PostgresProperty.Delivery;

/**
 * How the bindings of one connection travel: as bind parameters of a prepared statement, which a
 * server may be told to log, or as arguments of function calls, which no server logs (PostgreSQL
 * source, fastpath.c) but which cost a block around every statement. Confined to one connection.
 */
final class DeliveryChoice {
  /**
   * Whether the server would write bind parameters of a SELECT to its log, or to the error that one
   * ends with. What the settings of auto_explain and pgaudit show is taken for the worst.
   */
  static final String PROBE =
      "(pg_catalog.current_setting('log_parameter_max_length') <> '0'"
          + " AND (pg_catalog.current_setting('log_statement') = 'all'"
          + " OR pg_catalog.current_setting('log_min_duration_statement') <> '-1'"
          + " OR pg_catalog.current_setting('log_min_duration_sample') <> '-1'"
          + " OR pg_catalog.current_setting('log_transaction_sample_rate') <> '0'))"
          + " OR pg_catalog.current_setting('log_parameter_max_length_on_error') <> '0'"
          + " OR coalesce(pg_catalog.current_setting('auto_explain.log_min_duration', true), '-1')"
          + " <> '-1'"
          + " OR coalesce(pg_catalog.current_setting('pgaudit.log_parameter', true), 'off') <> 'off'";

  private static final byte FALSE = 'f';

  private final boolean automatic;
  private boolean probed;
  private boolean byCall;

  DeliveryChoice(Delivery configured) {
    automatic = configured == Delivery.AUTO;
    byCall = configured != Delivery.BIND;
  }

  /** Whether the server is asked which way to choose. */
  boolean isAutomatic() {
    return automatic;
  }

  /** Whether the next binding travels as function calls. */
  boolean isByCall() {
    return byCall;
  }

  /** Whether the server is to be asked, beside the next binding, what it logs. */
  boolean probes() {
    return automatic && !(probed && byCall);
  }

  /**
   * The server answered the probe. Once it was seen to log parameters, function calls are used for
   * the rest of the connection's life.
   *
   * @param row a DataRow whose last column is the answer
   */
  void answered(byte[] row) {
    byCall = (probed && byCall) || row[row.length - 1] != FALSE;
    probed = true;
  }

  /** The name of this way in a history. */
  @Override
  public String toString() {
    return byCall ? "function-call" : "bind";
  }
}

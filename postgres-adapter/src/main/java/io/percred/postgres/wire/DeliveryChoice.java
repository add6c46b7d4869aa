package io.percred.postgres.wire;

import io.percred.postgres.PostgresProperty.Delivery;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How the bindings of one connection travel: as bind parameters of a prepared statement, which a
 * server may be told to log, or as arguments of function calls, which no server logs (PostgreSQL
 * source, fastpath.c) but which cost a block around every statement. Confined to one connection.
 *
 * <p>Which one is chosen automatically begins with function calls and a look at what the server
 * logs. As long as that shows nothing, bindings are parameters, and each tells when the server read
 * its configuration last: if that changes, or a caller's text names one of the settings, the choice
 * begins again. What functions set for the session is not followed.
 */
final class DeliveryChoice {
  /** When the server read its configuration last. */
  static final String LOADED = "pg_catalog.pg_conf_load_time()";

  /**
   * Whether the server writes no bind parameters of a SELECT to its log, nor to the error that one
   * ends with, nor a plan, which shows parameters as constants. What the settings of auto_explain
   * and pgaudit show is taken for the worst.
   */
  static final String PROBE =
      "SELECT "
          + LOADED
          + ", (pg_catalog.current_setting('log_parameter_max_length') = '0'"
          + " OR (pg_catalog.current_setting('log_statement') <> 'all'"
          + " AND pg_catalog.current_setting('log_min_duration_statement') = '-1'"
          + " AND pg_catalog.current_setting('log_min_duration_sample') = '-1'"
          + " AND pg_catalog.current_setting('log_transaction_sample_rate') = '0'))"
          + " AND pg_catalog.current_setting('log_parameter_max_length_on_error') = '0'"
          + " AND pg_catalog.current_setting('debug_print_parse') = 'off'"
          + " AND pg_catalog.current_setting('debug_print_rewritten') = 'off'"
          + " AND pg_catalog.current_setting('debug_print_plan') = 'off'"
          + " AND coalesce(pg_catalog.current_setting('auto_explain.log_min_duration', true), '-1')"
          + " = '-1'"
          + " AND coalesce(pg_catalog.current_setting('pgaudit.log_parameter', true), 'off') = 'off'";

  /** What a caller's text may change of it for the session, without being a superuser or with. */
  private static final ByteSearch SETTINGS =
      ByteSearch.of(
          "debug_print",
          "log_statement",
          "log_parameter",
          "log_min_duration",
          "log_transaction_sample",
          "auto_explain",
          "pgaudit");

  private final boolean automatic;
  private boolean rolesAreLoud;

  /** Whether SQL may have changed what the server logs since it was asked. */
  private boolean outdated;

  private final DeliveryProof proof;
  private byte @Nullable [] loaded;
  private boolean byCall;

  DeliveryChoice(Delivery configured, DeliveryProof proof) {
    this.proof = proof;
    automatic = configured == Delivery.AUTO;
    byCall = configured != Delivery.BIND;
  }

  /** Whether bindings arrive that way. */
  DeliveryProof proof() {
    return proof;
  }

  /** Whether the server is asked which way to choose. */
  boolean isAutomatic() {
    return automatic;
  }

  /** Whether the next binding travels as function calls. */
  boolean isByCall() {
    return byCall;
  }

  /** Whether what the server logs is to be asked beside the next binding. */
  boolean probes() {
    return automatic && loaded == null;
  }

  /** The probe goes out. */
  void probing() {
    outdated = false;
  }

  /**
   * The server answered the probe. If it was seen to log parameters, function calls are used for
   * the rest of the connection's life.
   *
   * @param loadedAt when it read its configuration last, as it says it
   * @param quiet whether it logs no parameters
   */
  void probed(byte[] loadedAt, boolean quiet) {
    if (outdated) {
      return;
    }
    loaded = loadedAt;
    byCall = !quiet || rolesAreLoud;
  }

  /** A binding told when the server read its configuration last. */
  void loaded(byte[] loadedAt) {
    if (!byCall && !Arrays.equals(loaded, loadedAt)) {
      loaded = null;
      byCall = true;
    }
  }

  /** SQL goes out: if it may change what the session logs, the server is asked again. */
  void sent(byte[] text, int from, int end) {
    if (automatic && SETTINGS.isIn(text, from, end)) {
      outdated = true;
      loaded = null;
      byCall = true;
    }
  }

  /**
   * A role brings settings with it that are about what the server logs: function calls are used
   * from the next binding on for the rest of the connection's life.
   */
  void rolesAreLoud() {
    rolesAreLoud = true;
    byCall |= automatic;
  }

  /** The name of this way in a history. */
  @Override
  public String toString() {
    return byCall ? "function-call" : "bind";
  }
}

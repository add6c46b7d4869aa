package io.percred.snowflake;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Kind;
import io.percred.spi.PercredError;
import io.percred.spi.Strictness;
import io.percred.spi.VendorReading;
import io.percred.spi.VendorReading.Exposure;
import io.percred.spi.VendorReading.Host;
import io.percred.spi.VendorReading.Parameter;
import io.percred.spi.VendorReading.Secrecy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a URL that a stranger typed may say to Snowflake's driver. The driver itself gets the host
 * alone, and as properties what is read here, so this is how it reads the URL. Every property of
 * the driver's versions that percred is tested with is listed, and the account's session
 * parameters; others are refused.
 */
final class SnowflakeRules {
  private static final int TLS_PORT = 443;
  private static final int PLAIN_PORT = 80;
  private static final Pattern ADDRESS =
      Pattern.compile("jdbc:snowflake://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?/?");

  private static final Map<String, FromUrl> RULES = rules();

  private SnowflakeRules() {}

  /** What a URL may say of a parameter; case does not count. */
  static FromUrl rule(String name) {
    return RULES.getOrDefault(name.toLowerCase(Locale.ROOT), FromUrl.UNKNOWN);
  }

  /**
   * Reads URL and properties.
   *
   * @throws SQLException with PERCRED-354 if the URL cannot be read
   */
  static VendorReading read(String url, Properties properties) throws SQLException {
    SortedMap<String, String> ofUrl = parametersOf(url);
    SortedMap<String, Object> effective = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    properties.forEach((name, value) -> effective.put(String.valueOf(name), value));
    effective.putAll(ofUrl);
    boolean plain = isOff(effective.get("ssl"));
    Exposure exposure =
        plain ? new Exposure("ssl=off sends it in clear", "Leave ssl out, or say ssl=on.") : null;
    return new VendorReading(
        ofUrl.entrySet().stream()
            .map(each -> new Parameter(each.getKey(), each.getValue()))
            .toList(),
        List.of(hostOf(url, plain)),
        new Secrecy(exposure, exposure, Map.of(), null));
  }

  /**
   * What stands behind the question mark.
   *
   * @throws SQLException with PERCRED-354 if it cannot be read
   */
  static SortedMap<String, String> parametersOf(String url) throws SQLException {
    SortedMap<String, String> parameters = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int question = url.indexOf('?');
    if (question < 0) {
      return parameters;
    }
    for (String parameter : url.substring(question + 1).split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (parameter.isEmpty()) {
        continue;
      }
      if (equals <= 0) {
        throw PercredError.of(SnowflakeError.URL, "a parameter has no value").toSqlException();
      }
      try {
        parameters.put(
            URLDecoder.decode(parameter.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw PercredError.of(SnowflakeError.URL, "a percent sign is not followed by two digits")
            .toSqlException();
      }
    }
    return parameters;
  }

  private static Host hostOf(String url, boolean plain) throws SQLException {
    int question = url.indexOf('?');
    Matcher address = ADDRESS.matcher(question < 0 ? url : url.substring(0, question));
    if (!address.matches()) {
      throw PercredError.of(
              SnowflakeError.URL, "what stands in front of the question mark is not a host alone")
          .toSqlException();
    }
    String port = address.group(2);
    int number = port == null ? (plain ? PLAIN_PORT : TLS_PORT) : Integer.parseInt(port);
    return new Host(address.group(1), number);
  }

  private static boolean isOff(@Nullable Object ssl) {
    String word = String.valueOf(ssl);
    return word.equalsIgnoreCase("off") || word.equalsIgnoreCase("false");
  }

  private static Map<String, FromUrl> rules() {
    Map<String, FromUrl> rules = new TreeMap<>();
    put(rules, FromUrl.CHOOSES, "account application appId appVersion database db role schema");
    put(rules, FromUrl.CHOOSES, "warehouse snowflakeClientInfo user_agent_suffix");
    put(
        rules,
        FromUrl.CHOOSES,
        "browser_response_timeout loginTimeout networkTimeout queryTimeout");
    put(rules, FromUrl.CHOOSES, "retryTimeout http_client_connection_timeout maxHttpRetries");
    put(rules, FromUrl.CHOOSES, "http_client_socket_timeout implicit_server_side_query_timeout");
    put(rules, FromUrl.CHOOSES, "clear_batch_only_after_successful_execution gzipDisabled");
    put(rules, FromUrl.CHOOSES, "client_treat_time_as_wall_clock_time stringsQuotedForColumnDef");
    put(rules, FromUrl.CHOOSES, "disablePlatformDetection platformDetectionTimeoutMs");
    put(rules, FromUrl.CHOOSES, "disableQueryContextCache enablePatternSearch enableCopyResultSet");
    put(rules, FromUrl.CHOOSES, "enable_exact_schema_search_enabled putGetMaxRetries");
    put(rules, FromUrl.CHOOSES, "enable_wildcards_in_show_metadata_commands");
    put(rules, FromUrl.CHOOSES, "jdbc_arrow_treat_decimal_as_int jdbc_get_date_use_null_timezone");
    put(rules, FromUrl.CHOOSES, "jdbc_default_format_date_with_timezone");
    put(rules, FromUrl.CHOOSES, "validateDefaultParameters");
    put(rules, FromUrl.keeps(), "allowUnderscoresInHost authenticator clientRequestMfaToken");
    put(rules, FromUrl.keeps(), "client_out_of_band_telemetry_enabled disableConsoleLogin");
    put(rules, FromUrl.keeps(), "disableGcsDefaultCredentials disableSocksProxy");
    put(rules, FromUrl.keeps(), "htapOOBTelemetryEnabled max_tls_version min_tls_version");
    put(rules, FromUrl.keeps(), "nonProxyHosts oauthClientID oauthScope oktausername");
    put(rules, FromUrl.keeps(), "passcodeInPassword proxyPort proxyProtocol proxyUser ssl");
    put(rules, FromUrl.keeps(), "useProxy user");
    put(rules, FromUrl.narrows(Strictness.words("false", "true")), "enablePutGet");
    put(rules, FromUrl.waives(Strictness.words("false", "true")), "disableOCSPChecks insecureMode");
    put(rules, FromUrl.waives(Strictness.words("false", "true")), "disableSamlURLCheck");
    put(
        rules,
        FromUrl.waives(Strictness.words("false", "true")),
        "allow_certificates_without_crl_url clientStoreTemporaryCredential enable_diagnostics");
    put(rules, FromUrl.waives(Strictness.words("false", "true")), "java_logging_console_std_out");
    put(rules, FromUrl.keeps(), "ocspFailOpen java_logging_console_std_out_threshold");
    put(rules, FromUrl.keeps(), "cert_revocation_check_mode ownerOnlyStageFilePermissionsEnabled");
    put(rules, FromUrl.OWN, "id_token_password oauthClientSecret passcode password");
    put(rules, FromUrl.OWN, "private_key_base64 private_key_file_pwd private_key_pwd");
    put(rules, FromUrl.OWN, "privateKey proxyPassword token");
    put(rules, FromUrl.names(Kind.FILE), "client_config_file diagnostics_allowlist_file");
    put(rules, FromUrl.names(Kind.FILE), "private_key_file");
    put(rules, FromUrl.names(Kind.HOST), "proxyHost workloadIdentityHost");
    String logsIn = "it decides who logs in, or where a secret goes";
    put(
        rules,
        FromUrl.never(logsIn),
        "oauthAuthorizationUrl oauthRedirectUri oauthTokenRequestUrl");
    put(rules, FromUrl.never(logsIn), "oauthEnableSingleUseRefreshTokens serverURL");
    put(rules, FromUrl.never(logsIn), "workloadIdentityAwsExternalId workloadIdentityProvider");
    put(rules, FromUrl.never(logsIn), "workloadIdentityAwsUseOutboundToken");
    put(rules, FromUrl.never(logsIn), "workloadIdentityEntraResource workload_identity_host");
    put(rules, FromUrl.never(logsIn), "workloadIdentityImpersonationPath");
    put(rules, FromUrl.never("the driver writes a log of it"), "tracing");
    String classes = "it names classes that see every request";
    put(rules, FromUrl.never(classes), "net.snowflake.client.jdbc.HttpHeadersCustomizer");
    String tests = "it is for tests of the driver";
    put(rules, FromUrl.never(tests), "inject_wait_in_put injectClientPause injectSocketTimeout");
    sessionParameters().forEach(name -> put(rules, FromUrl.CHOOSES, name));
    return Map.copyOf(rules);
  }

  /** Session parameters of the account that change how results look or how long they are kept. */
  private static List<String> sessionParameters() {
    return List.of(
        "abort_detached_query autocommit binary_input_format binary_output_format",
        "client_memory_limit client_metadata_request_use_connection_ctx client_prefetch_threads",
        "client_metadata_use_session_database client_result_chunk_size client_result_column_case_insensitive",
        "client_session_keep_alive client_session_keep_alive_heartbeat_frequency",
        "client_timestamp_type_mapping date_input_format date_output_format error_on_nondeterministic_merge",
        "error_on_nondeterministic_update geography_output_format geometry_output_format",
        "jdbc_query_result_format jdbc_treat_decimal_as_int jdbc_treat_timestamp_ntz_as_utc",
        "jdbc_use_session_timezone json_indent lock_timeout multi_statement_count",
        "query_result_format query_tag quoted_identifiers_ignore_case rows_per_resultset search_path",
        "statement_queued_timeout_in_seconds statement_timeout_in_seconds strict_json_output",
        "time_input_format time_output_format timestamp_day_is_always_24h timestamp_input_format",
        "timestamp_ltz_output_format timestamp_ntz_output_format timestamp_output_format",
        "timestamp_type_mapping timestamp_tz_output_format timezone transaction_abort_on_error",
        "transaction_default_isolation_level two_digit_century_start use_cached_result",
        "week_of_year_policy week_start");
  }

  private static void put(Map<String, FromUrl> rules, FromUrl rule, String names) {
    for (String name : names.split(" ", -1)) {
      rules.put(name.toLowerCase(Locale.ROOT), rule);
    }
  }
}

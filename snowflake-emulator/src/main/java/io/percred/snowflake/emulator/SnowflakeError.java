package io.percred.snowflake.emulator;

import java.sql.SQLException;
import java.util.Locale;

/** An answer with {@code success:false}: Snowflake's code, SQLSTATE and message. */
final class SnowflakeError extends Exception {
  private static final long serialVersionUID = 1L;

  static final String SESSION_GONE = "390111";
  static final String SESSION_TOKEN_EXPIRED = "390112";
  static final String MASTER_TOKEN_EXPIRED = "390114";
  static final String MASTER_TOKEN_INVALID = "390115";

  private final String code;
  private final String sqlState;

  SnowflakeError(String code, String sqlState, String message) {
    super(message, null, false, false);
    this.code = code;
    this.sqlState = sqlState;
  }

  String code() {
    return code;
  }

  String sqlState() {
    return sqlState;
  }

  /** The message; every error is made with one. */
  String text() {
    return String.valueOf(getMessage());
  }

  static SnowflakeError sessionGone() {
    return new SnowflakeError(
        SESSION_GONE,
        "08001",
        "Session no longer exists. New login required to access the service.");
  }

  static SnowflakeError syntax(String near) {
    return new SnowflakeError(
        "001003",
        "42000",
        "SQL compilation error:\nsyntax error line 1 at position 0 unexpected '" + near + "'.");
  }

  static SnowflakeError cancelled() {
    return new SnowflakeError("000604", "57014", "SQL execution canceled");
  }

  static SnowflakeError unsupported(String what) {
    return new SnowflakeError("000002", "0A000", "Unsupported feature '" + what + "'.");
  }

  static SnowflakeError missingObject(String kind, String name) {
    return new SnowflakeError(
        "002043",
        "02000",
        "SQL compilation error:\n"
            + kind
            + " '"
            + name
            + "' does not exist, or operation cannot be performed.");
  }

  /** What Snowflake would say where DuckDB said {@code e}; DuckDB's words are kept behind it. */
  static SnowflakeError of(SQLException e) {
    String message = String.valueOf(e.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    String compilation = "SQL compilation error:\n" + message;
    if (lower.startsWith("interrupt")) {
      return cancelled();
    }
    if (lower.startsWith("parser error")) {
      return new SnowflakeError("001003", "42000", compilation);
    }
    if (lower.startsWith("catalog error") && lower.contains("already exists")) {
      return new SnowflakeError("002002", "42710", compilation);
    }
    if (lower.startsWith("catalog error") && lower.contains("function with name")) {
      return new SnowflakeError("002140", "42601", compilation);
    }
    if (lower.startsWith("catalog error")) {
      return new SnowflakeError("002003", "42S02", compilation);
    }
    if (lower.startsWith("binder error")) {
      return new SnowflakeError("000904", "42000", compilation);
    }
    if (lower.startsWith("conversion error")) {
      return new SnowflakeError("100038", "22018", message);
    }
    if (lower.startsWith("constraint error")) {
      return new SnowflakeError("100072", "22000", message);
    }
    if (lower.contains("conflict")) {
      return new SnowflakeError("000625", "57014", message);
    }
    return new SnowflakeError("000603", "XX000", message);
  }
}

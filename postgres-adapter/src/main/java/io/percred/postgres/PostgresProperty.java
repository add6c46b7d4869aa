package io.percred.postgres;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.PropertyType.Choice;
import io.percred.spi.PropertyType.Flag;
import io.percred.spi.PropertyType.Shaped;
import io.percred.spi.PropertyType.Text;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The properties that the PostgreSQL adapter reads. */
public enum PostgresProperty implements PropertyDescriptor {
  MODE("percred.mode", Choice.of(Mode.class), "setting", "How PostgreSQL learns the caller."),
  SETTING(
      "percred.setting",
      new Shaped(
          Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)+"),
          "two or more identifiers joined by dots, such as app.api_token"),
      "app.api_token",
      "The setting that holds the token for the length of the transaction; read it with"
          + " current_setting('app.api_token', true)."),
  PREFIX(
      "percred.prefix",
      new Text(),
      null,
      "Put in front of the token, with one blank between, such as Bearer; trimmed."),
  ON_CHANGE(
      "percred.on-change",
      Choice.of(OnChange.class),
      "reject",
      "What happens to a statement when the caller changes while a transaction is open: refuse it, or"
          + " keep the caller the transaction began with."),
  DELIVERY(
      "percred.delivery",
      Choice.of(Delivery.class),
      "auto",
      "How the binding travels: as bind parameters of a prepared statement, or as arguments of"
          + " function calls, which appear in no server log; auto means bind unless the server would"
          + " log bind parameters."),
  RESIDUE(
      "percred.residue",
      Choice.of(Residue.class),
      "clear",
      "What happens to the state of the session (settings, role, cursors, temporary tables, advisory"
          + " locks, channels, sequences) when the caller differs from the last one who used it. Keep"
          + " it only behind a transaction pooler, or where no caller can leave anything."),
  LOGIN_ALLOW_PLAINTEXT(
      "percred.login.allow-plaintext",
      new Flag(),
      "false",
      "With percred.mode=login: whether tokens may be sent without TLS. Otherwise sslmode must be"
          + " require, verify-ca or verify-full."),
  LOGIN_USER_CLAIM(
      "percred.login.user-claim",
      new Text(),
      null,
      "With percred.mode=login: the claim that names the role to log in as, as its name or the path"
          + " to it with dots; without it the URL's user is that of every caller. Needs a verifier,"
          + " or claims that the application vouches for."),
  LOGIN_JIT(
      "percred.login.jit",
      new Flag(),
      "false",
      "With percred.mode=login: whether just-in-time access is asked for, by --jit=true among the"
          + " start-up options.");

  /** How PostgreSQL learns the caller. */
  public enum Mode {
    /** From a setting that holds the token. */
    SETTING,
    /** From the login: the token is the password, and each caller has sessions of its own. */
    LOGIN
  }

  /** What a change of caller in an open transaction means. */
  public enum OnChange {
    /** The statement is refused. */
    REJECT,
    /** The transaction stays its first caller's. */
    KEEP
  }

  /** How the binding travels. */
  public enum Delivery {
    /** As percred sees fit. */
    AUTO,
    /** As bind parameters. */
    BIND,
    /** As arguments of function calls. */
    FUNCTION_CALL
  }

  /** What happens to what the last caller left in the session. */
  public enum Residue {
    /** It is cleared. */
    CLEAR,
    /** It is kept. */
    KEEP
  }

  private final String key;
  private final PropertyType type;
  private final @Nullable String defaultValue;
  private final String description;

  PostgresProperty(
      String key, PropertyType type, @Nullable String defaultValue, String description) {
    this.key = key;
    this.type = type;
    this.defaultValue = defaultValue;
    this.description = description;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public PropertyType type() {
    return type;
  }

  @Override
  public @Nullable String defaultValue() {
    return defaultValue;
  }

  @Override
  public String description() {
    return description;
  }
}

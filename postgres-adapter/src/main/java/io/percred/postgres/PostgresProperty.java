package io.percred.postgres;

import io.percred.postgres.claims.CallerSettings;
import io.percred.postgres.claims.ClaimPath;
import io.percred.postgres.claims.RoleRules;
import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.PropertyType.Choice;
import io.percred.spi.PropertyType.Family;
import io.percred.spi.PropertyType.Flag;
import io.percred.spi.PropertyType.Shaped;
import io.percred.spi.PropertyType.Text;
import io.percred.spi.PropertyType.TimeSpan;
import io.percred.spi.Strictness;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The properties that the PostgreSQL adapter reads. */
public enum PostgresProperty implements PropertyDescriptor {
  MODE(
      "percred.mode",
      Choice.of(Mode.class),
      "setting",
      "How PostgreSQL learns the caller.",
      FromUrl.keeps()),
  SETTING(
      "percred.setting",
      new Shaped(
          Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)+"),
          "two or more identifiers joined by dots, such as app.api_token"),
      "app.api_token",
      "The setting that holds the token for the length of the transaction; read it with"
          + " current_setting('app.api_token', true).",
      FromUrl.keeps(Policy.BINDING)),
  PREFIX(
      "percred.prefix",
      new Text(),
      null,
      "Put in front of the token, with one blank between, such as Bearer; trimmed.",
      FromUrl.keeps(Policy.BINDING)),
  ON_CHANGE(
      "percred.on-change",
      Choice.of(OnChange.class),
      "reject",
      "What happens to a statement when the caller changes while a transaction is open: refuse it, or"
          + " keep the caller the transaction began with.",
      FromUrl.narrows(Strictness.words("reject", "keep"))),
  MORE_SETTINGS(
      "percred.setting.",
      new Family(
          Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)+"),
          new Shaped(CallerSettings.SHAPE, "token, principal, attribute:KEY, or claim:PATH")),
      null,
      "What else is bound: the setting NAME holds the token, the name that somebody vouches for, an"
          + " attribute that the application gave the caller, or a claim. Absent: empty.",
      FromUrl.keeps(Policy.BINDING)),
  PRE_REQUEST(
      "percred.pre-request",
      new Shaped(
          Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_$]{0,62}\\.[\\p{L}_][\\p{L}\\p{N}_$]{0,62}"),
          "a schema and the name of a function, such as private.validate_token"),
      null,
      "A function without arguments that runs first in every transaction, behind the settings and,"
          + " with mode=claims, as the caller's role. What it raises is the caller's error. Case"
          + " counts.",
      FromUrl.keeps()),
  GUARD(
      "percred.guard",
      Choice.of(Guard.class),
      "off",
      "Whether SQL that changes role, session authorization, a setting that percred binds, or what"
          + " roles and databases are set to, is refused.",
      FromUrl.narrows(Strictness.words("strict", "on", "off"))),
  CLAIMS_UNVERIFIED(
      "percred.claims.unverified",
      new Flag(),
      "false",
      "Whether claims are taken from a token that nobody verified, because a gateway did.",
      FromUrl.waives(Strictness.words("false", "true"))),
  ROLE_CLAIM(
      "percred.role-claim",
      new Shaped(ClaimPath.SHAPE, ClaimPath.ALLOWED),
      "role",
      "Where the role stands in the claims (mode=claims).",
      FromUrl.keeps(Policy.ROLES)),
  ANONYMOUS_ROLE(
      "percred.anonymous-role",
      new Text(),
      "anon",
      "The role of transactions without a credential, with percred.on-missing=anonymous"
          + " (mode=claims).",
      FromUrl.keeps(Policy.ROLES)),
  ALLOWED_ROLES(
      "percred.allowed-roles",
      new Text(),
      null,
      "Which roles claims may name: a list separated by commas, or a /pattern/ that whole names"
          + " match. Unset: all but the login role (mode=claims).",
      FromUrl.narrows(RoleRules.STRICTNESS, Policy.ROLES)),
  LEGACY_CLAIMS(
      "percred.legacy-claims",
      new Flag(),
      "false",
      "Whether each claim is also set on its own, as request.jwt.claim.NAME (mode=claims).",
      FromUrl.keeps(Policy.BINDING)),
  SEARCH_PATH(
      "percred.search-path",
      new Text(),
      null,
      "The search_path of every transaction; that of a role is never applied. PostgreSQL 18 reports"
          + " each change, and pgjdbc then prepares everything anew; prefer currentSchema in the URL"
          + " (mode=claims).",
      FromUrl.keeps()),
  ROLE_SETTINGS_TTL(
      "percred.role-settings-ttl",
      new TimeSpan(Duration.ZERO, Duration.ofHours(24)),
      "1m",
      "How long the settings of roles (ALTER ROLE ... SET) are kept before they are read again; 0:"
          + " they are not applied (mode=claims).",
      FromUrl.keeps()),
  DELIVERY(
      "percred.delivery",
      Choice.of(Delivery.class),
      "auto",
      "How the binding travels: as bind parameters of a prepared statement, or as arguments of"
          + " function calls, which appear in no server log; auto means bind unless the server would"
          + " log bind parameters.",
      FromUrl.narrows(Strictness.words("function-call", "auto", "bind"))),
  DELIVERY_TIMEOUT(
      "percred.delivery.timeout",
      new TimeSpan(Duration.ofMillis(100), Duration.ofHours(1)),
      "30s",
      "How long the first function call of a connection may go unanswered before the connection is"
          + " closed. Some poolers never answer one.",
      FromUrl.keeps()),
  RESIDUE(
      "percred.residue",
      Choice.of(Residue.class),
      "clear",
      "What happens to the state of the session (settings, role, cursors, temporary tables, advisory"
          + " locks, channels, sequences) when the caller differs from the last one who used it. Keep"
          + " it only behind a transaction pooler, or where no caller can leave anything.",
      FromUrl.narrows(Strictness.words("clear", "keep"))),
  LOGIN_ALLOW_PLAINTEXT(
      "percred.login.allow-plaintext",
      new Flag(),
      "false",
      "With percred.mode=login: whether tokens may be sent without TLS. Otherwise sslmode must be"
          + " require, verify-ca or verify-full.",
      FromUrl.waives(Strictness.words("false", "true"))),
  LOGIN_USER_CLAIM(
      "percred.login.user-claim",
      new Text(),
      null,
      "With percred.mode=login: the claim that names the role to log in as, as its name or the path"
          + " to it with dots; without it the URL's user is that of every caller. Needs a verifier,"
          + " or claims that the application vouches for.",
      FromUrl.keeps(Policy.ROLES)),
  LOGIN_JIT(
      "percred.login.jit",
      new Flag(),
      "false",
      "With percred.mode=login: whether just-in-time access is asked for, by --jit=true among the"
          + " start-up options.",
      FromUrl.keeps());

  /** How PostgreSQL learns the caller. */
  public enum Mode {
    /** From a setting that holds the token. */
    SETTING,
    /** From role and claims, as PostgREST sets them. */
    CLAIMS,
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

  /** What happens to SQL that changes identity. */
  public enum Guard {
    /** It is sent. */
    OFF,
    /** It is refused. */
    ON
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

  @SuppressWarnings("ImmutableEnumChecker") // only records and functions without state
  private final FromUrl fromUrl;

  PostgresProperty(
      String key,
      PropertyType type,
      @Nullable String defaultValue,
      String description,
      FromUrl fromUrl) {
    this.key = key;
    this.type = type;
    this.defaultValue = defaultValue;
    this.description = description;
    this.fromUrl = fromUrl;
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

  @Override
  public FromUrl fromUrl() {
    return fromUrl;
  }
}

package io.percred.session;

import io.percred.spi.FromUrl;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Strictness;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The properties of the session pool. */
public enum SessionProperty implements PropertyDescriptor {
  /** Most sessions of one configuration. */
  MAX(
      "percred.sessions.max",
      new PropertyType.WholeNumber(1, 10_000),
      "20",
      "Most physical sessions that exist at one time for one URL and configuration, those being"
          + " opened and closed included.",
      FromUrl.narrows(Strictness.smaller())),
  /** Most sessions of one caller. */
  MAX_PER_CALLER(
      "percred.sessions.max-per-caller",
      new PropertyType.WholeNumber(1, 10_000),
      "4",
      "Most physical sessions that one caller has at one time; further requests of that caller"
          + " wait.",
      FromUrl.narrows(Strictness.smaller())),
  /** How long an unused session is kept. */
  IDLE_TIMEOUT(
      "percred.sessions.idle-timeout",
      new PropertyType.TimeSpan(Duration.ZERO, Duration.ofHours(24)),
      "2m",
      "How long a session that nobody uses is kept for its caller's next request; 0 opens a session"
          + " per request and keeps none.",
      FromUrl.narrows(Strictness.smaller())),
  /** How old a session may get. */
  MAX_LIFETIME(
      "percred.sessions.max-lifetime",
      new PropertyType.TimeSpan(Duration.ofSeconds(1), Duration.ofHours(24)),
      "30m",
      "How old a session may get. It ends earlier if the token that opened it expires earlier, less"
          + " percred.token.skew, or half of the token's rest if that is less.",
      FromUrl.narrows(Strictness.smaller())),
  /** How long a caller waits for a session. */
  OPEN_TIMEOUT(
      "percred.sessions.open-timeout",
      new PropertyType.TimeSpan(Duration.ofMillis(100), Duration.ofHours(1)),
      "30s",
      "How long a statement waits for its session: for a place in the pool and for the login"
          + " together. A session that arrives later is closed.",
      FromUrl.narrows(Strictness.smaller())),
  /** Which claims tell sessions apart. */
  KEY_CLAIMS(
      "percred.sessions.key-claims",
      new PropertyType.Text(),
      "*",
      "Names of the claims, with commas between, that tell the sessions of one principal apart: a token"
          + " that differs in one of them gets another session. With * all of them do but those that"
          + " differ from token to token (exp, iat, nbf, jti, auth_time, nonce, at_hash, c_hash, s_hash,"
          + " uti, aio, rh).",
      FromUrl.narrows(KeyClaims::isAsStrict)),
  /** What happens when the caller changes within a transaction. */
  ON_CHANGE(
      "percred.on-change",
      PropertyType.Choice.of(OnChange.class),
      "reject",
      "What happens to a statement of another caller within an open transaction: it is refused, or it"
          + " runs as the caller who began the transaction.",
      FromUrl.narrows(Strictness.words("reject", "keep")));

  /** The values of {@link #ON_CHANGE}. */
  public enum OnChange {
    /** The statement is refused. */
    REJECT,
    /** The transaction stays its beginner's. */
    KEEP
  }

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // only records, without mutable components
  private final PropertyType type;

  private final String defaultValue;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // only records and functions without state
  private final FromUrl fromUrl;

  SessionProperty(
      String key, PropertyType type, String defaultValue, String description, FromUrl fromUrl) {
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

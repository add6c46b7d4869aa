package io.percred.catalogue;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The properties that percred's driver itself reads. */
public enum DriverProperty implements PropertyDescriptor {
  /** Where the caller's credential comes from. */
  SUPPLIER(
      "percred.supplier",
      Types.CHAIN,
      "context",
      "Where the caller's credential comes from: the name of a supplier, with its argument behind a"
          + " colon. Several, separated by commas, are asked in order until one has a credential;"
          + " a comma within double quotes belongs to the argument."),
  /** The deadline of one supplier call. */
  SUPPLIER_TIMEOUT(
      "percred.supplier.timeout",
      new PropertyType.TimeSpan(Duration.ofMillis(1), Duration.ofMinutes(10)),
      "10s",
      "How long one call of a supplier that may block can take; then the statement is refused."),
  /** Who says that the credential is good. */
  VERIFIER(
      "percred.verifier",
      new PropertyType.Shaped(Pattern.compile("[a-z0-9-]+"), "the name of a verifier"),
      "none",
      "Who says that the credential is good; with none, whoever is behind percred does."),
  /** What to do without a credential. */
  ON_MISSING(
      "percred.on-missing",
      PropertyType.Choice.of(OnMissing.class),
      "reject",
      "What happens to a transaction for which there is no credential: it is refused, runs"
          + " anonymously, runs with the static login, or runs as the service account."),
  /** The credential of the service scope. */
  SERVICE_SUPPLIER(
      "percred.service.supplier",
      Types.CHAIN,
      null,
      "Where the credential of CallerContext.service() comes from; written as percred.supplier."),
  /** The largest token. */
  TOKEN_MAX_SIZE(
      "percred.token.max-size",
      new PropertyType.WholeNumber(1, 1 << 20),
      "16384",
      "The largest token, in characters; a larger one is refused."),
  /** How long before its expiry a token is renewed. */
  TOKEN_SKEW(
      "percred.token.skew",
      new PropertyType.TimeSpan(Duration.ZERO, Duration.ofHours(1)),
      "30s",
      "How long before its expiry a token is renewed and a session of its own ends."),
  /** Who hears what percred does. */
  LISTENER(
      "percred.listener",
      new PropertyType.Text(),
      null,
      "The name of a PercredListener on the class path that hears what percred does."),
  /** The login role's own password. */
  LOGIN_PASSWORD(
      "percred.login.password",
      new PropertyType.Secret(),
      null,
      "The login role's own password, for when the password field holds the caller's token. In a"
          + " URL only as file:PATH or env:NAME.");

  private final String key;

  // Immutable, which Error Prone cannot tell of an interface without its annotations.
  @SuppressWarnings("ImmutableEnumChecker")
  private final PropertyType type;

  private final @Nullable String defaultValue;
  private final String description;

  DriverProperty(String key, PropertyType type, @Nullable String defaultValue, String description) {
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

  /** Types that several properties have. */
  private static final class Types {
    static final PropertyType CHAIN =
        new PropertyType.Shaped(
            Pattern.compile("\\s*[a-z0-9-]+\\s*(?:[:,].*)?", Pattern.DOTALL),
            "a supplier such as context, password or env:NAME, or several separated by commas");
  }
}

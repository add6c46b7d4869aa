package io.percred.catalogue;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Strictness;
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
          + " a comma within double quotes belongs to the argument.",
      FromUrl.keeps()),
  /** The deadline of one supplier call. */
  SUPPLIER_TIMEOUT(
      "percred.supplier.timeout",
      new PropertyType.TimeSpan(Duration.ofMillis(1), Duration.ofMinutes(10)),
      "10s",
      "How long one call of a supplier that may block can take; then the statement is refused.",
      FromUrl.narrows(Strictness.smaller())),
  /** Who says that the credential is good. */
  VERIFIER(
      "percred.verifier",
      new PropertyType.Shaped(Pattern.compile("[a-z0-9-]+"), "the name of a verifier"),
      "none",
      "Who says that the credential is good; with none, whoever is behind percred does.",
      FromUrl.keeps(Policy.VERIFICATION)),
  /** What to do without a credential. */
  ON_MISSING(
      "percred.on-missing",
      PropertyType.Choice.of(OnMissing.class),
      "reject",
      "What happens to a transaction for which there is no credential: it is refused, runs"
          + " anonymously, runs with the static login, or runs as the service account.",
      FromUrl.narrows(
          Strictness.words("reject", "anonymous", "shared|service"),
          Policy.VERIFICATION,
          Policy.SERVICE)),
  /** The credential of the service scope. */
  SERVICE_SUPPLIER(
      "percred.service.supplier",
      Types.CHAIN,
      null,
      "Where the credential of CallerContext.service() comes from; written as percred.supplier.",
      FromUrl.keeps(Policy.SERVICE)),
  /** The largest token. */
  TOKEN_MAX_SIZE(
      "percred.token.max-size",
      new PropertyType.WholeNumber(1, 1 << 20),
      "16384",
      "The largest token, in characters; a larger one is refused.",
      FromUrl.narrows(Strictness.smaller())),
  /** How long before its expiry a token is renewed. */
  TOKEN_SKEW(
      "percred.token.skew",
      new PropertyType.TimeSpan(Duration.ZERO, Duration.ofHours(1)),
      "30s",
      "How long before its expiry a token is renewed and a session of its own ends.",
      FromUrl.narrows(Strictness.larger())),
  /** Who hears what percred does. */
  LISTENER(
      "percred.listener",
      new PropertyType.Text(),
      null,
      "The name of a PercredListener on the class path that hears what percred does.",
      FromUrl.keeps()),
  /** Whether the URL is the administrator's, too. */
  URL_TRUSTED(
      "percred.url.trusted",
      new PropertyType.Flag(),
      "false",
      "Whether whoever wrote the URL may say everything that connection properties may: where an"
          + " application's own configuration or code holds it. Also as PERCRED_URL_TRUSTED, an"
          + " environment variable or system property; never in the URL itself.",
      FromUrl.never("it cannot vouch for itself")),
  /** The login role's own password. */
  LOGIN_PASSWORD(
      "percred.login.password",
      new PropertyType.Secret(),
      null,
      "The login role's own password, for when the password field holds the caller's token. In a"
          + " URL only as file:PATH or env:NAME.",
      FromUrl.keeps(Policy.VERIFICATION));

  private final String key;

  // Immutable, which Error Prone cannot tell of an interface without its annotations.
  @SuppressWarnings("ImmutableEnumChecker")
  private final PropertyType type;

  private final @Nullable String defaultValue;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // only records and functions without state
  private final FromUrl fromUrl;

  DriverProperty(
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

  /** Types that several properties have. */
  private static final class Types {
    static final PropertyType CHAIN =
        new PropertyType.Shaped(
            Pattern.compile("\\s*[a-z0-9-]+\\s*(?:[:,].*)?", Pattern.DOTALL),
            "a supplier such as context, password or env:NAME, or several separated by commas");
  }
}

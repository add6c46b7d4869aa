package io.percred.recording;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Strictness;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One property of every type. */
public enum RecordingProperty implements PropertyDescriptor {
  SETTING("percred.setting", new PropertyType.Text(), "app.api_token"),
  SETTINGS(
      "percred.setting.",
      new PropertyType.Family(Pattern.compile("[a-z_.]+"), new PropertyType.Text()),
      null),
  PREFIX("percred.prefix", new PropertyType.Text(), ""),
  MODE("percred.mode", PropertyType.Choice.of(Mode.class), "setting"),
  ON_CHANGE("percred.on-change", new PropertyType.Text(), "reject"),
  DELIVERY("percred.delivery", new PropertyType.Text(), "auto"),
  GUARD("percred.guard", new PropertyType.Text(), "off"),
  LEGACY("percred.legacy-claims", new PropertyType.Flag(), "false"),
  LIMIT("percred.limit", new PropertyType.WholeNumber(1, 10), "5"),
  OPEN_FOR(
      "percred.breaker.open-for",
      new PropertyType.TimeSpan(Duration.ofSeconds(1), Duration.ofHours(1)),
      "60s"),
  ADDRESS("percred.remote.url", new PropertyType.HttpAddress(), null),
  ROLES("percred.allowed-roles", new PropertyType.WordList(), null),
  CLIENT("percred.oauth.client-id", new PropertyType.Text(), "default-client"),
  SERVICE_CLIENT("percred.service.oauth.client-id", new PropertyType.Text(), "default-client"),
  SECRET("percred.jwt.secret", new PropertyType.Secret(), null);

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker")
  private final PropertyType type;

  private final @Nullable String defaultValue;

  RecordingProperty(String key, PropertyType type, @Nullable String defaultValue) {
    this.key = key;
    this.type = type;
    this.defaultValue = defaultValue;
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
    return "Describes " + key + ".";
  }

  @Override
  public FromUrl fromUrl() {
    return switch (this) {
      case SETTING, SETTINGS, PREFIX -> FromUrl.keeps(Policy.BINDING);
      case GUARD -> FromUrl.narrows(Strictness.words("on", "off"));
      case LIMIT, OPEN_FOR -> FromUrl.narrows(Strictness.smaller());
      case ADDRESS, SECRET -> FromUrl.keeps(Policy.VERIFICATION);
      case ROLES -> FromUrl.narrows(Strictness.subset(), Policy.ROLES);
      case DELIVERY -> FromUrl.CHOOSES;
      default -> FromUrl.keeps();
    };
  }

  /** The words of {@link #MODE}. */
  public enum Mode {
    SETTING,
    CLAIMS,
    LOGIN
  }
}

package io.percred.snowflake;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Strictness;
import org.jspecify.annotations.Nullable;

/** The properties of the Snowflake adapter, besides those of the session pool. */
public enum SnowflakeProperty implements PropertyDescriptor {
  /** Which driver. */
  DRIVER(
      "percred.snowflake.driver",
      new PropertyType.Text(),
      null,
      "The class of Snowflake's driver, if several drivers on the class path accept its URLs.",
      FromUrl.keeps()),
  /** Whether a new session is asked whose it is. */
  VERIFY_USER(
      "percred.snowflake.verify-user",
      new PropertyType.Flag(),
      "false",
      "Whether each new session is asked for CURRENT_USER(), which must be the caller's principal or"
          + " the claim of percred.snowflake.user-claim, in any case of letters; one query per"
          + " session.",
      FromUrl.narrows(Strictness.words("true", "false"), Policy.USER_CHECK)),
  /** The claim that names the user. */
  USER_CLAIM(
      "percred.snowflake.user-claim",
      new PropertyType.Text(),
      "sub",
      "The claim that names the caller's Snowflake user to percred.snowflake.verify-user, such as upn;"
          + " it counts if the application supplied it or a verifier accepted the token.",
      FromUrl.keeps(Policy.USER_CHECK));

  private final String key;
  private final PropertyType type;
  private final @Nullable String defaultValue;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // only records and functions without state
  private final FromUrl fromUrl;

  SnowflakeProperty(
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

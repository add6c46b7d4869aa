package io.percred.snowflake;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import org.jspecify.annotations.Nullable;

/** The properties of the Snowflake adapter, besides those of the session pool. */
public enum SnowflakeProperty implements PropertyDescriptor {
  /** Whether a new session is asked whose it is. */
  VERIFY_USER(
      "percred.snowflake.verify-user",
      new PropertyType.Flag(),
      "false",
      "Whether each new session is asked for CURRENT_USER(), which must be the caller's principal or"
          + " the claim of percred.snowflake.user-claim, in any case of letters; one query per"
          + " session."),
  /** The claim that names the user. */
  USER_CLAIM(
      "percred.snowflake.user-claim",
      new PropertyType.Text(),
      "sub",
      "The claim that names the caller's Snowflake user to percred.snowflake.verify-user, such as upn;"
          + " it counts if the application supplied it or a verifier accepted the token.");

  private final String key;
  private final PropertyType type;
  private final String defaultValue;
  private final String description;

  SnowflakeProperty(String key, PropertyType type, String defaultValue, String description) {
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

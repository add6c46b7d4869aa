package io.percred.postgres;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;

/** Properties that the driver owns and publishes; here only so that the adapter can read them. */
enum DriversProperty implements PropertyDescriptor {
  SUPPLIER("percred.supplier", "context"),
  ON_MISSING("percred.on-missing", "reject");

  private final String key;
  private final String defaultValue;

  DriversProperty(String key, String defaultValue) {
    this.key = key;
    this.defaultValue = defaultValue;
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public PropertyType type() {
    return new PropertyType.Text();
  }

  @Override
  public String defaultValue() {
    return defaultValue;
  }

  @Override
  public String description() {
    return "The driver's.";
  }
}

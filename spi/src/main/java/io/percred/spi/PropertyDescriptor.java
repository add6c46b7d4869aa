package io.percred.spi;

import org.jspecify.annotations.Nullable;

/** One property of the configuration, a constant of its module's enum. */
public interface PropertyDescriptor {
  /**
   * The full name, such as {@code percred.setting}. For a {@linkplain PropertyType.Family family}
   * the common beginning, such as {@code percred.setting.}.
   */
  String key();

  /** What values it takes. */
  PropertyType type();

  /** The value in force if none is given, or null. */
  @Nullable String defaultValue();

  /** What it means, a sentence or two. */
  String description();

  /** Whether its value is a secret: never shown, and refused in a URL. */
  default boolean sensitive() {
    return type() instanceof PropertyType.Secret;
  }

  /**
   * What a URL may say of it. Unless told otherwise a URL's value counts only where nobody else
   * gave another one.
   */
  default FromUrl fromUrl() {
    return FromUrl.keeps();
  }
}

package io.percred.spi;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a connection: every value already checked against its {@link PropertyType}.
 * Immutable; equal if all given values and where they came from are equal. Shows no secret.
 */
public interface Settings {
  /** The value that was given, else the default, else null. */
  @Nullable String text(PropertyDescriptor property);

  /** Whether a value was given. */
  boolean isGiven(PropertyDescriptor property);

  /** Whether the value was given in the URL, so possibly by a stranger. */
  boolean isFromUrl(PropertyDescriptor property);

  /** The value of a {@link PropertyType.Flag}. */
  boolean flag(PropertyDescriptor property);

  /** The value of a {@link PropertyType.WholeNumber}. */
  int wholeNumber(PropertyDescriptor property);

  /** The value of a {@link PropertyType.TimeSpan}. */
  Duration timeSpan(PropertyDescriptor property);

  /** The value of a {@link PropertyType.Choice} made with {@link PropertyType.Choice#of}. */
  <E extends Enum<E>> E choice(PropertyDescriptor property, Class<E> constants);

  /** The words of a {@link PropertyType.WordList}, trimmed, without empty ones; maybe empty. */
  List<String> words(PropertyDescriptor property);

  /**
   * What {@code file:PATH} or {@code env:NAME} stand for, read anew at every call, or the value
   * itself; null if no value was given. A line end at the end of a file does not count.
   *
   * @throws SQLException with SQLSTATE 22023 if the file or variable cannot be read or, from a URL,
   *     may not be
   */
  @Nullable String secret(PropertyDescriptor property) throws SQLException;

  /** The given members of a {@link PropertyType.Family}: what follows the beginning, the value. */
  Map<String, String> family(PropertyDescriptor property);
}

package io.percred.configuration;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The process that percred runs in: what its administrator set.
 *
 * @param variables environment variables by name
 * @param systemProperties system properties by name
 */
public record Surroundings(
    UnaryOperator<@Nullable String> variables, UnaryOperator<@Nullable String> systemProperties) {
  /** This process. */
  public static final Surroundings OF_PROCESS =
      new Surroundings(System::getenv, System::getProperty);

  /** An environment variable, or null. */
  public @Nullable String variable(String name) {
    return variables.apply(name);
  }

  /** Whether the administrator said yes as environment variable or system property. */
  boolean isTrue(String name) {
    return Stream.of(variables, systemProperties)
        .anyMatch(given -> "true".equalsIgnoreCase(given.apply(name)));
  }

  /** A list that the administrator gave as environment variable and system property, united. */
  List<String> allowance(String name, String separator) {
    return Stream.of(variables.apply(name), systemProperties.apply(name))
        .flatMap(
            list -> list == null ? Stream.of() : Stream.of(list.split(Pattern.quote(separator))))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }
}

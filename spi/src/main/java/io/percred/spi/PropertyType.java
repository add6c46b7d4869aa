package io.percred.spi;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What values a property takes. */
public sealed interface PropertyType {
  /** What is allowed, for people: completes the sentence "The value must be …". */
  String allowed();

  /** Whether {@code value} is allowed. */
  boolean accepts(String value);

  /** Any text. */
  record Text() implements PropertyType {
    @Override
    public String allowed() {
      return "any text";
    }

    @Override
    public boolean accepts(String value) {
      return true;
    }
  }

  /** A text of the shape that {@code pattern} describes. */
  record Shaped(Pattern pattern, String allowed) implements PropertyType {
    @Override
    public boolean accepts(String value) {
      return pattern.matcher(value).matches();
    }
  }

  /** A secret: the value itself, {@code file:PATH} or {@code env:NAME}. */
  record Secret() implements PropertyType {
    @Override
    public String allowed() {
      return "a secret, file:PATH or env:NAME";
    }

    @Override
    public boolean accepts(String value) {
      return true;
    }
  }

  /** {@code true} or {@code false}. */
  record Flag() implements PropertyType {
    @Override
    public String allowed() {
      return "true or false";
    }

    @Override
    public boolean accepts(String value) {
      return value.equals("true") || value.equals("false");
    }
  }

  /** One of a few words. */
  record Choice(List<String> words) implements PropertyType {
    public Choice {
      words = List.copyOf(words);
    }

    /** The constants of an enum, in lower case, hyphens for underscores. */
    public static Choice of(Class<? extends Enum<?>> constants) {
      return new Choice(
          List.of(constants.getEnumConstants()).stream().map(Choice::wordOf).toList());
    }

    /** How a constant is written in a property. */
    public static String wordOf(Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String allowed() {
      return "one of " + String.join(", ", words);
    }

    @Override
    public boolean accepts(String value) {
      return words.contains(value);
    }
  }

  /** A whole number between two bounds, both included. */
  record WholeNumber(int least, int most) implements PropertyType {
    @Override
    public String allowed() {
      return "a whole number from " + least + " to " + most;
    }

    @Override
    public boolean accepts(String value) {
      try {
        int number = Integer.parseInt(value);
        return least <= number && number <= most;
      } catch (NumberFormatException e) {
        return false;
      }
    }
  }

  /** A time span such as {@code 500ms}, {@code 30s}, {@code 5m} or {@code 2h}, within bounds. */
  record TimeSpan(Duration least, Duration most) implements PropertyType {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    @Override
    public String allowed() {
      return "a duration such as 500ms, 30s, 5m or 2h, from "
          + written(least)
          + " to "
          + written(most);
    }

    @Override
    public boolean accepts(String value) {
      Duration span = parse(value);
      return span != null && span.compareTo(least) >= 0 && span.compareTo(most) <= 0;
    }

    /** The time span that {@code value} writes, or null if it writes none. */
    public static @Nullable Duration parse(String value) {
      Matcher matcher = SHAPE.matcher(value);
      if (!matcher.matches()) {
        return null;
      }
      long amount = Long.parseLong(matcher.group(1));
      String unit = matcher.group(2);
      if (unit == null) {
        return amount == 0 ? Duration.ZERO : null;
      }
      return switch (unit) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }

    private static String written(Duration span) {
      if (span.toMillis() % 1000 != 0) {
        return span.toMillis() + "ms";
      }
      long seconds = span.toSeconds();
      if (seconds % 3600 == 0 && seconds > 0) {
        return seconds / 3600 + "h";
      }
      return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
    }
  }

  /** An HTTP address. One that is not HTTPS and not loopback is refused in a URL. */
  record HttpAddress() implements PropertyType {
    @Override
    public String allowed() {
      return "an absolute http or https URL without user information";
    }

    @Override
    public boolean accepts(String value) {
      try {
        URI uri = new URI(value);
        return uri.getHost() != null
            && uri.getRawUserInfo() == null
            && ("https".equalsIgnoreCase(uri.getScheme())
                || "http".equalsIgnoreCase(uri.getScheme()));
      } catch (URISyntaxException e) {
        return false;
      }
    }
  }

  /** Words separated by commas; blanks around them do not count. */
  record WordList() implements PropertyType {
    @Override
    public String allowed() {
      return "a list separated by commas";
    }

    @Override
    public boolean accepts(String value) {
      return !value.isBlank();
    }
  }

  /** Any number of properties with a common beginning, such as {@code percred.setting.NAME}. */
  record Family(Pattern name, PropertyType valueType) implements PropertyType {
    @Override
    public String allowed() {
      return valueType.allowed();
    }

    @Override
    public boolean accepts(String value) {
      return valueType.accepts(value);
    }
  }
}

package io.percred.spi;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which of two values of a property is the stricter one. */
@FunctionalInterface
public interface Strictness {
  /**
   * Whether one value is as strict as another, or stricter.
   *
   * @param value well-formed
   * @param fixed well-formed, or null for the absence of a value
   */
  boolean isAsStrict(String value, @Nullable String fixed);

  /**
   * From the strictest word to the loosest; a word that is not listed is only as strict as itself.
   * Several words in one text, separated by a bar, are equally strict without one being able to
   * stand for the other.
   */
  static Strictness words(String... strictestFirst) {
    List<Set<String>> ranks =
        Stream.of(strictestFirst).map(each -> Set.of(each.split("\\|"))).toList();
    return (value, fixed) -> {
      String word = value.toLowerCase(Locale.ROOT);
      String other = fixed == null ? "" : fixed.toLowerCase(Locale.ROOT);
      int given = rank(ranks, word);
      return word.equals(other) || (given >= 0 && given < rank(ranks, other));
    };
  }

  /** The smaller whole number or time span is the stricter one; anything is stricter than none. */
  static Strictness smaller() {
    return bySize(order -> order <= 0);
  }

  /** The larger whole number or time span is the stricter one; anything is stricter than none. */
  static Strictness larger() {
    return bySize(order -> order >= 0);
  }

  /** Of lists of what is allowed, an empty one allowing everything, the shorter one is stricter. */
  static Strictness subset() {
    return (value, fixed) -> {
      Set<String> allowed = fixed == null ? Set.of() : wordsOf(fixed);
      Set<String> given = wordsOf(value);
      return allowed.isEmpty() || (!given.isEmpty() && allowed.containsAll(given));
    };
  }

  /** Of lists of what is demanded, the longer one is the stricter one. */
  static Strictness superset() {
    return (value, fixed) -> fixed == null || wordsOf(value).containsAll(wordsOf(fixed));
  }

  private static int rank(List<Set<String>> ranks, String word) {
    for (int i = 0; i < ranks.size(); i++) {
      if (ranks.get(i).contains(word)) {
        return i;
      }
    }
    return -1;
  }

  private static Strictness bySize(IntPredicate strict) {
    return (value, fixed) -> {
      Duration given = sizeOf(value);
      Duration other = fixed == null ? null : sizeOf(fixed);
      return Objects.equals(value, fixed)
          || (given != null
              && (fixed == null || (other != null && strict.test(given.compareTo(other)))));
    };
  }

  /** A whole number counts as so many seconds. */
  private static @Nullable Duration sizeOf(String value) {
    Duration span = PropertyType.TimeSpan.parse(value);
    try {
      return span == null ? Duration.ofSeconds(Long.parseLong(value)) : span;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Set<String> wordsOf(String list) {
    return Stream.of(list.split(","))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toSet());
  }
}

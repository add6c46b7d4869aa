package io.percred.postgres.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a value stands in the claims: {@code role}, {@code realm_access.roles[0]}, {@code
 * $['https://example.com/role']}. Of JSON Path (RFC 9535) the singular queries, with or without
 * {@code $}, and PostgREST's older notation with a leading dot; no filters. Immutable.
 */
public final class ClaimPath {
  private static final String NAME = "[^\\s.\\[\\]\"'$@?*(),]+";
  private static final String QUOTED = "\"[^\"]+\"";
  private static final String STEP =
      "(?:\\.(?:" + NAME + "|" + QUOTED + ")|\\[(?:\\d{1,6}|'[^']+'|" + QUOTED + ")\\])";
  private static final Pattern FIRST = Pattern.compile(NAME + "|" + QUOTED);
  private static final Pattern NEXT = Pattern.compile(STEP);

  /** What paths look like. */
  public static final Pattern SHAPE =
      Pattern.compile("(?:(?:" + NAME + "|" + QUOTED + ")" + STEP + "*+|\\$?+(?:" + STEP + ")++)");

  /** What paths look like, for people. */
  public static final String ALLOWED =
      "a path such as role, realm_access.roles[0] or $['https://example.com/role']";

  private final List<Step> steps;
  private final String text;

  private ClaimPath(List<Step> steps, String text) {
    this.steps = List.copyOf(steps);
    this.text = text;
  }

  /** A member of an object, or an element of an array. */
  private record Step(@Nullable String name, int index) {}

  /**
   * A value that is there, null included.
   *
   * @param value the value
   */
  public record Found(@Nullable Object value) {
    /** Shows nothing: claims are nobody else's business. */
    @Override
    public String toString() {
      return "Found";
    }
  }

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException if it does not have the {@link #SHAPE}
   */
  public static ClaimPath parse(String text) {
    if (!SHAPE.matcher(text).matches()) {
      throw new IllegalArgumentException(text + " is not " + ALLOWED);
    }
    List<Step> steps = new ArrayList<>();
    int at = text.charAt(0) == '$' ? 1 : 0;
    Matcher first = FIRST.matcher(text);
    if (first.lookingAt()) {
      steps.add(new Step(unquoted(first.group()), 0));
      at = first.end();
    }
    Matcher next = NEXT.matcher(text);
    while (next.find(at)) {
      String step = next.group();
      if (step.charAt(0) == '.') {
        steps.add(new Step(unquoted(step.substring(1)), 0));
      } else {
        String within = step.substring(1, step.length() - 1);
        boolean index = Character.isDigit(within.charAt(0));
        steps.add(index ? new Step(null, Integer.parseInt(within)) : new Step(unquoted(within), 0));
      }
      at = next.end();
    }
    return new ClaimPath(steps, text);
  }

  private static String unquoted(String name) {
    char first = name.charAt(0);
    return first == '"' || first == '\'' ? name.substring(1, name.length() - 1) : name;
  }

  /** The value at the path, or null if there is none. */
  public @Nullable Found find(Map<String, ?> claims) {
    Object at = claims;
    for (Step step : steps) {
      if (step.name != null && at instanceof Map<?, ?> object && object.containsKey(step.name)) {
        at = object.get(step.name);
      } else if (step.name == null && at instanceof List<?> array && step.index < array.size()) {
        at = array.get(step.index);
      } else {
        return null;
      }
    }
    return new Found(at);
  }

  /** The path as it was written. */
  @Override
  public String toString() {
    return text;
  }
}

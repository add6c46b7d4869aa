package io.percred.postgres.claims;

import io.percred.spi.Strictness;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which roles claims may name. PostgreSQL takes {@code none} for the login role and cuts names that
 * are too long, so neither is sent. Immutable.
 */
public final class RoleRules {
  /** Of two values of {@code percred.allowed-roles} the one that allows less is stricter. */
  public static final Strictness STRICTNESS = RoleRules::isAsStrict;

  /** What a name has room for in a PostgreSQL that was built as usual (NAMEDATALEN - 1). */
  private static final int LONGEST = 63;

  private static final String NONE = "none";

  private final @Nullable Set<String> list;
  private final @Nullable Pattern pattern;

  /**
   * @param allowed names separated by commas, or a {@code /pattern/} that whole names match, or
   *     null: all are allowed
   * @throws java.util.regex.PatternSyntaxException if the pattern is not one
   */
  public RoleRules(@Nullable String allowed) {
    boolean isPattern =
        allowed != null && allowed.length() > 1 && allowed.startsWith("/") && allowed.endsWith("/");
    this.pattern =
        allowed != null && isPattern
            ? Pattern.compile(allowed.substring(1, allowed.length() - 1))
            : null;
    this.list = allowed == null || isPattern ? null : namesIn(allowed);
  }

  /** Without a value all are allowed but the login role, which any list could name. */
  private static boolean isAsStrict(String value, @Nullable String fixed) {
    if (fixed == null || value.equals(fixed)) {
      return fixed != null;
    }
    try {
      RoleRules given = new RoleRules(value);
      RoleRules other = new RoleRules(fixed);
      return given.list != null
          && given.list.stream().allMatch(role -> other.problemWith(role, Set.of()) == null);
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private static Set<String> namesIn(String allowed) {
    List<String> names =
        Stream.of(allowed.split(",", -1)).map(String::strip).filter(n -> !n.isEmpty()).toList();
    return names.stream().collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Why claims may not name this role, or null if they may.
   *
   * @param logins who logs in, allowed only if the list names them
   */
  @Nullable String problemWith(String role, Set<String> logins) {
    String problem = problemWithName(role);
    if (problem != null) {
      return problem;
    }
    boolean listed = list != null && list.contains(role);
    if (list != null ? !listed : pattern != null && !pattern.matcher(role).matches()) {
      return "percred.allowed-roles does not allow it";
    }
    return logins.contains(role) && !listed
        ? "it is the login role, which percred.allowed-roles does not list"
        : null;
  }

  /** Why no transaction can run as a role of this name, or null if one can. */
  public static @Nullable String problemWithName(String role) {
    if (role.isEmpty()) {
      return "it is empty";
    }
    if (role.equalsIgnoreCase(NONE)) {
      return "\"none\" stands for the login role";
    }
    if (role.indexOf('\0') >= 0) {
      return "it holds a NUL character";
    }
    return role.getBytes(StandardCharsets.UTF_8).length > LONGEST
        ? "it is longer than " + LONGEST + " bytes"
        : null;
  }
}

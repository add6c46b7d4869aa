package io.percred.snowflake.emulator;

import io.percred.snowflake.emulator.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a SHOW looks, null meaning everywhere, and its LIKE. */
record ShowScope(
    @Nullable String database,
    @Nullable String schema,
    @Nullable String table,
    @Nullable String pattern) {
  private static final Set<String> LEVELS =
      Set.of("ACCOUNT", "SESSION", "DATABASE", "SCHEMA", "TABLE", "VIEW");

  /** The scope told by the words behind the noun; without IN it is the current schema. */
  static ShowScope of(Session session, List<SqlToken> tokens) {
    String pattern = null;
    String level = null;
    List<String> names = List.of();
    for (int i = 0; i < tokens.size() - 1; i++) {
      String next = tokens.get(i + 1).name();
      if (tokens.get(i).is("LIKE")) {
        pattern = next;
      } else if (tokens.get(i).is("IN")) {
        boolean leveled = LEVELS.contains(next);
        level = leveled ? next : "";
        names = names(tokens, leveled ? i + 2 : i + 1);
      }
    }
    if (level == null) {
      return new ShowScope(session.database(), session.schema(), null, pattern);
    }
    String database = session.database();
    String schema = session.schema();
    return switch (level) {
      case "ACCOUNT", "SESSION" -> new ShowScope(null, null, null, pattern);
      case "DATABASE" -> new ShowScope(fromEnd(names, 0, database), null, null, pattern);
      case "SCHEMA" ->
          new ShowScope(fromEnd(names, 1, database), fromEnd(names, 0, schema), null, pattern);
      case "TABLE", "VIEW" ->
          new ShowScope(
              fromEnd(names, 2, database),
              fromEnd(names, 1, schema),
              fromEnd(names, 0, null),
              pattern);
      default ->
          names.size() < 2
              ? new ShowScope(fromEnd(names, 0, null), null, null, pattern)
              : new ShowScope(names.get(0), names.get(1), null, pattern);
    };
  }

  ShowScope inDatabase() {
    return new ShowScope(database, null, null, pattern);
  }

  ShowScope inAccount() {
    return new ShowScope(null, null, null, pattern);
  }

  private static List<String> names(List<SqlToken> tokens, int from) {
    List<String> names = new ArrayList<>();
    for (int i = from; i < tokens.size(); i += 2) {
      SqlToken token = tokens.get(i);
      boolean identifier = token.kind() == Kind.WORD || token.kind() == Kind.QUOTED;
      if (!identifier || token.is("LIKE")) {
        break;
      }
      names.add(token.name());
      if (i + 1 >= tokens.size() || !tokens.get(i + 1).is(".")) {
        break;
      }
    }
    return names;
  }

  private static @Nullable String fromEnd(
      List<String> names, int back, @Nullable String otherwise) {
    int index = names.size() - 1 - back;
    return index < 0 ? otherwise : names.get(index);
  }
}

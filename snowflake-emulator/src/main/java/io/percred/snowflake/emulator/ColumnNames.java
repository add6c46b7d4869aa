package io.percred.snowflake.emulator;

import io.percred.snowflake.emulator.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names result columns without an alias as Snowflake does: by their text in upper case, where
 * DuckDB would print the parsed expression. Stateless.
 */
final class ColumnNames {
  private static final Set<String> END_OF_LIST =
      Set.of("FROM", "WHERE", "UNION", "EXCEPT", "MINUS", "INTERSECT", "ORDER", "LIMIT", "QUALIFY");
  private static final Set<String> NO_ALIAS = Set.of("END", "NULL", "TRUE", "FALSE");

  private ColumnNames() {}

  /** The columns under Snowflake's names; as they are where these cannot be told from the text. */
  static List<Column> apply(List<SqlToken> statement, List<Column> columns) {
    List<List<SqlToken>> items = selectList(statement);
    boolean star =
        items.stream().anyMatch(item -> item.isEmpty() || item.get(item.size() - 1).is("*"));
    if (star || items.size() != columns.size()) {
      return columns;
    }
    List<Column> named = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String name = expression(items.get(i));
      named.add(name == null ? columns.get(i) : columns.get(i).renamed(name));
    }
    return named;
  }

  private static List<List<SqlToken>> selectList(List<SqlToken> statement) {
    List<List<SqlToken>> items = new ArrayList<>();
    int depth = 0;
    for (SqlToken token : statement) {
      depth += token.is("(") ? 1 : token.is(")") ? -1 : 0;
      if (depth == 0 && items.isEmpty()) {
        if (token.is("SELECT")) {
          items.add(new ArrayList<>());
        }
      } else if (depth == 0 && token.kind() == Kind.WORD && END_OF_LIST.contains(token.name())) {
        break;
      } else if (depth == 0 && token.is(",")) {
        items.add(new ArrayList<>());
      } else if (!items.isEmpty() && !token.is("DISTINCT")) {
        items.get(items.size() - 1).add(token);
      }
    }
    return items;
  }

  /** The text of an item that is an expression without an alias, else null. */
  private static @Nullable String expression(List<SqlToken> item) {
    SqlToken last = item.get(item.size() - 1);
    boolean name = last.kind() == Kind.WORD || last.kind() == Kind.QUOTED;
    if (name && !NO_ALIAS.contains(last.name())) {
      boolean operand = item.size() > 1 && item.get(item.size() - 2).kind() == Kind.SYMBOL;
      SqlToken before = item.size() > 1 ? item.get(item.size() - 2) : last;
      boolean column =
          item.stream().allMatch(token -> token.kind() != Kind.SYMBOL || token.is("."));
      if (!operand || before.is(")") || column) {
        return null;
      }
    }
    StringBuilder text = new StringBuilder();
    for (SqlToken token : item) {
      text.append(token.spaced() && text.length() > 0 ? " " : "").append(token.text());
    }
    return Identity.upper(text.toString());
  }
}

package io.percred.snowflake.emulator;

import io.percred.snowflake.emulator.SqlToken.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Rewrites a statement of Snowflake's dialect for DuckDB, token by token: unquoted names in upper
 * case (so that result columns are named as Snowflake names them), types, dates' keyword arguments,
 * session variables, GENERATOR. What needs no keyword is a macro in dialect.sql. Confined to one
 * call.
 */
final class Dialect {
  private static final Set<String> KEYWORD_ARGUMENT =
      Set.of(
          "DATEADD",
          "TIMEADD",
          "TIMESTAMPADD",
          "DATEDIFF",
          "TIMEDIFF",
          "TIMESTAMPDIFF",
          "DATE_TRUNC",
          "DATE_PART");
  private static final Set<String> TIME_PARTS = Set.of("hour", "minute", "second", "millisecond");
  private static final Set<String> SEQUENCES = Set.of("SEQ1", "SEQ2", "SEQ4", "SEQ8");
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("NUMBER", "DECIMAL"),
          Map.entry("NUMERIC", "DECIMAL"),
          Map.entry("FLOAT", "DOUBLE"),
          Map.entry("FLOAT4", "DOUBLE"),
          Map.entry("FLOAT8", "DOUBLE"),
          Map.entry("STRING", "VARCHAR"),
          Map.entry("TEXT", "VARCHAR"),
          Map.entry("BINARY", "BLOB"),
          Map.entry("VARBINARY", "BLOB"),
          Map.entry("VARIANT", "JSON"),
          Map.entry("OBJECT", "JSON"),
          Map.entry("ARRAY", "JSON"),
          Map.entry("DATETIME", "TIMESTAMP"),
          Map.entry("TIMESTAMP", "TIMESTAMP"),
          Map.entry("TIME", "TIME"),
          Map.entry("TIMESTAMP_NTZ", "TIMESTAMP"),
          Map.entry("TIMESTAMP_LTZ", "TIMESTAMPTZ"),
          Map.entry("TIMESTAMP_TZ", "TIMESTAMPTZ"));

  private final List<SqlToken> tokens;
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> calls = new ArrayDeque<>();
  private final boolean definesTable;
  private int at;

  private Dialect(List<SqlToken> tokens) {
    this.tokens = tokens;
    this.definesTable =
        tokens.stream().limit(5).anyMatch(token -> token.is("TABLE"))
            && (tokens.get(0).is("CREATE") || tokens.get(0).is("ALTER"));
  }

  /** The statement in DuckDB's dialect. */
  static String rewrite(List<SqlToken> tokens) {
    Dialect dialect = new Dialect(tokens);
    while (dialect.at < tokens.size()) {
      dialect.next();
    }
    return dialect.out.toString();
  }

  private void next() {
    SqlToken token = tokens.get(at);
    switch (token.kind()) {
      case WORD -> word(token);
      case VARIABLE ->
          emit(
              "getvariable("
                  + Names.literal(token.text().substring(1).toUpperCase(Locale.ROOT))
                  + ")");
      case BIND -> emit(token.text().replace(':', '$'));
      case SYMBOL -> symbol(token);
      default -> emit(token.text());
    }
  }

  private void symbol(SqlToken token) {
    if (token.is("(")) {
      calls.push(at > 0 && tokens.get(at - 1).kind() == Kind.WORD ? tokens.get(at - 1).name() : "");
    } else if (token.is(")") && !calls.isEmpty()) {
      calls.pop();
    }
    emit(token.text());
  }

  private void word(SqlToken token) {
    String name = token.name();
    if (KEYWORD_ARGUMENT.contains(name) && peek(1).is("(") && peek(3).is(",")) {
      keywordArgument(name);
    } else if (SEQUENCES.contains(name) && peek(1).is("(") && peek(2).is(")")) {
      emit("generator.SEQ");
      at += 2;
    } else if (name.equals("TABLE") && peek(1).is("(") && peek(2).is("GENERATOR")) {
      generator();
    } else if (name.equals("TRANSIENT") || name.equals("SECURE")) {
      at++;
    } else if (name.equals("MINUS")) {
      emit("EXCEPT");
    } else if (peek(1).is(".") && peek(2).is("INFORMATION_SCHEMA")) {
      at += 2;
    } else if (TYPES.containsKey(name) && isType()) {
      type(name);
    } else {
      emit(name);
    }
  }

  private void keywordArgument(String name) {
    String part = tokens.get(at + 2).name().toLowerCase(Locale.ROOT).replaceFirst("(?<=..)s$", "");
    if (name.endsWith("ADD")) {
      emit(TIME_PARTS.contains(part) ? "dateadd_time" : "dateadd_days");
    } else {
      emit(name.endsWith("DIFF") ? "date_diff" : name.equals("DATE_TRUNC") ? "trunc_date" : name);
    }
    calls.push(name);
    out.append('(').append(Names.literal(part));
    at += 2;
  }

  /** TABLE(GENERATOR(ROWCOUNT => n)) becomes a range whose column SEQ4() and its like refer to. */
  private void generator() {
    int end = at;
    String rows = "0";
    while (end < tokens.size()
        && !(tokens.get(end).is(")") && end + 1 < tokens.size() && tokens.get(end + 1).is(")"))) {
      if (tokens.get(end).kind() == Kind.NUMBER || tokens.get(end).kind() == Kind.BIND) {
        rows = tokens.get(end).text().replace(':', '$');
      }
      end++;
    }
    emit("range(" + rows + ") AS generator(SEQ)");
    at = end + 2;
  }

  private boolean isType() {
    if (at == 0 || peek(1).is(".")) {
      return false;
    }
    SqlToken before = tokens.get(at - 1);
    if (before.is("::")) {
      return true;
    }
    String call = calls.isEmpty() ? "" : calls.peek();
    if (before.is("AS")) {
      return call.equals("CAST") || call.equals("TRY_CAST");
    }
    boolean afterName = before.kind() == Kind.WORD || before.kind() == Kind.QUOTED;
    return definesTable && afterName;
  }

  private void type(String name) {
    emit(TYPES.getOrDefault(name, name));
    boolean sized = peek(0).is("(");
    if (name.startsWith("NUM")) {
      if (!sized) {
        out.append("(38, 0)");
      }
    } else if (sized && !name.equals("STRING") && !name.equals("TEXT")) {
      at += 3; // (9): DuckDB's own precision has to do
    }
  }

  private SqlToken peek(int ahead) {
    int index = at + ahead;
    return index < tokens.size() ? tokens.get(index) : new SqlToken(Kind.SYMBOL, "", false);
  }

  private void emit(String text) {
    if (out.length() > 0 && (tokens.get(at).spaced() || needsBlank(text))) {
      out.append(' ');
    }
    out.append(text);
    at++;
  }

  private boolean needsBlank(String text) {
    return Character.isLetterOrDigit(text.charAt(0))
        && Character.isLetterOrDigit(out.charAt(out.length() - 1));
  }
}

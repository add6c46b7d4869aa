package io.percred.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class SqlScannerPropertyTest {
  private static final Set<StatementKind> EXEMPT =
      Set.of(
          StatementKind.EMPTY,
          StatementKind.BEGIN,
          StatementKind.TRANSACTION_END,
          StatementKind.TRANSACTION_CHAIN,
          StatementKind.ROLLBACK_TO,
          StatementKind.RELEASE,
          StatementKind.SET_TRANSACTION,
          StatementKind.SESSION_CONTROL,
          StatementKind.PING);

  private final SqlScanner scanner = new SqlScanner(Set.of("app.api_token"));

  /** A statement with its kind. */
  record Sample(String sql, StatementKind kind) {}

  @Property
  void joinedStatementsComeApartAgain(
      @ForAll("samples") List<Sample> samples, @ForAll("blanks") List<String> blanks) {
    StringBuilder sql = new StringBuilder();
    int turn = 0;
    for (Sample sample : samples) {
      sql.append(blanks.get(turn++ % blanks.size())).append(sample.sql());
      sql.append(blanks.get(turn++ % blanks.size())).append(';');
    }
    byte[] bytes = sql.toString().getBytes(StandardCharsets.UTF_8);
    SqlText text = scanner.scan(bytes, 0, bytes.length, true);
    List<Sample> found = new ArrayList<>();
    for (int i = 0; i < text.count(); i++) {
      int length = text.end(i) - text.start(i);
      found.add(
          new Sample(
              new String(bytes, text.start(i), length, StandardCharsets.UTF_8), text.kind(i)));
    }
    assertThat(found).isEqualTo(samples);
  }

  @Property
  void randomBytesNeverThrow(@ForAll byte[] bytes, @ForAll boolean conforming) {
    assertPlacesInOrder(scanner.scan(bytes, 0, bytes.length, conforming), bytes.length);
  }

  @Property(tries = 5000)
  void randomPiecesOfSqlNeverThrow(
      @ForAll("pieces") List<String> pieces, @ForAll boolean conforming) {
    byte[] bytes = String.join("", pieces).getBytes(StandardCharsets.ISO_8859_1);
    assertPlacesInOrder(scanner.scan(bytes, 0, bytes.length, conforming), bytes.length);
  }

  @Property
  void statementThatBeginsWithAnUnknownWordIsNeverExempt(@ForAll("pieces") List<String> pieces) {
    byte[] bytes = ("explain " + String.join("", pieces)).getBytes(StandardCharsets.ISO_8859_1);
    SqlText text = scanner.scan(bytes, 0, bytes.length, true);
    assertThat(EXEMPT).doesNotContain(text.kind(0));
  }

  private static void assertPlacesInOrder(SqlText text, int length) {
    assertThat(text.count()).isPositive();
    int last = 0;
    for (int i = 0; i < text.count(); i++) {
      assertThat(text.kind(i)).isNotNull();
      assertThat(text.start(i)).isGreaterThanOrEqualTo(last);
      assertThat(text.end(i)).isGreaterThanOrEqualTo(text.start(i)).isLessThanOrEqualTo(length);
      last = text.end(i);
    }
  }

  @Provide
  Arbitrary<List<Sample>> samples() {
    Arbitrary<Sample> fixed =
        Arbitraries.of(
            new Sample("begin", StatementKind.BEGIN),
            new Sample("COMMIT WORK", StatementKind.TRANSACTION_END),
            new Sample("rollback/**/and chain", StatementKind.TRANSACTION_CHAIN),
            new Sample("set search_path = a, \";\"", StatementKind.SESSION_CONTROL),
            new Sample("set \"role\" = a", StatementKind.OTHER),
            new Sample("select 1", StatementKind.PING),
            new Sample("create rule r as on insert to t do (a; b)", StatementKind.OTHER),
            new Sample("create function f() begin atomic select 1; end", StatementKind.OTHER),
            new Sample("copy t from stdin", StatementKind.COPY_IN));
    Arbitrary<Sample> literals =
        Combinators.combine(
                Arbitraries.strings().ascii().ofMaxLength(12), Arbitraries.of(0, 1, 2, 3))
            .as(
                (content, form) ->
                    new Sample("select " + literal(content, form), StatementKind.FAST));
    return Arbitraries.oneOf(fixed, literals).list().ofMinSize(1).ofMaxSize(12);
  }

  /** The content quoted in one of the ways SQL knows. */
  private static String literal(String raw, int form) {
    String content = raw.replace("\0", "");
    return switch (form) {
      case 0 -> "'" + content.replace("'", "''") + "'";
      case 1 -> "E'" + content.replace("\\", "\\\\").replace("'", "\\'") + "'";
      case 2 -> "\"" + content.replace("\"", "\"\"") + "\"";
      default -> "$_" + "é$" + content + "$_" + "é$";
    };
  }

  @Provide
  Arbitrary<List<String>> blanks() {
    return Arbitraries.of(" ", "\n", "\t", "/* ; ' */", "/* /* \" */ $$ */", "-- ; '\n", "--\r", "")
        .map(blank -> " " + blank + "/**/")
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    return Arbitraries.of(
            "'",
            "\"",
            "\\",
            ";",
            "$",
            "$$",
            "$a$",
            "--",
            "/*",
            "*/",
            "\n",
            "\r",
            " ",
            "(",
            ")",
            "e'",
            "u&'",
            "u&\"",
            "n'",
            "1",
            "1e",
            "a",
            "_",
            "\0",
            "\u00ff",
            "begin",
            "atomic",
            "end",
            "create function",
            "commit",
            "and",
            "chain",
            "set",
            "local",
            "session",
            "role",
            "search_path",
            "=",
            "to",
            "select",
            "copy",
            "from",
            "stdin",
            "cluster",
            "reindex",
            "prepare",
            "transaction",
            "show",
            "reset",
            "all",
            ".",
            ",")
        .list()
        .ofMaxSize(20);
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.PoolKind.Pool;
import java.nio.file.Files;
import java.sql.Connection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each pool sends, when, and on which thread: the table in docs/guides/pools.md. */
class PoolStatementsIT extends PostgresIT {
  private static final String INIT = "set statement_timeout = '31s'";
  private static final String ALLOWED = "PERCRED_ALLOWED_CLASSES";

  @BeforeEach
  void allowTheFactory() {
    System.setProperty(ALLOWED, SentSqlFactory.class.getName());
  }

  @AfterEach
  void allowNothing() {
    System.clearProperty(ALLOWED);
  }

  @Test
  void guideTellsWhatPoolsSend() throws Exception {
    StringBuilder table =
        new StringBuilder(
            """
            | pool, `autoCommit=false` | opens a connection | takes it again | gives it back |
            |---|---|---|---|
            """);
    for (LazyPool kind : LazyPool.values()) {
      table.append(row(kind)).append('\n');
    }
    assertThat(Files.readString(Pages.PROJECT.resolve("docs/guides/pools.md"))).contains(table);
  }

  private String row(LazyPool kind) throws Exception {
    String[] cells = new String[3];
    String factory = "socketFactory=" + SentSqlFactory.class.getName();
    try (Pool pool = kind.open(url("sslmode=disable", factory), false, INIT)) {
      for (int i = 0; i < 2; i++) {
        boolean first = i == 0;
        as(
            ALICE,
            () -> {
              SentSqlFactory.take();
              Connection connection = pool.source().getConnection();
              cells[first ? 0 : 1] = cell();
              connection.close();
              cells[2] = cell();
            });
      }
    }
    return "| " + kind + " | " + String.join(" | ", cells) + " |";
  }

  private static String cell() {
    // percred looks at the login over a connection of its own, on a thread of its own.
    List<SentSqlFactory.Sent> sent =
        SentSqlFactory.take().stream()
            .filter(each -> !each.thread().getName().startsWith("percred-"))
            .toList();
    Predicate<SentSqlFactory.Sent> here = each -> each.thread() == Thread.currentThread();
    String own =
        sent.stream()
            .filter(here)
            .map(each -> shown(each.sql()))
            .distinct()
            .collect(Collectors.joining(", "));
    String elsewhere =
        sent.stream()
            .filter(here.negate())
            .map(each -> shown(each.sql()))
            .distinct()
            .collect(Collectors.joining(", "));
    String cell = own.isEmpty() ? "" : "caller's thread: " + own;
    if (!elsewhere.isEmpty()) {
      cell += (cell.isEmpty() ? "" : "; ") + "its own thread: " + elsewhere;
    }
    return cell.isEmpty() ? "nothing" : cell;
  }

  private static String shown(String sql) {
    return sql.isEmpty() ? "an empty statement" : "`" + sql + "`";
  }
}

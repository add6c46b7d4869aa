package io.percred.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/** COPY through the driver's CopyManager and, as far as it goes there, through a Statement. */
class CopyIT extends PostgresIT {
  private static final String IN = "copy entry (note) from stdin";

  @ParameterizedTest(name = "{0} rows, autocommit={1}")
  @CsvSource({"0,true", "1,true", "20000,true", "0,false", "1,false", "20000,false"})
  void everyRowCopiedInIsStamped(int rows, boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    as(
        ALICE,
        () -> {
          assertThat(copyIn(connection, IN, "row\n".repeat(rows))).isEqualTo(rows);
          if (!autocommit) {
            assertThat(who(connection)).isEqualTo(ALICE.token());
            connection.commit();
          }
        });
    assertThat(database.value("select count(*) from entry where seen = 'token-of-alice'"))
        .isEqualTo(String.valueOf(rows));
    assertThat(database.value("select count(*) from entry")).isEqualTo(String.valueOf(rows));
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void everyRowCopiedOutSawTheCaller(boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB}) {
      as(
          caller,
          () -> {
            StringWriter out = new StringWriter();
            long copied =
                copies(connection).copyOut("copy (select seen from seen_row) to stdout", out);
            assertThat(copied).isEqualTo(1000);
            assertThat(out.toString().lines().distinct()).containsExactly(caller.token());
            if (!autocommit) {
              connection.commit();
            }
          });
    }
  }

  @Test
  void policyHoldsForCopyOut() throws Exception {
    Connection connection = connect();
    StringWriter out = new StringWriter();

    as(
        BOB,
        () -> {
          copies(connection).copyOut("copy (select id from contact order by id) to stdout", out);
        });

    assertThat(out.toString().lines()).containsExactly("1", "3", "5", "7", "9");
  }

  @Test
  void copyInPiecesIsOneTransaction() throws Exception {
    Connection connection = connect();
    CopyIn copy = as(ALICE, () -> copies(connection).copyIn(IN));
    as(
        ALICE,
        () -> {
          for (int i = 0; i < 100; i++) {
            byte[] row = ("row " + i + "\n").getBytes(UTF_8);
            copy.writeToCopy(row, 0, row.length);
            if (i % 10 == 0) {
              copy.flushCopy();
            }
          }
          assertThat(copy.endCopy()).isEqualTo(100);
        });
    assertThat(stamps()).containsExactly(ALICE.token());
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void cancelledCopyInLeavesNothing(boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    as(
        ALICE,
        () -> {
          CopyIn copy = copies(connection).copyIn(IN);
          byte[] row = "row\n".getBytes(UTF_8);
          copy.writeToCopy(row, 0, row.length);
          copy.cancelCopy();
        });
    if (!autocommit) {
      connection.rollback();
    }
    assertThat(entries()).isEmpty();
    as(BOB, () -> insert(connection, "next"));
    if (!autocommit) {
      connection.commit();
    }
    assertThat(entries()).containsExactly("next:token-of-bob");
  }

  /**
   * pgjdbc leaves answers unread behind a cancelled CopyOut and gives them to the next statement.
   */
  @Test
  void answersLeftUnreadByACancelledCopyOutNeverReachAnotherCaller() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          CopyOut copy =
              copies(connection)
                  .copyOut("copy (select g from generate_series(1, 2000000) g) to stdout");
          assertThat(copy.readFromCopy()).isNotNull();
          copy.cancelCopy();
          assertFails("57014", () -> who(connection));
        });
    as(BOB, () -> assertFails("08006", () -> who(connection)));
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void failedCopyLeavesTheConnectionUsable() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          assertFails("22P02", () -> copyIn(connection, "copy entry (id) from stdin", "x\n"));
          assertFails("42P01", () -> copyIn(connection, "copy nowhere from stdin", "x\n"));
          assertFails(
              "22012",
              () ->
                  copies(connection)
                      .copyOut(
                          "copy (select 1 / (500 - n) from seen_row) to stdout",
                          new StringWriter()));
        });
    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void copyThatFailsAtItsEndFailsWhereItWouldWithoutPercred() throws Exception {
    Connection connection = connect();

    as(ALICE, () -> assertFails("23514", () -> copyIn(connection, IN, "fails at commit\n")));

    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void copyOfNobodyIsRefused() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);

    assertRefused(() -> copyIn(connection, IN, "x\n"));
    assertRefused(() -> copies(connection).copyOut("copy entry to stdout", new StringWriter()));

    assertThat(entries()).isEmpty();
    assertThat(backend(connection)).isEqualTo(backend);
  }

  @ParameterizedTest
  @CsvSource({"extended,true", "simple,true", "extended,false", "simple,false"})
  void copyThroughAStatementFailsAsEverAndLeavesTheConnectionUsable(String mode, boolean autocommit)
      throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);
    connection.setAutoCommit(autocommit);
    String backend = backend(connection);
    as(
        ALICE,
        () -> {
          failure(() -> execute(connection, IN));
          if (!autocommit) {
            connection.rollback();
          }
          failure(() -> execute(connection, "copy entry to stdout"));
          if (!autocommit) {
            connection.rollback();
          }
        });
    assertThat(backend(connection)).isEqualTo(backend);
    if (!autocommit) {
      connection.rollback();
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  private static CopyManager copies(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  private static long copyIn(Connection connection, String sql, String rows)
      throws SQLException, IOException {
    try (Reader reader = new StringReader(rows)) {
      return copies(connection).copyIn(sql, reader);
    }
  }
}

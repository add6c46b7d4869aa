package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.PostgresServer;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Texts and conversations in which a statement could slip out of its binding. */
class AttacksIT extends AttackIT {
  @BothDeliveries
  void statementBehindABeginThatFailsDoesNotRun(String delivery) throws Exception {
    for (String mode : QUERY_MODES) {
      Connection connection = connect(delivery, mode);
      as(
          ALICE,
          () -> {
            assertFails(
                "42601", () -> execute(connection, "begin isolation level bogus; " + leaving("x")));
            assertFails("42601", () -> execute(connection, "begin isolation level bogus"));
            execute(connection, leaving("after"));
          });
      assertIs(BOB, connection);
    }
    assertThat(trail()).hasSize(4).containsOnly("after:token-of-alice:app");
  }

  @BothDeliveries
  void procedureBehindAQueryNeverCommits(String delivery) throws Exception {
    for (String mode : QUERY_MODES) {
      Connection connection = connect(delivery, mode);
      for (String text :
          new String[] {
            "select 1; call add_and_commit('x')",
            "call add_and_commit('x')",
            leaving("first") + "; call add_and_commit('x')",
            "do $$ begin insert into entry (note) values ('x'); commit;"
                + " insert into entry (note) values ('y'); end $$"
          }) {
        as(ALICE, () -> assertFails("2D000", () -> execute(connection, text)));
        assertIs(BOB, connection);
      }
    }
    assertThat(entries()).isEmpty();
    assertThat(trail()).isEmpty();
  }

  @BothDeliveries
  void textThatBeginsIsRolledBackLater(String delivery) throws Exception {
    for (String mode : QUERY_MODES) {
      Connection connection = connect(delivery, mode);
      as(
          ALICE,
          () -> {
            execute(connection, "begin; " + leaving("undone"));
            assertThat(ask(connection, "select string_agg(setting, ' ') from trail"))
                .isEqualTo(ALICE.token());
            execute(connection, "rollback");
          });
      assertIs(BOB, connection);
    }
    assertThat(trail()).isEmpty();
  }

  @BothDeliveries
  void statementBehindTheRollbackOfAFailureIsBound(String delivery) throws Exception {
    for (String mode : QUERY_MODES) {
      Connection connection = connect(delivery, mode);
      as(
          ALICE,
          () -> {
            execute(connection, "begin");
            assertFails("22012", () -> ask(connection, "select 1 / 0"));
            try {
              execute(connection, "rollback; " + leaving("after"));
            } catch (SQLException refused) {
              // In one simple Query nothing can be put between the two.
              assertThat(refused.getSQLState()).isEqualTo("25000");
              execute(connection, "rollback");
            }
          });
      assertIs(BOB, connection);
    }
    assertThat(trail()).hasSize(2).containsOnly("after:token-of-alice:app");
  }

  @BothDeliveries
  void commentDoesNotHideABegin(String delivery) throws Exception {
    for (String mode : QUERY_MODES) {
      Connection connection = connect(delivery, mode);
      as(
          ALICE,
          () -> {
            execute(connection, "/* c /* d */ */ begin");
            execute(connection, leaving("one"));
            execute(connection, "/* begin */ " + leaving("two"));
            execute(connection, "-- begin\ncommit");
          });
      assertIs(BOB, connection);
    }
    assertThat(trail()).hasSize(8);
    assertThat(trailOwners()).containsExactly("token-of-alice:app");
  }

  @BothDeliveries
  void copyInAnyDisguiseIsBound(String delivery) throws Exception {
    Connection connection = connect(delivery);
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    as(
        ALICE,
        () -> {
          copies.copyIn("copy trail (note) from stdin", new StringReader("plain\n"));
          copies.copyIn("/* c */ copy trail (note) from stdin", new StringReader("comment\n"));
          StringWriter out = new StringWriter();
          copies.copyOut("-- c\ncopy (" + WHO + ") to stdout", out);
          assertThat(out.toString()).isEqualTo(ALICE.token() + "\n");
        });
    assertIs(BOB, connection);
    assertThat(trail()).containsExactly("plain:token-of-alice:app", "comment:token-of-alice:app");
    assertRefused(
        () -> copies.copyIn("/* c */ copy trail (note) from stdin", new StringReader("")));
  }

  @BothDeliveries
  void copyThroughAStatementIsBoundOrFails(String delivery) throws Exception {
    for (String text :
        new String[] {
          "copy trail (note) from stdin",
          "/* c */ copy trail (note) from stdin",
          leaving("front") + "; copy trail (note) from stdin",
          "select 1; /* c */ copy trail to stdout",
        }) {
      Connection connection = connect(delivery);
      // pgjdbc answers with CopyFail, or drops what is copied out.
      as(ALICE, () -> failure(() -> execute(connection, text)));
      if (!connection.isClosed()) {
        assertIs(BOB, connection);
      }
    }
    assertThat(trailOwners()).isSubsetOf("token-of-alice:app");
  }

  @BothDeliveries
  void errorInFrontOfTheBindingLetsNothingRun(String delivery) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = connect(delivery);
      connection.setAutoCommit(autocommit);
      for (String text :
          new String[] {
            // What fails needs no binding, and the binding stands between it and the statement.
            "release nosuch; " + leaving("x"),
            "rollback to nosuch; " + leaving("x"),
            "set statement_timeout = 'long'; " + leaving("x"),
            "set transaction isolation level serializable; release nosuch; " + leaving("x")
          }) {
        as(ALICE, () -> failure(() -> execute(connection, text)));
        if (!autocommit) {
          connection.rollback();
        }
        assertIs(BOB, connection);
        if (!autocommit) {
          connection.rollback();
        }
      }
    }
    assertThat(trail()).isEmpty();
  }

  @BothDeliveries
  void functionCallInAFailedTransactionDoesNotRun(String delivery) throws Exception {
    Connection connection = connect(delivery);
    connection.setAutoCommit(false);
    as(
        ALICE,
        () -> {
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
          assertFails(
              "25P02", () -> connection.unwrap(PGConnection.class).getLargeObjectAPI().createLO());
          connection.rollback();
          connection.unwrap(PGConnection.class).getLargeObjectAPI().createLO();
          execute(connection, leaving("beside a large object"));
          connection.commit();
        });
    assertThat(trail()).containsExactly("beside a large object:token-of-alice:app");
    connection.setAutoCommit(true);
    assertIs(BOB, connection);
  }

  @BothDeliveries
  void userNamedReplicationIsBound(String delivery) throws Exception {
    Properties login = new Properties();
    login.setProperty("user", PostgresServer.NAMED_REPLICATION.user());
    login.setProperty("password", PostgresServer.NAMED_REPLICATION.password());
    Connection connection = closing(DriverManager.getConnection(url(delivery), login));

    as(ALICE, () -> execute(connection, leaving("alice")));
    as(BOB, () -> execute(connection, leaving("bob")));
    assertRefused(() -> execute(connection, leaving("nobody")));

    assertThat(trail())
        .containsExactly("alice:token-of-alice:replication", "bob:token-of-bob:replication");
  }

  @BothDeliveries
  void rowsLeftInAPortalAreNotAnothersToFetch(String delivery) throws Exception {
    Connection connection = connect(delivery);
    connection.setAutoCommit(false);
    String backend = backend(connection);
    connection.commit();
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(2);
      ResultSet rows =
          as(ALICE, () -> statement.executeQuery("select n, seen from seen_row limit 5"));
      as(
          BOB,
          () -> {
            assertThat(readToEnd(rows)).isEqualTo(2);
          });
    }
    connection.rollback();
    assertThat(backend(connection)).isEqualTo(backend);
    connection.rollback();
    connection.setAutoCommit(true);
    assertIs(BOB, connection);
  }

  /** How many rows could be read until the rest was refused. */
  private static int readToEnd(ResultSet rows) throws SQLException {
    int read = 0;
    try {
      while (rows.next()) {
        assertThat(rows.getString(2)).isEqualTo(ALICE.token());
        read++;
      }
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("28000");
    }
    return read;
  }
}

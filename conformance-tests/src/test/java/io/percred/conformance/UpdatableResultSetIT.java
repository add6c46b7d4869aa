package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updatable result sets: the driver prepares their statements itself, on the bare connection. */
class UpdatableResultSetIT extends PostgresIT {
  private static final String ENTRIES = "select id, note, seen from entry order by id";

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void everyWriteThroughAResultSetIsStamped(boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    as(
        BOB,
        () -> {
          for (String note : new String[] {"changed", "deleted", "left alone"}) {
            insert(connection, note);
          }
          finish(connection);
        });
    as(
        ALICE,
        () -> {
          try (Statement statement = updatable(connection);
              ResultSet rows = statement.executeQuery(ENTRIES)) {
            assertThat(rows.next()).isTrue();
            rows.updateString("note", "updated");
            rows.updateRow();
            rows.refreshRow();
            assertThat(rows.getString("seen")).isEqualTo(ALICE.token());
            assertThat(rows.next()).isTrue();
            rows.deleteRow();
            rows.moveToInsertRow();
            rows.updateInt("id", 100);
            rows.updateString("note", "inserted");
            rows.insertRow();
            rows.moveToCurrentRow();
          }
          finish(connection);
        });
    assertThat(entries())
        .containsExactly(
            "updated:token-of-alice", "left alone:token-of-bob", "inserted:token-of-alice");
    assertThat(witnesses()).contains("delete deleted:token-of-alice");
  }

  @Test
  void policyHoldsForEveryRow() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (Statement statement = updatable(connection);
              ResultSet rows =
                  statement.executeQuery("select id, owner, name, mail from contact order by id")) {
            int seen = 0;
            while (rows.next()) {
              assertThat(rows.getString("owner")).isEqualTo(ALICE.token());
              rows.updateString("mail", "by alice");
              rows.updateRow();
              seen++;
            }
            assertThat(seen).isEqualTo(5);
            rows.beforeFirst();
            assertThat(rows.next()).isTrue();
            rows.updateString("owner", BOB.token());
            assertFails("42501", rows::updateRow);
          }
        });
    assertThat(database.value("select count(*) from contact where mail = 'by alice'"))
        .isEqualTo("5");
  }

  @Test
  void writeOfNobodyIsRefused() throws Exception {
    Connection connection = connect();
    as(ALICE, () -> insert(connection, "hers"));
    String backend = backend(connection);
    try (Statement statement = as(ALICE, () -> updatable(connection));
        ResultSet rows = as(ALICE, () -> statement.executeQuery(ENTRIES))) {
      as(
          ALICE,
          () -> {
            // The driver reads the primary key once, which is a query of its own.
            assertThat(rows.next()).isTrue();
            rows.updateString("note", "hers again");
            rows.updateRow();
          });
      rows.updateString("note", "nobody's");
      assertRefused(rows::updateRow);
      assertRefused(rows::deleteRow);
    }
    assertThat(entries()).containsExactly("hers again:token-of-alice");
    assertThat(backend(connection)).isEqualTo(backend);
  }

  private static Statement updatable(Connection connection) throws java.sql.SQLException {
    return connection.createStatement(
        ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
  }

  private static void finish(Connection connection) throws java.sql.SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }
}

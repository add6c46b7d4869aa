package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches: the driver cuts them into pieces as it likes, and every row has its caller. */
class BatchIT extends PostgresIT {
  private static final String INSERT = "insert into entry (note) values (?)";

  @ParameterizedTest(name = "{0} rows, reWriteBatchedInserts={1}, autocommit={2}")
  @CsvSource({
    "1,false,true", "600,false,true", "5000,false,true",
    "1,true,true", "600,true,true", "5000,true,true",
    "1,false,false", "600,false,false", "5000,false,false",
    "1,true,false", "600,true,false", "5000,true,false"
  })
  void everyRowOfAPreparedBatchIsStamped(int rows, boolean rewrite, boolean autocommit)
      throws Exception {
    Connection connection = connect("reWriteBatchedInserts=" + rewrite);
    connection.setAutoCommit(autocommit);
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB}) {
      database.clear();
      as(
          caller,
          () -> {
            try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
              for (int i = 0; i < rows; i++) {
                statement.setString(1, "row " + i);
                statement.addBatch();
              }
              assertThat(statement.executeBatch()).hasSize(rows);
            }
            if (!autocommit) {
              connection.commit();
            }
          });
      assertThat(counts()).isEqualTo(rows + " " + caller.token());
    }
  }

  @Test
  void everyRowOfATextBatchIsStamped() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < 600; i++) {
              statement.addBatch("insert into entry (note) values ('row " + i + "')");
            }
            assertThat(statement.executeBatch()).hasSize(600).containsOnly(1);
          }
        });
    assertThat(counts()).isEqualTo("600 " + ALICE.token());
  }

  @Test
  void batchOfDifferentStatementsIsStamped() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.addBatch("insert into entry (note) values ('one')");
            statement.addBatch("create temporary table scratch (n int)");
            statement.addBatch("call add_entry('two')");
            statement.addBatch("update entry set note = 'three' where note = 'two'");
            statement.addBatch("do $$ begin insert into entry (note) values ('four'); end $$");
            statement.executeBatch();
          }
        });
    assertThat(entries())
        .containsExactlyInAnyOrder(
            "one:token-of-alice", "three:token-of-alice", "four:token-of-alice");
  }

  @Test
  void generatedKeysOfABatchComeBackInOrder() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (PreparedStatement statement =
              connection.prepareStatement(INSERT, new String[] {"id", "seen"})) {
            for (int i = 0; i < 300; i++) {
              statement.setString(1, "row " + i);
              statement.addBatch();
            }
            statement.executeBatch();
            try (ResultSet keys = statement.getGeneratedKeys()) {
              int expected = 1;
              while (keys.next()) {
                assertThat(keys.getInt(1)).isEqualTo(expected++);
                assertThat(keys.getString(2)).isEqualTo(ALICE.token());
              }
              assertThat(expected).isEqualTo(301);
            }
          }
        });
  }

  @Test
  void failureInABatchIsThatOfItsStatement() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (PreparedStatement statement =
              connection.prepareStatement("insert into entry (id, note) values (?, 'x')")) {
            for (int id : new int[] {1, 2, 2, 3}) {
              statement.setInt(1, id);
              statement.addBatch();
            }
            BatchUpdateException failed =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                    BatchUpdateException.class, statement::executeBatch);
            assertThat(failed.getSQLState()).isEqualTo("23505");
          }
          connection.rollback();
        });
    as(
        BOB,
        () -> {
          insert(connection, "next");
          connection.commit();
        });
    assertThat(entries()).containsExactly("next:token-of-bob");
  }

  @ParameterizedTest
  @CsvSource({"1", "600"})
  void batchOfNobodyIsRefusedWhole(int rows) throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      for (int i = 0; i < rows; i++) {
        statement.setString(1, "row " + i);
        statement.addBatch();
      }
      SQLException refused = failure(statement::executeBatch);
      assertThat(refused.getSQLState()).isEqualTo("28000");
    }
    assertThat(entries()).isEmpty();
    assertThat(backend(connection)).isEqualTo(backend);
  }

  private String counts() throws SQLException {
    return String.valueOf(
        database.value(
            "select string_agg(n || ' ' || coalesce(seen, 'null'), ', ')"
                + " from (select count(*) n, seen from entry group by seen) counted"));
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** Isolation and snapshots: a binding takes the snapshot, so some things must come before it. */
class IsolationIT extends PostgresIT {
  @Test
  void isolationIsSetBeforeTheBindingTakesTheSnapshot() throws Exception {
    Connection connection = connectForTransactions();
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    as(
        ALICE,
        () -> {
          assertThat(ask(connection, "show transaction_isolation")).isEqualTo("serializable");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
  }

  @Test
  void setTransactionMayComeFirst() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          execute(connection, "set transaction isolation level repeatable read");
          execute(connection, "set transaction read only");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          assertThat(ask(connection, "select current_setting('transaction_isolation')"))
              .isEqualTo("repeatable read");
          assertFails("25006", () -> insert(connection, "impossible"));
          connection.rollback();
          execute(connection, "set local transaction isolation level serializable, read write");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
  }

  @Test
  void exportedSnapshotMayBeImported() throws Exception {
    Connection exporter = connectForTransactions();
    Connection importer = connectForTransactions();
    exporter.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    importer.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    as(
        ALICE,
        () -> {
          String snapshot = ask(exporter, "select pg_export_snapshot()");
          execute(importer, "set transaction snapshot '" + snapshot + "'");
          assertThat(who(importer)).isEqualTo(ALICE.token());
        });
    exporter.rollback();
    importer.rollback();
  }

  @Test
  void readOnlyTransactionIsBound() throws Exception {
    Connection connection = connectForTransactions();
    connection.setReadOnly(true);
    as(
        ALICE,
        () -> {
          assertThat(who(connection)).isEqualTo(ALICE.token());
          assertFails("25006", () -> insert(connection, "impossible"));
          connection.rollback();
        });
    connection.setReadOnly(false);
    as(ALICE, () -> insert(connection, "possible"));
    connection.commit();
    assertThat(entries()).containsExactly("possible:token-of-alice");
  }

  @Test
  void snapshotIsTakenByTheFirstReadNotByTheLockBeforeIt() throws Exception {
    Connection connection = connectForTransactions();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    as(
        ALICE,
        () -> {
          execute(connection, "lock table witness in access share mode");
          database.asSuperuser("insert into entry (note) values ('meanwhile')");
          assertThat(ask(connection, "select count(*) from entry")).isEqualTo("1");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
  }

  @Test
  void snapshotStaysThatOfTheFirstRead() throws Exception {
    Connection connection = connectForTransactions();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    as(
        ALICE,
        () -> {
          assertThat(ask(connection, "select count(*) from entry")).isEqualTo("0");
          database.asSuperuser("insert into entry (note) values ('meanwhile')");
          assertThat(ask(connection, "select count(*) from entry")).isEqualTo("0");
          connection.commit();
          assertThat(ask(connection, "select count(*) from entry")).isEqualTo("1");
          connection.commit();
        });
  }
}

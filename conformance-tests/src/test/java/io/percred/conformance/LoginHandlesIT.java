package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a handle tells without its caller, and that nothing leads around it. */
@Timeout(120)
class LoginHandlesIT extends LoginIT {
  private static final Credential CALLER = caller("login_alice");

  @Test
  void rowsOfACursorThatAFunctionReturnedLeadBackToTheHandle() throws Exception {
    database.asSuperuser(
        """
        create or replace function some_rows() returns refcursor language plpgsql as $$
        declare opened refcursor;
        begin
          open opened for select generate_series(1, 3);
          return opened;
        end $$
        """);
    Connection handle = handle();
    handle.setAutoCommit(false);
    ResultSet inner =
        as(
            CALLER,
            () -> {
              Statement statement = handle.createStatement();
              ResultSet outer = statement.executeQuery("select some_rows()");
              assertThat(outer.next()).isTrue();
              ResultSet rows = (ResultSet) outer.getObject(1);
              assertThat(rows.next()).isTrue();
              assertThat(rows.getInt(1)).isOne();
              assertThat(rows.getStatement()).isSameAs(statement);
              assertThat(rows.getStatement().getConnection()).isSameAs(handle);
              return rows;
            });
    handle.endRequest();
    assertThat(inner.isClosed()).isTrue();
  }

  @Test
  void transactionThatPgjdbcBeganForALookupEndsWithTheRequest() throws Exception {
    try (Connection handle = handle()) {
      handle.setAutoCommit(false);
      as(
          CALLER,
          () -> {
            try (Statement statement = handle.createStatement();
                ResultSet rows = statement.executeQuery("select relname from pg_class")) {
              handle.commit();
              assertThat(rows.getMetaData().isAutoIncrement(1)).isFalse();
            }
          });
    }
    assertThat(database.column("select state from pg_stat_activity where usename = 'login_alice'"))
        .containsExactly("idle");
  }

  @Test
  void whatTheHandleTellsOfItselfNeedsNoCallerAfterwardsEither() throws Exception {
    Connection handle = handle();
    handle.setAutoCommit(false);
    as(CALLER, () -> execute(handle, "select 1"));

    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    assertThat(handle.getSchema()).isNull();
    assertThat(handle.getCatalog()).isNull();
    assertThat(handle.isReadOnly()).isFalse();
    handle.rollback();
    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    as(CALLER, () -> assertThat(handle.getSchema()).isEqualTo("public"));
  }

  @Test
  void freshHandleTellsWhereItIsAsPgjdbcDoes() throws Exception {
    Properties login = new Properties();
    login.setProperty("user", "login_alice");
    login.setProperty("password", tokenOf("login_alice"));
    try (Connection bare = DriverManager.getConnection(vendorUrl(), login);
        Connection asked = handle();
        Connection told = handle()) {
      as(
          CALLER,
          () -> {
            assertThat(asked.getCatalog()).isEqualTo(bare.getCatalog());
            assertThat(told.getSchema()).isEqualTo(bare.getSchema()).isEqualTo("public");
            assertThat(tables(asked)).isEqualTo(tables(bare));
          });
    }
  }

  private static List<String> tables(Connection connection) throws SQLException {
    List<String> found = new ArrayList<>();
    try (ResultSet rows = connection.getMetaData().getTables(null, null, "pg_class", null)) {
      while (rows.next()) {
        found.add(rows.getString("TABLE_CAT") + rows.getString("TABLE_SCHEM"));
      }
    }
    return found;
  }

  @Test
  void handleWhoseRestingSessionTheServerEndedIsNotValid() throws Exception {
    try (Connection handle = handle()) {
      String backend = as(CALLER, () -> ask(handle, BACKEND));
      assertThat(handle.isValid(5)).isTrue();
      database.asSuperuser("select pg_terminate_backend(" + backend + ")");
      awaitSessions(0);
      assertThat(handle.isValid(5)).isFalse();
      assertThat(as(CALLER, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
      assertThat(handle.isValid(5)).isTrue();
    }
  }

  @Test
  void handleWithATransactionThatTheServerEndedIsNotValidAndItsCallerHearsOfTheLoss()
      throws Exception {
    try (Connection handle = handle()) {
      handle.setAutoCommit(false);
      String backend = as(CALLER, () -> ask(handle, BACKEND));
      database.asSuperuser("select pg_terminate_backend(" + backend + ")");
      awaitSessions(0);
      assertThat(handle.isValid(5)).isFalse();
      as(
          CALLER,
          () ->
              assertThat(failure(() -> ask(handle, CURRENT_USER)).getSQLState())
                  .isEqualTo("40003"));
    }
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
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
}

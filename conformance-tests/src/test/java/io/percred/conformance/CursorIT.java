package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors: rows are made when they are fetched, and each fetch must see the caller. */
class CursorIT extends PostgresIT {
  private static final String ROWS = "select n, seen from seen_row order by n";
  private static final String UNSORTED = "select n, seen from seen_row";

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 333, 1000, 5000})
  void everyFetchedRowSawTheCaller(int fetchSize) throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(fetchSize);
            try (ResultSet rows = statement.executeQuery(UNSORTED)) {
              assertThat(column(rows, 2)).hasSize(1000).containsOnly(ALICE.token());
            }
          }
          connection.commit();
        });
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void fetchSizeGrowsByItself() throws Exception {
    Connection connection =
        connectForTransactions(
            "adaptiveFetch=true", "maxResultBuffer=100k", "defaultRowFetchSize=5");
    as(
        ALICE,
        () -> {
          assertThat(askAll(connection, "select seen, filler from seen_row"))
              .hasSize(1000)
              .containsOnly(ALICE.token());
          connection.commit();
        });
  }

  @Test
  void cursorsMayBeReadInTurns() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (Statement first = connection.createStatement();
              Statement second = connection.createStatement()) {
            first.setFetchSize(7);
            second.setFetchSize(11);
            try (ResultSet some = first.executeQuery(UNSORTED);
                ResultSet others = second.executeQuery(UNSORTED)) {
              for (int i = 1; i <= 100; i++) {
                assertThat(some.next()).isTrue();
                assertThat(others.next()).isTrue();
                assertThat(some.getString(2)).isEqualTo(ALICE.token());
                assertThat(others.getString(2)).isEqualTo(ALICE.token());
                if (i % 10 == 0) {
                  insert(connection, "row " + i);
                }
              }
            }
          }
          connection.commit();
        });
    assertThat(stamps()).containsExactly(ALICE.token());
  }

  @Test
  void cursorMayBeClosedHalfRead() throws Exception {
    Connection connection = connectForTransactions();
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB, ALICE}) {
      as(
          caller,
          () -> {
            try (Statement statement = connection.createStatement()) {
              statement.setFetchSize(10);
              ResultSet rows = statement.executeQuery(UNSORTED);
              assertThat(rows.next()).isTrue();
              assertThat(rows.getString(2)).isEqualTo(caller.token());
            }
            connection.commit();
          });
    }
  }

  @Test
  void cursorOfOneCallerIsNotFetchedByAnother() throws Exception {
    Connection connection = connectForTransactions();
    String backend = backend(connection);
    connection.commit();
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(10);
      ResultSet rows = as(ALICE, () -> statement.executeQuery(UNSORTED));
      as(
          BOB,
          () -> {
            for (int i = 0; i < 10; i++) {
              assertThat(rows.next()).isTrue();
            }
            assertFails("28000", rows::next);
          });
    }
    connection.rollback();
    assertThat(backend(connection)).isEqualTo(backend);
    connection.rollback();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void cursorOfOneCallerIsNotFetchedByNobody() throws Exception {
    Connection connection = connectForTransactions();
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(10);
      ResultSet rows = as(ALICE, () -> statement.executeQuery(UNSORTED));
      for (int i = 0; i < 10; i++) {
        assertThat(rows.next()).isTrue();
      }
      assertFails("28000", rows::next);
    }
    connection.rollback();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void functionThatReturnsACursor() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (CallableStatement call = connection.prepareCall("{? = call seen_cursor()}")) {
            call.registerOutParameter(1, Types.REF_CURSOR);
            call.setFetchSize(50);
            call.execute();
            try (ResultSet rows = (ResultSet) call.getObject(1)) {
              assertThat(column(rows, 2)).hasSize(1000).containsOnly(ALICE.token());
            }
          }
          connection.commit();
        });
  }

  @Test
  void cursorInSql() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          execute(connection, "declare c scroll cursor for " + ROWS);
          for (String fetch :
              new String[] {"fetch 5 from c", "fetch prior from c", "fetch absolute 500 from c"}) {
            try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(fetch)) {
              assertThat(column(rows, 2)).isNotEmpty().containsOnly(ALICE.token());
            }
          }
          execute(connection, "close c");
          connection.commit();
        });
  }

  @Test
  void scrollableResultSetIsReadByItsCaller() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (Statement statement =
                  connection.createStatement(
                      ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
              ResultSet rows = statement.executeQuery(ROWS)) {
            assertThat(rows.last()).isTrue();
            assertThat(rows.getRow()).isEqualTo(1000);
            assertThat(rows.getString(2)).isEqualTo(ALICE.token());
            assertThat(rows.absolute(3)).isTrue();
            assertThat(rows.getString(2)).isEqualTo(ALICE.token());
          }
          connection.commit();
        });
  }

  @Test
  void maximumOfRowsIsKept() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(5);
            try (ResultSet rows = statement.executeQuery(ROWS)) {
              assertThat(column(rows, 2)).hasSize(5).containsOnly(ALICE.token());
            }
            statement.setMaxRows(0);
            statement.setFetchSize(10);
            try (ResultSet rows = statement.executeQuery(ROWS)) {
              assertThat(column(rows, 2)).hasSize(1000).containsOnly(ALICE.token());
            }
          }
        });
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }
}

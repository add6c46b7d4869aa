package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Statements that the driver prepared for one caller, whose names mean other tables for the next.
 */
class PreparedForAnotherIT extends PostgresIT {
  /** How a caller changes what names mean for the rest of the session. */
  static Stream<Arguments> changes() {
    return Stream.of(
            "set search_path = other",
            "set schema 'other'",
            "select set_config('search_path', 'other', false)",
            "create temp table shape (id text, more int)")
        .flatMap(
            sql ->
                Stream.of("extended", "extendedForPrepared")
                    .map(queryMode -> Arguments.of(sql, queryMode)));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void nobodyNoticesThatAnotherCallersNamesMeantOtherTables(String change, String queryMode)
      throws Exception {
    database.asSuperuser(
        """
        drop schema if exists other cascade;
        create schema other;
        grant usage on schema other to public;
        create table if not exists public.shape (id int);
        create table other.shape (id text, more int);
        grant all on all tables in schema public, other to public;
        truncate public.shape;
        insert into public.shape values (7);
        insert into other.shape values ('x', 1);
        """);
    for (boolean autocommit : new boolean[] {true, false}) {
      for (String delivery : new String[] {"bind", "function-call"}) {
        Connection connection =
            connect(
                "prepareThreshold=1",
                "preferQueryMode=" + queryMode,
                "percred.delivery=" + delivery);
        as(ALICE, () -> execute(connection, change));
        for (int i = 0; i < 2; i++) {
          as(ALICE, () -> assertThat(shape(connection)).isNotEqualTo("7"));
          connection.setAutoCommit(autocommit);
          for (Credential caller : new Credential[] {BOB, ALICE, BOB}) {
            for (int j = 0; j < 3; j++) {
              assertThat(as(caller, () -> shape(connection))).isEqualTo("7");
            }
            if (!autocommit) {
              connection.commit();
            }
          }
          connection.setAutoCommit(true);
          as(ALICE, () -> execute(connection, change));
        }
      }
    }
  }

  private static String shape(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select * from shape");
        ResultSet rows = statement.executeQuery()) {
      String first = rows.next() ? rows.getString(1) : "none";
      return rows.getMetaData().getColumnCount() == 2 ? first + "2" : first;
    }
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metadata: queries that the driver makes up itself. */
class MetadataIT extends PostgresIT {
  @Test
  void metadataAreTheVendors() throws Exception {
    Connection connection = connect();
    DatabaseMetaData metadata = connection.getMetaData();
    try (Connection plain = connectPlainly()) {
      assertThat(metadata.getURL()).startsWith(server.url(database.name()));
      assertThat(metadata.getURL()).doesNotContain("percred");
      assertThat(metadata.getDriverName()).isEqualTo(plain.getMetaData().getDriverName());
      assertThat(metadata.getDatabaseProductName()).isEqualTo("PostgreSQL");
      assertThat(metadata.getDatabaseMajorVersion()).isEqualTo(server.majorVersion());
      assertThat(metadata.getUserName()).isEqualTo("app");
    }
    assertThat(connection.unwrap(org.postgresql.PGConnection.class)).isNotNull();
  }

  @Test
  void metadataQueriesSayWhatTheySayWithoutPercred() throws Exception {
    Connection connection = connect();
    try (Connection plain = connectPlainly()) {
      as(ALICE, () -> assertThat(everything(connection)).isEqualTo(everything(plain)));
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void metadataMayOpenTheTransaction() throws Exception {
    Connection connection = connectForTransactions();
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB}) {
      as(
          caller,
          () -> {
            assertThat(everything(connection)).isNotEmpty();
            assertThat(who(connection)).isEqualTo(caller.token());
            assertThat(connection.getCatalog()).isEqualTo(database.name());
            assertThat(connection.getSchema()).isEqualTo("public");
            insert(connection, caller.principal());
            connection.commit();
          });
    }
    assertThat(entries()).containsExactly("alice:token-of-alice", "bob:token-of-bob");
  }

  @Test
  void metadataQueriesRunAsTheCaller() throws Exception {
    database.asSuperuser(
        """
        create schema if not exists shadow;
        create or replace function shadow.current_schema() returns name language sql stable as
          $$ select current_setting('app.api_token', true)::name $$;
        grant usage on schema shadow to app;
        """);
    Connection connection = connect("options=-c%20search_path=shadow,pg_catalog,public");

    assertThat(as(ALICE, connection::getSchema)).isEqualTo(ALICE.token());
    assertThat(as(BOB, connection::getSchema)).isEqualTo(BOB.token());
  }

  @Test
  void metadataOfNobodyAreRefused() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);

    assertRefused(() -> tables(connection));

    assertThat(backend(connection)).isEqualTo(backend);
  }

  @Test
  void metadataOfAStatementDoNotBindItsNextExecution() throws Exception {
    Connection connection = connect("prepareThreshold=1");
    try (PreparedStatement statement =
        as(
            ALICE,
            () ->
                connection.prepareStatement(
                    "select current_setting('app.api_token', true), ?::int"))) {
      as(
          ALICE,
          () -> {
            ResultSetMetaData columns = statement.getMetaData();
            assertThat(columns.getColumnCount()).isEqualTo(2);
            ParameterMetaData parameters = statement.getParameterMetaData();
            assertThat(parameters.getParameterTypeName(1)).isEqualTo("int4");
          });
      for (var caller : new io.percred.spi.Credential[] {BOB, ALICE, BOB}) {
        as(
            caller,
            () -> {
              statement.setInt(1, 1);
              try (ResultSet rows = statement.executeQuery()) {
                assertThat(column(rows, 1)).containsExactly(caller.token());
              }
            });
      }
    }
  }

  @Test
  void typesThatTheDriverMustLookUpKeepTheCaller() throws Exception {
    Connection connection = connect();
    database.asSuperuser(
        """
        drop type if exists mood cascade;
        create type mood as enum ('sad', 'glad');
        drop type if exists pair cascade;
        create type pair as (a int, b text);
        """);
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement();
              ResultSet rows =
                  statement.executeQuery(
                      "select 'glad'::mood, row(1, 'x')::pair, array['sad'::mood],"
                          + " current_setting('app.api_token', true)")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getMetaData().getColumnTypeName(1)).contains("mood");
            assertThat(rows.getObject(2)).hasToString("(1,x)");
            assertThat(rows.getArray(3).getBaseTypeName()).contains("mood");
            assertThat(rows.getString(4)).isEqualTo(ALICE.token());
            assertThat(rows.getMetaData().isAutoIncrement(1)).isFalse();
            assertThat(rows.getMetaData().isNullable(4)).isNotNegative();
          }
          assertThat(who(connection)).isEqualTo(ALICE.token());
        });
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  private static List<String> everything(Connection connection) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    List<String> found = tables(connection);
    for (ResultSet rows :
        new ResultSet[] {
          metadata.getColumns(null, "public", "%", "%"),
          metadata.getPrimaryKeys(null, "public", "entry"),
          metadata.getIndexInfo(null, "public", "contact", false, true),
          metadata.getProcedures(null, "public", "%"),
          metadata.getFunctions(null, "public", "%"),
          metadata.getSchemas(),
          metadata.getTypeInfo(),
          metadata.getTablePrivileges(null, "public", "entry")
        }) {
      try (rows) {
        found.addAll(column(rows, 3 <= rows.getMetaData().getColumnCount() ? 3 : 1));
      }
    }
    found.add(metadata.getSQLKeywords());
    return found;
  }

  private static List<String> tables(Connection connection) throws SQLException {
    try (ResultSet rows =
        connection.getMetaData().getTables(null, "public", "%", new String[] {"TABLE", "VIEW"})) {
      return column(rows, 3);
    }
  }
}

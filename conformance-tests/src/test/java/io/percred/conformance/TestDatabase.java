package io.percred.conformance;

import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The database of one test class on one server, made from a template with the fixture.
 *
 * @param server where it lies
 * @param name its name
 */
record TestDatabase(PostgresServer server, String name) {
  private static final String TEMPLATE = "percred_fixture";
  private static final Map<PostgresServer, Boolean> PREPARED = new ConcurrentHashMap<>();
  private static final Map<TestDatabase, Connection> OWNERS = new ConcurrentHashMap<>();

  /** The database of a test class, made when first asked for. */
  static TestDatabase of(PostgresServer server, Class<?> testClass) throws SQLException {
    PREPARED.computeIfAbsent(server, TestDatabase::prepare);
    TestDatabase database =
        new TestDatabase(server, "it_" + testClass.getSimpleName().toLowerCase(Locale.ROOT));
    if (!OWNERS.containsKey(database)) {
      recreate(server, database.name, TEMPLATE);
      OWNERS.put(database, server.connect(database.name, server.superuser()));
    }
    return database;
  }

  private static Boolean prepare(PostgresServer server) {
    try (InputStream script = TestDatabase.class.getResourceAsStream("/fixture.sql")) {
      if (script == null) {
        throw new IllegalStateException("fixture.sql is missing");
      }
      String sql = new String(script.readAllBytes(), StandardCharsets.UTF_8);
      recreate(server, TEMPLATE, "template1");
      server.execute(TEMPLATE, "grant all on schema public to public");
      try (Connection owner = server.connect(TEMPLATE, PostgresServer.OWNER);
          Statement statement = owner.createStatement()) {
        statement.execute(sql);
      }
      return true;
    } catch (IOException | SQLException e) {
      throw new IllegalStateException("Cannot prepare " + server, e);
    }
  }

  private static void recreate(PostgresServer server, String name, String template)
      throws SQLException {
    server.execute("postgres", "drop database if exists " + name + " with (force)");
    server.execute(
        "postgres", "create database " + name + " template " + template + " owner shop_owner");
  }

  /** Empties the tables that tests write to. */
  void clear() throws SQLException {
    asSuperuser("truncate entry, witness restart identity");
  }

  /** Runs SQL text as the superuser, who sees everything and is nobody's caller. */
  void asSuperuser(String sql) throws SQLException {
    try (Statement statement = superuser().createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of every row, read by the superuser. */
  List<String> column(String query) throws SQLException {
    try (Statement statement = superuser().createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        String value = rows.getString(1);
        values.add(value == null ? PostgresIT.NULL : value);
      }
      return values;
    }
  }

  /** The first column of the first row, read by the superuser. */
  String value(String query) throws SQLException {
    return column(query).get(0);
  }

  /** A connection without percred. */
  Connection connect(Login login) throws SQLException {
    return server.connect(name, login);
  }

  private Connection superuser() {
    Connection connection = OWNERS.get(this);
    if (connection == null) {
      throw new IllegalStateException(name + " was not made");
    }
    return connection;
  }
}

package io.percred.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.rig.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all scenes have: a server with the contacts of three organisations, and somewhere to print
 * to.
 *
 * @param server the server
 * @param out where the audience looks
 */
record Stage(PostgresServer server, PrintStream out) {
  static final String DATABASE = "shop";

  /** How many connections the pool has, fewer than there are threads. */
  static final int POOL_SIZE = 2;

  /** One caller of each organisation. */
  static final List<Employee> EMPLOYEES =
      List.of(
          new Employee("alice", "Aster Ltd"),
          new Employee("bob", "Birch GmbH"),
          new Employee("carol", "Cedar Inc"));

  /** Makes the database on a server that has none yet. */
  static Stage on(PostgresServer server, PrintStream out) throws IOException, SQLException {
    server.execute("postgres", "create database " + DATABASE);
    server.execute(DATABASE, "grant create on schema public to " + PostgresServer.OWNER.user());
    try (Connection owner = server.connect(DATABASE, PostgresServer.OWNER);
        Statement schema = owner.createStatement();
        PreparedStatement hire = owner.prepareStatement("select hire(?, ?, ?)")) {
      schema.execute(script());
      for (Employee employee : EMPLOYEES) {
        hire.setString(1, employee.name());
        hire.setString(2, employee.organisation());
        hire.setString(3, employee.token());
        hire.execute();
      }
    }
    return new Stage(server, out);
  }

  private static String script() throws IOException {
    try (InputStream script = Stage.class.getResourceAsStream("/shop.sql")) {
      if (script == null) {
        throw new IOException("shop.sql is missing");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The URL that percred takes, of a vendor's URL. */
  static String percredUrl(String vendorUrl) {
    return vendorUrl.replaceFirst("^jdbc:", "jdbc:percred:") + "?percred.setting=app.api_token";
  }

  /** A pool of connections through percred, as an application has it. */
  HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(percredUrl(server.url(DATABASE)));
    config.setUsername(PostgresServer.APP.user());
    config.setPassword(PostgresServer.APP.password());
    config.setMaximumPoolSize(POOL_SIZE);
    return new HikariDataSource(config);
  }

  /** Prints one line. */
  void say(String format, @Nullable Object... arguments) {
    out.printf(format + "%n", arguments);
  }
}

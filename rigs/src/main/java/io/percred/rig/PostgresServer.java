package io.percred.rig;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A running PostgreSQL with the roles that tests log in as: {@link #APP}, which owns nothing and is
 * nobody special, and {@link #OWNER}, which owns the schema. Thread-safe.
 */
public interface PostgresServer {
  /** The application's login: no superuser, no owner, no BYPASSRLS. */
  Login APP = new Login("app", "app-password");

  /** The login that owns the schema, as migrations use it. */
  Login OWNER = new Login("shop_owner", "owner-password");

  /** A login that the server accepts over TLS only. */
  Login TLS_ONLY = new Login("tls_only", "tls-password");

  /** A login whose name is also the name of a protocol feature. */
  Login NAMED_REPLICATION = new Login("replication", "replication-password");

  /** The major version, such as 17. */
  int majorVersion();

  /** The host to connect to. */
  String host();

  /** The port to connect to. */
  int port();

  /** A superuser's login. */
  Login superuser();

  /** The file with everything the server logs, or null if the rig has no access to it. */
  @Nullable Path log();

  /** The certificate authority that signed the server's certificate, or null if unknown. */
  @Nullable Path certificateAuthority();

  /** The vendor's URL of a database of this server, without parameters. */
  default String url(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /** A connection with the vendor's driver alone. */
  default Connection connect(String database, Login login) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    return DriverManager.getConnection(url(database), properties);
  }

  /** Runs SQL text as the superuser, in autocommit. */
  default void execute(String database, String sql) throws SQLException {
    try (Connection connection = connect(database, superuser());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Creates {@link #APP}, {@link #OWNER} and the others, unless they exist. */
  default void createLogins() throws SQLException {
    StringBuilder sql = new StringBuilder();
    for (Login login : new Login[] {APP, OWNER, TLS_ONLY, NAMED_REPLICATION}) {
      sql.append(
          """
          do $$ begin
            create role %1$s login password '%2$s';
          exception when duplicate_object then
            alter role %1$s login nosuperuser nobypassrls password '%2$s';
          end $$;
          """
              .formatted(login.user(), login.password()));
    }
    execute("postgres", sql.toString());
  }
}

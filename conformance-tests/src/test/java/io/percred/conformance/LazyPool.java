package io.percred.conformance;

import com.mchange.v2.c3p0.AbstractConnectionCustomizer;
import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration.TransactionIsolation;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.percred.conformance.PoolKind.Pool;
import io.percred.rig.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jspecify.annotations.Nullable;

/**
 * The pools that people use, each with one connection that it opens and sets up when somebody takes
 * it: what frameworks start lazily opens it for the first request.
 */
enum LazyPool {
  HIKARICP("HikariCP") {
    @Override
    Pool open(String url, boolean autocommit, String sql) {
      HikariDataSource pool = new HikariDataSource();
      pool.setJdbcUrl(url);
      pool.setUsername(PostgresServer.APP.user());
      pool.setPassword(PostgresServer.APP.password());
      pool.setMaximumPoolSize(1);
      pool.setConnectionTimeout(10_000);
      pool.setAutoCommit(autocommit);
      pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
      pool.setConnectionInitSql(sql);
      return new Pool(pool, pool);
    }
  },
  DBCP2("DBCP2") {
    @Override
    Pool open(String url, boolean autocommit, String sql) {
      BasicDataSource pool = new BasicDataSource();
      pool.setUrl(url);
      pool.setUsername(PostgresServer.APP.user());
      pool.setPassword(PostgresServer.APP.password());
      pool.setMaxTotal(1);
      pool.setMaxWait(Duration.ofSeconds(10));
      pool.setDefaultAutoCommit(autocommit);
      pool.setDefaultTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      pool.setConnectionInitSqls(List.of(sql));
      return new Pool(pool, pool);
    }
  },
  TOMCAT("Tomcat JDBC") {
    @Override
    Pool open(String url, boolean autocommit, String sql) {
      return tomcat(url, autocommit, sql, null);
    }
  },
  TOMCAT_WITH_CONNECTION_STATE("Tomcat JDBC with ConnectionState") {
    @Override
    Pool open(String url, boolean autocommit, String sql) {
      return tomcat(url, autocommit, sql, "ConnectionState");
    }
  },
  AGROAL("Agroal") {
    @Override
    Pool open(String url, boolean autocommit, String sql) throws SQLException {
      AgroalDataSource pool =
          AgroalDataSource.from(
              new AgroalDataSourceConfigurationSupplier()
                  .connectionPoolConfiguration(
                      config ->
                          config
                              .maxSize(1)
                              .acquisitionTimeout(Duration.ofSeconds(10))
                              .connectionFactoryConfiguration(
                                  factory ->
                                      factory
                                          .jdbcUrl(url)
                                          .autoCommit(autocommit)
                                          .initialSql(sql)
                                          .jdbcTransactionIsolation(
                                              TransactionIsolation.REPEATABLE_READ)
                                          .principal(new NamePrincipal(PostgresServer.APP.user()))
                                          .credential(
                                              new SimplePassword(PostgresServer.APP.password())))));
      return new Pool(pool, pool);
    }
  },
  C3P0("c3p0") {
    @Override
    Pool open(String url, boolean autocommit, String sql) {
      Customizer.sql = sql;
      ComboPooledDataSource pool = new ComboPooledDataSource();
      pool.setJdbcUrl(url);
      pool.setUser(PostgresServer.APP.user());
      pool.setPassword(PostgresServer.APP.password());
      pool.setInitialPoolSize(1);
      pool.setMinPoolSize(1);
      pool.setMaxPoolSize(1);
      pool.setAcquireRetryAttempts(1);
      pool.setCheckoutTimeout(10_000);
      pool.setConnectionCustomizerClassName(Customizer.class.getName());
      return new Pool(pool, pool);
    }
  };

  private final String title;

  LazyPool(String title) {
    this.title = title;
  }

  /** A pool that has opened nothing yet; it runs {@code sql} on each new connection. */
  abstract Pool open(String url, boolean autocommit, String sql) throws SQLException;

  /** Whether the pool sets an isolation level. */
  boolean setsIsolation() {
    return this != C3P0;
  }

  private static Pool tomcat(
      String url, boolean autocommit, String sql, @Nullable String interceptors) {
    PoolProperties properties = new PoolProperties();
    properties.setUrl(url);
    properties.setUsername(PostgresServer.APP.user());
    properties.setPassword(PostgresServer.APP.password());
    properties.setInitialSize(0);
    properties.setMinIdle(0);
    properties.setMaxIdle(1);
    properties.setMaxActive(1);
    properties.setMaxWait(10_000);
    properties.setDefaultAutoCommit(autocommit);
    properties.setDefaultTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    properties.setInitSQL(sql);
    properties.setJdbcInterceptors(interceptors);
    org.apache.tomcat.jdbc.pool.DataSource pool =
        new org.apache.tomcat.jdbc.pool.DataSource(properties);
    return new Pool(pool, () -> pool.close(true));
  }

  @Override
  public String toString() {
    return title;
  }

  /** What c3p0 has instead of SQL for new connections. */
  public static final class Customizer extends AbstractConnectionCustomizer {
    static volatile String sql = "";

    /** Called by c3p0. */
    public Customizer() {}

    @Override
    public void onAcquire(Connection connection, String token) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }
  }
}

package io.percred.conformance;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.percred.rig.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** The pools that people use, each with one connection, so that the next caller gets the last's. */
enum PoolKind {
  HIKARICP {
    @Override
    Pool open(String url, boolean autocommit) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(url);
      config.setUsername(PostgresServer.APP.user());
      config.setPassword(PostgresServer.APP.password());
      config.setMaximumPoolSize(1);
      config.setConnectionTimeout(10_000);
      config.setAutoCommit(autocommit);
      HikariDataSource pool = new HikariDataSource(config);
      return new Pool(pool, pool);
    }
  },
  DBCP2 {
    @Override
    Pool open(String url, boolean autocommit) {
      BasicDataSource pool = new BasicDataSource();
      pool.setUrl(url);
      pool.setUsername(PostgresServer.APP.user());
      pool.setPassword(PostgresServer.APP.password());
      pool.setMaxTotal(1);
      pool.setMaxWait(Duration.ofSeconds(10));
      pool.setDefaultAutoCommit(autocommit);
      return new Pool(pool, pool);
    }
  },
  TOMCAT {
    @Override
    Pool open(String url, boolean autocommit) {
      PoolProperties properties = new PoolProperties();
      properties.setUrl(url);
      properties.setUsername(PostgresServer.APP.user());
      properties.setPassword(PostgresServer.APP.password());
      properties.setInitialSize(1);
      properties.setMaxActive(1);
      properties.setMaxWait(10_000);
      properties.setDefaultAutoCommit(autocommit);
      // It looks at a connection that comes back only if it is told to.
      properties.setTestOnReturn(true);
      org.apache.tomcat.jdbc.pool.DataSource pool =
          new org.apache.tomcat.jdbc.pool.DataSource(properties);
      return new Pool(pool, () -> pool.close(true));
    }
  },
  AGROAL {
    @Override
    Pool open(String url, boolean autocommit) throws SQLException {
      AgroalDataSource pool =
          AgroalDataSource.from(
              new AgroalDataSourceConfigurationSupplier()
                  .connectionPoolConfiguration(
                      config ->
                          config
                              .maxSize(1)
                              .acquisitionTimeout(Duration.ofSeconds(10))
                              // Without it this pool does not notice that a connection is lost.
                              .exceptionSorter(new PostgreSQLExceptionSorter())
                              .connectionFactoryConfiguration(
                                  factory ->
                                      factory
                                          .jdbcUrl(url)
                                          .autoCommit(autocommit)
                                          .principal(new NamePrincipal(PostgresServer.APP.user()))
                                          .credential(
                                              new SimplePassword(PostgresServer.APP.password())))));
      return new Pool(pool, pool);
    }
  },
  C3P0 {
    @Override
    Pool open(String url, boolean autocommit) {
      ComboPooledDataSource pool = new ComboPooledDataSource();
      pool.setJdbcUrl(url);
      pool.setUser(PostgresServer.APP.user());
      pool.setPassword(PostgresServer.APP.password());
      pool.setInitialPoolSize(1);
      pool.setMinPoolSize(1);
      pool.setMaxPoolSize(1);
      pool.setAcquireRetryAttempts(1);
      pool.setCheckoutTimeout(10_000);
      pool.setTestConnectionOnCheckin(true);
      // Connections of this pool begin in autocommit mode; the tests turn it off.
      return new Pool(pool, pool);
    }
  };

  /** Opens a pool of one connection. */
  abstract Pool open(String url, boolean autocommit) throws SQLException;

  /**
   * An open pool.
   *
   * @param source what the application uses
   * @param end what closes it
   */
  record Pool(DataSource source, AutoCloseable end) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      try {
        end.close();
      } catch (Exception e) {
        throw new SQLException("The pool cannot be closed", e);
      }
    }
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connection pools: they start and validate with no caller, and keep what was refused. */
class PoolsIT extends PostgresIT {
  private static final String INIT = "set statement_timeout = '31s'; set lock_timeout = '7s'";

  @ParameterizedTest(name = "autocommit={0}, test query={1}")
  @CsvSource({"true,false", "false,false", "true,true", "false,true"})
  void hikariCp(boolean autocommit, boolean testQuery) throws Exception {
    HikariConfig config = hikari();
    config.setAutoCommit(autocommit);
    config.setSchema("public");
    config.setConnectionInitSql(INIT);
    config.setMinimumIdle(2);
    if (testQuery) {
      config.setConnectionTestQuery("select 1");
    } else {
      // With a test query and without autocommit HikariCP would set it inside the test's
      // transaction.
      config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
    }
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertPoolServes(pool);
    }
  }

  @Test
  void hikariCpWithReadOnlyConnections() throws Exception {
    HikariConfig config = hikari();
    config.setReadOnly(true);
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
      connection.rollback();
    }
  }

  @Test
  void hikariCpWithADataSourceClass() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setDataSourceClassName("io.percred.PercredDataSource");
    config.addDataSourceProperty("url", url());
    config.addDataSourceProperty("user", "app");
    config.addDataSourceProperty("password", appLogin().getProperty("password"));
    config.setMaximumPoolSize(2);
    config.setConnectionInitSql(INIT);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertPoolServes(pool);
    }
  }

  @Test
  void hikariCpKeepsAConnectionThatRefused() throws Exception {
    HikariConfig config = hikari();
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      List<String> backends = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        try (Connection connection = pool.getConnection()) {
          backends.add(backend(connection));
          assertRefused(() -> insert(connection, "x"));
          connection.setAutoCommit(false);
          assertRefused(() -> insert(connection, "x"));
        }
      }
      assertThat(backends.stream().distinct()).hasSize(1);
    }
    assertThat(entries()).isEmpty();
  }

  @Test
  void hikariCpRollsBackWhatACallerLeftOpen() throws Exception {
    HikariConfig config = hikari();
    config.setMaximumPoolSize(1);
    config.setAutoCommit(false);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      Connection abandoned = pool.getConnection();
      as(ALICE, () -> insert(abandoned, "abandoned"));
      abandoned.close();
      try (Connection connection = pool.getConnection()) {
        assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
      }
    }
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void tomcatJdbc(boolean autocommit) throws Exception {
    PoolProperties properties = new PoolProperties();
    properties.setUrl(url());
    properties.setDriverClassName(PercredDriver.class.getName());
    properties.setUsername("app");
    properties.setPassword(appLogin().getProperty("password"));
    properties.setInitialSize(2);
    properties.setMaxActive(2);
    properties.setDefaultAutoCommit(autocommit);
    properties.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    properties.setTestOnConnect(true);
    properties.setTestOnBorrow(true);
    properties.setTestOnReturn(true);
    properties.setValidationInterval(0);
    properties.setValidationQuery(autocommit ? "SELECT 1" : null);
    properties.setInitSQL(INIT);
    properties.setRollbackOnReturn(!autocommit);
    properties.setJdbcInterceptors("ConnectionState;StatementFinalizer");
    org.apache.tomcat.jdbc.pool.DataSource pool =
        new org.apache.tomcat.jdbc.pool.DataSource(properties);
    try {
      assertPoolServes(pool);
    } finally {
      pool.close(true);
    }
  }

  @ParameterizedTest(name = "autocommit={0}, schema={1}")
  @CsvSource({"true,false", "false,false", "true,true", "false,true"})
  void dbcp2(boolean autocommit, boolean schema) throws Exception {
    try (BasicDataSource pool = new BasicDataSource()) {
      pool.setUrl(url());
      pool.setDriverClassName(PercredDriver.class.getName());
      pool.setUsername("app");
      pool.setPassword(appLogin().getProperty("password"));
      pool.setInitialSize(2);
      pool.setMaxTotal(2);
      pool.setDefaultAutoCommit(autocommit);
      pool.setDefaultReadOnly(false);
      pool.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      pool.setDefaultQueryTimeout(Duration.ofSeconds(20));
      pool.setTestOnCreate(true);
      pool.setTestOnBorrow(true);
      pool.setTestOnReturn(true);
      if (schema) {
        pool.setDefaultSchema("public");
      }
      if (!autocommit) {
        pool.setValidationQuery("select 1");
      }
      pool.setConnectionInitSqls(List.of(INIT));
      pool.setPoolPreparedStatements(true);
      assertPoolServes(pool);
    }
  }

  @ParameterizedTest(name = "test query={0}")
  @ValueSource(booleans = {true, false})
  void c3p0(boolean testQuery) throws Exception {
    ComboPooledDataSource pool = new ComboPooledDataSource();
    try {
      pool.setJdbcUrl(url());
      pool.setDriverClass(PercredDriver.class.getName());
      pool.setUser("app");
      pool.setPassword(appLogin().getProperty("password"));
      pool.setInitialPoolSize(2);
      pool.setMinPoolSize(2);
      pool.setMaxPoolSize(2);
      pool.setTestConnectionOnCheckout(true);
      pool.setTestConnectionOnCheckin(true);
      pool.setMaxStatements(20);
      pool.setAcquireRetryAttempts(1);
      pool.setCheckoutTimeout(20_000);
      if (testQuery) {
        pool.setPreferredTestQuery("SELECT 1");
      }
      assertCallersAreServed(pool);
    } finally {
      pool.close();
    }
  }

  private HikariConfig hikari() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setUsername("app");
    config.setPassword(appLogin().getProperty("password"));
    config.setMaximumPoolSize(2);
    config.setInitializationFailTimeout(10_000);
    return config;
  }

  private static void assertPoolServes(DataSource pool) throws Exception {
    try (Connection connection = pool.getConnection()) {
      assertThat(ask(connection, "show statement_timeout")).isEqualTo("31s");
      assertThat(ask(connection, "show lock_timeout")).isEqualTo("7s");
    }
    assertCallersAreServed(pool);
  }

  private static void assertCallersAreServed(DataSource pool) throws Exception {
    for (int i = 0; i < 12; i++) {
      var caller = i % 2 == 0 ? ALICE : BOB;
      try (Connection connection = pool.getConnection();
          Connection other = pool.getConnection()) {
        as(
            caller,
            () -> {
              assertThat(who(connection)).isEqualTo(caller.token());
              assertThat(who(other)).isEqualTo(caller.token());
              finish(connection);
              finish(other);
            });
        assertRefused(() -> who(connection));
        finish(connection);
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }
}

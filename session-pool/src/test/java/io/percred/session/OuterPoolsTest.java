package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.mchange.v2.c3p0.DataSources;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionFactoryConfiguration.TransactionIsolation;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.DataSourceConnectionFactory;
import org.apache.commons.dbcp2.PoolableConnection;
import org.apache.commons.dbcp2.PoolableConnectionFactory;
import org.apache.commons.dbcp2.PoolingDataSource;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sixteen handles in an ordinary pool over three sessions, with everything the pool can check. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class OuterPoolsTest {
  private static final Target TARGET = new Target("jdbc:h2:mem", null, null);
  private static final int HANDLES = 16;
  private static final int SESSIONS = 3;
  private static final String[] USERS = {"A", "B", "C", "D", "E", "F"};

  enum Kind {
    HIKARI {
      @Override
      Outer over(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(HANDLES);
        config.setMinimumIdle(HANDLES);
        config.setReadOnly(true);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        HikariDataSource pool = new HikariDataSource(config);
        return new Outer(pool, pool);
      }
    },
    TOMCAT {
      @Override
      Outer over(DataSource source) {
        PoolProperties config = new PoolProperties();
        config.setDataSource(source);
        config.setMaxActive(HANDLES);
        config.setInitialSize(HANDLES);
        config.setTestOnBorrow(true);
        config.setTestOnReturn(true);
        config.setDefaultAutoCommit(true);
        config.setRollbackOnReturn(true);
        var pool = new org.apache.tomcat.jdbc.pool.DataSource(config);
        return new Outer(pool, pool::close);
      }
    },
    DBCP2 {
      @Override
      Outer over(DataSource source) {
        PoolableConnectionFactory factory =
            new PoolableConnectionFactory(new DataSourceConnectionFactory(source), null);
        factory.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        factory.setDefaultReadOnly(true);
        GenericObjectPool<PoolableConnection> pool = new GenericObjectPool<>(factory);
        factory.setPool(pool);
        pool.setMaxTotal(HANDLES);
        pool.setMaxIdle(HANDLES);
        pool.setTestOnBorrow(true);
        pool.setTestOnReturn(true);
        pool.setTestWhileIdle(true);
        return new Outer(new PoolingDataSource<>(pool), pool);
      }
    },
    AGROAL {
      @Override
      Outer over(DataSource source) throws Exception {
        HandleDriver.source = source;
        AgroalDataSource pool =
            AgroalDataSource.from(
                new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(
                        config ->
                            config
                                .maxSize(HANDLES)
                                .minSize(HANDLES)
                                .initialSize(HANDLES)
                                .acquisitionTimeout(Duration.ofSeconds(30))
                                .validateOnBorrow(true)
                                .connectionValidator(ConnectionValidator.defaultValidator())
                                .connectionFactoryConfiguration(
                                    factory ->
                                        factory
                                            .connectionProviderClass(HandleDriver.class)
                                            .jdbcUrl("jdbc:handle")
                                            .jdbcTransactionIsolation(
                                                TransactionIsolation.READ_COMMITTED))));
        return new Outer(pool, pool);
      }
    },
    C3P0 {
      @Override
      Outer over(DataSource source) throws Exception {
        DataSource pool =
            DataSources.pooledDataSource(
                source,
                Map.of(
                    "maxPoolSize", HANDLES,
                    "minPoolSize", HANDLES,
                    "initialPoolSize", HANDLES,
                    "testConnectionOnCheckout", true,
                    "testConnectionOnCheckin", true));
        return new Outer(pool, () -> DataSources.destroy(pool));
      }
    };

    abstract Outer over(DataSource source) throws Exception;
  }

  record Outer(DataSource source, AutoCloseable end) {}

  /** Agroal makes its provider itself, from a class. */
  public static final class HandleDriver implements Driver {
    private static volatile @Nullable DataSource source;

    /** Called by Agroal. */
    public HandleDriver() {}

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
      return Objects.requireNonNull(source, "source").getConnection();
    }

    @Override
    public boolean acceptsURL(String url) {
      return true;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }
  }

  private final TestContext context =
      new TestContext()
          .with(SessionProperty.MAX, String.valueOf(SESSIONS))
          .with(SessionProperty.OPEN_TIMEOUT, "20s");

  @ParameterizedTest
  @EnumSource(Kind.class)
  void thePoolsOwnChecksOpenNoSession(Kind kind) throws Exception {
    try (H2Vendor vendor = new H2Vendor(USERS);
        SessionPool sessions = sessions(vendor)) {
      Outer outer = kind.over(new HandleSource(sessions, context, TARGET));
      List<Connection> all = new ArrayList<>();
      for (int i = 0; i < HANDLES; i++) {
        all.add(outer.source().getConnection());
      }
      for (Connection each : all) {
        each.setAutoCommit(false);
        each.close();
      }
      outer.source().getConnection().close();
      outer.end().close();
      assertThat(vendor.logins).hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void manyHandlesShareFewSessionsAndNobodyRunsAsAnother(Kind kind) throws Exception {
    try (H2Vendor vendor = new H2Vendor(USERS)) {
      SessionPool sessions = sessions(vendor);
      HandleSource handles = new HandleSource(sessions, context, TARGET);
      Outer outer = kind.over(handles);
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Future<Integer>> workers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Random random = new Random(i);
        workers.add(threads.submit(() -> work(outer.source(), vendor, sessions, random)));
      }
      for (Future<Integer> worker : workers) {
        assertThat(worker.get()).isEqualTo(50);
      }
      threads.shutdown();
      outer.end().close();
      sessions.close();
      SessionSnapshot end = sessions.snapshot();
      assertThat(end.live()).as(end.toString()).isZero();
      assertThat(end.opened()).isEqualTo(vendor.logins.get()).isEqualTo(end.closed());
      assertThat(handles.handed.get()).isGreaterThan(SESSIONS);
    }
  }

  private int work(DataSource source, H2Vendor vendor, SessionPool sessions, Random random)
      throws Exception {
    int right = 0;
    for (int i = 0; i < 50; i++) {
      String user = USERS[random.nextInt(USERS.length)];
      context.call(vendor.credential(user));
      try (Connection connection = source.getConnection()) {
        connection.setAutoCommit(random.nextBoolean());
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("select current_user")) {
          rows.next();
          right += user.equals(rows.getString(1)) ? 1 : 0;
        }
        if (!connection.getAutoCommit()) {
          connection.commit();
        }
      } finally {
        context.call(null);
      }
      assertThat(sessions.snapshot().live()).isLessThanOrEqualTo(SESSIONS);
    }
    return right;
  }

  private SessionPool sessions(H2Vendor vendor) {
    SessionBounds bounds = SessionBounds.of(context.settings());
    assertThat(bounds.openTimeout()).isEqualTo(Duration.ofSeconds(20));
    return new SessionPool(vendor, bounds, TARGET, context.clock, context.listener());
  }
}

package io.percred;

import static io.percred.recording.Recorded.properties;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.recording.PooledConnection;
import io.percred.recording.RecordingAdapter;
import io.percred.spi.AdapterContext;
import io.percred.spi.Credential;
import io.percred.spi.PercredListener;
import io.percred.spi.Resolution;
import io.percred.spi.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** percred around a DataSource that hands out one recorded connection. */
class DecoratedDataSourceTest {
  private final List<AdapterContext> contexts = new ArrayList<>();

  @Test
  void connectionIsPinnedWhenTakenAndReleasedWhenClosed() throws Exception {
    PooledConnection pooled = PooledConnection.percreds();
    try (DecoratedDataSource source = around(pooled)) {
      Connection connection = source.getConnection();
      assertThat(pooled.calls).containsExactly("held pin");
      assertThat(connection.isClosed()).isFalse();
      assertThat(connection.isValid(1)).isTrue();

      connection.close();
      connection.close();
      connection.abort(Runnable::run);

      assertThat(pooled.calls).containsExactly("held pin", "held release", "close");
      assertThat(connection.isClosed()).isTrue();
      assertThat(connection.isValid(1)).isFalse();
      assertCode("PERCRED-017", connection::createStatement);
      assertCode("PERCRED-017", () -> connection.unwrap(PooledConnection.class));
      assertThat(connection).hasToString("percred over pooled");
    }
  }

  @Test
  void connectionThatCannotBeReleasedIsDiscardedWithoutAWord() throws Exception {
    PooledConnection pooled = PooledConnection.percreds();
    try (DecoratedDataSource source = around(pooled)) {
      Connection connection = source.getConnection();
      pooled.lose();
      connection.close();

      assertThat(pooled.calls).containsExactly("held pin", "held release", "abort", "close");
    }
  }

  @Test
  void connectionThatCannotBePinnedGoesBack() throws Exception {
    PooledConnection pooled = PooledConnection.percreds();
    pooled.lose();
    try (DecoratedDataSource source = around(pooled)) {
      SQLException failed = catchThrowableOfType(SQLException.class, source::getConnection);

      assertThat((Throwable) failed).hasMessage("lost while pinning");
      assertThat(pooled.calls).containsExactly("held pin", "abort", "close");
    }
  }

  @Test
  void abortedConnectionIsGivenBackByClose() throws Exception {
    PooledConnection pooled = PooledConnection.percreds();
    try (DecoratedDataSource source = around(pooled)) {
      Connection connection = source.getConnection("app", "pw");
      connection.abort(Runnable::run);
      pooled.lose();
      assertThat(connection.isClosed()).isTrue();
      connection.close();

      assertThat(pooled.calls).containsExactly("held pin", "abort", "abort", "close");
    }
  }

  @Test
  void connectionThatThePoolHasBackIsLeftAlone() throws Exception {
    PooledConnection pooled = PooledConnection.percreds();
    try (DecoratedDataSource source = around(pooled)) {
      Connection connection = source.getConnection();
      pooled.closeBehindTheDecorator();
      connection.close();

      assertThat(pooled.calls).containsExactly("held pin", "close");
    }
  }

  @Test
  void partsLeadBackToTheDecoratedConnection() throws Exception {
    try (DecoratedDataSource source = around(PooledConnection.percreds());
        Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
      assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
      assertThat(connection.isWrapperFor(Connection.class)).isTrue();
      assertThat(connection.isWrapperFor(PooledConnection.class)).isTrue();
      assertThat(connection.unwrap(PooledConnection.class)).isNotNull();
      assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
      assertThat(statement).isNotInstanceOf(PreparedStatement.class);
      assertThat(List.of(statement)).contains(statement).doesNotContain((Statement) null);
      assertThat(statement.hashCode()).isEqualTo(System.identityHashCode(statement));
      SQLException vendors = catchThrowableOfType(SQLException.class, () -> statement.execute("x"));
      assertThat((Throwable) vendors).hasMessage("of the vendor's");
    }
  }

  @Test
  void statementsEndWithTheirConnection() throws Exception {
    try (DecoratedDataSource source = around(PooledConnection.percreds())) {
      Connection connection = source.getConnection();
      Statement statement = connection.createStatement();
      connection.close();

      assertThat(statement.isClosed()).isTrue();
      SQLException ended =
          catchThrowableOfType(SQLException.class, () -> statement.execute("select 1"));
      assertThat(ended.getSQLState()).isEqualTo("08003");
      statement.close();
    }
  }

  @Test
  void configurationOfTheDecoratorIsForForeignConnections() throws Exception {
    PooledConnection pooled = PooledConnection.foreign(contexts);
    try (DecoratedDataSource source = around(pooled)) {
      source.with("percred.setting", "app.x").setOnMissing("shared");
      source.getConnection().close();

      assertThat(pooled.calls).containsExactly("foreign pin", "foreign release", "close");
      AdapterContext context = contexts.get(0);
      assertThat(context.settings().toString())
          .contains("percred.setting", "percred.on-missing")
          .doesNotContain("secret");
      assertThat(context.resolver().resolve(RecordingAdapter.TARGET))
          .isEqualTo(new Resolution.Shared());
      assertThat(context.resolver().hasCaller()).isFalse();
    }
  }

  @Test
  void suppliersVerifiersAndListenersInCodeAreForForeignConnectionsToo() throws Exception {
    try (DecoratedDataSource source = around(PooledConnection.foreign(contexts))) {
      source.setTokenSupplier(context -> Credential.of("token"));
      source.setCredentialVerifier(
          (credential, target) -> new Verdict.Accepted(credential.withPrincipal("verified")));
      source.setPercredListener(event -> {});
      source.getConnection().close();

      assertThat(contexts.get(0).resolver().resolve(RecordingAdapter.TARGET))
          .isInstanceOfSatisfying(
              Resolution.Bind.class,
              bind -> assertThat(bind.credential().principal()).isEqualTo("verified"));
    }
  }

  @Test
  void configurationThatWouldNotCountIsRefused() throws Exception {
    PooledConnection pooled = PooledConnection.percreds();
    try (DecoratedDataSource source = around(pooled)) {
      source.setPercredListener(PercredListener.NONE);
      source.setSetting("app.x");

      SQLException refused = assertCode("PERCRED-016", source::getConnection);
      assertThat((Throwable) refused).hasMessageContaining("objects set in code, percred.setting");
      assertThat(pooled.calls).containsExactly("close");
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"jdbc:recording://h/db", "jdbc:nobodys://h/db", "odd"})
  void connectionsThatNobodyCanBindAreRefused(@Nullable String url) throws Exception {
    PooledConnection pooled = PooledConnection.unbindable(url);
    try (DecoratedDataSource source = around(pooled)) {
      assertCode(
          url == null || url.equals("odd") ? "PERCRED-009" : "PERCRED-015", source::getConnection);
      assertThat(pooled.calls).containsExactly("close");
    }
  }

  @Test
  void propertiesThatAreThePoolsAreRefused() throws Exception {
    try (DecoratedDataSource source = around(PooledConnection.foreign(contexts))) {
      source.setProperties(properties("ssl", "true"));
      assertCode("PERCRED-001", source::getConnection);
    }
  }

  @Test
  void closedDecoratorTakesNoForeignConnections() throws Exception {
    DecoratedDataSource source = around(PooledConnection.foreign(contexts));
    source.close();
    assertCode("PERCRED-012", source::getConnection);
  }

  @Test
  void supplierThatTakesAConnectionIsRefused() throws Exception {
    try (DecoratedDataSource inner = around(PooledConnection.percreds());
        DecoratedDataSource outer = around(PooledConnection.foreign(contexts))) {
      List<SQLException> failures = new ArrayList<>();
      outer.setTokenSupplier(
          context -> {
            failures.add(catchThrowableOfType(SQLException.class, inner::getConnection));
            return null;
          });
      outer.getConnection().close();
      contexts.get(0).resolver().resolve(RecordingAdapter.TARGET);

      assertThat(failures).extracting(Percred::codeOf).containsExactly("PERCRED-105");
    }
  }

  @Test
  void decoratorWithoutAPoolSaysWhatIsMissing() throws Exception {
    try (DecoratedDataSource source = new DecoratedDataSource()) {
      assertThat(source.getDataSource()).isNull();
      assertThat(source.isWrapperFor(DataSource.class)).isTrue();
      assertThat(source.isWrapperFor(Stub.class)).isFalse();
      SQLException refused = assertCode("PERCRED-008", source::getConnection);
      assertThat((Throwable) refused).hasMessageContaining("dataSource");
    }
  }

  @Test
  void poolThatHandsOutNothingIsAnError() throws Exception {
    try (DecoratedDataSource source = PercredDataSource.wrap(new Stub(null))) {
      SQLException failed = catchThrowableOfType(SQLException.class, source::getConnection);
      assertThat(failed.getSQLState()).isEqualTo("08001");
    }
  }

  @Test
  void everythingElseIsThePools() throws Exception {
    Stub pool = new Stub(null);
    try (DecoratedDataSource source = PercredDataSource.wrap(pool)) {
      source.setLoginTimeout(3);
      PrintWriter writer = new PrintWriter(new StringWriter());
      source.setLogWriter(writer);
      assertThat(pool.getLoginTimeout()).isEqualTo(3);
      assertThat(source.getLoginTimeout()).isEqualTo(3);
      assertThat(source.getLogWriter()).isSameAs(writer);
      assertThat(source.getDataSource()).isSameAs(pool);
      assertThat(source.unwrap(DecoratedDataSource.class)).isSameAs(source);
      assertThat(source.unwrap(Stub.class)).isSameAs(pool);
      assertThat(source.isWrapperFor(Stub.class)).isTrue();
      assertThat(source.isWrapperFor(String.class)).isFalse();
      assertThat(source.unwrap(CharSequence.class)).isEqualTo("unwrapped");
      assertThat(source).hasToString("DecoratedDataSource");
      assertThat(
              (Throwable)
                  catchThrowableOfType(
                      SQLFeatureNotSupportedException.class, source::getParentLogger))
          .isNotNull();
    }
  }

  private static DecoratedDataSource around(PooledConnection pooled) {
    return PercredDataSource.wrap(new Stub(pooled.connection()));
  }

  private static SQLException assertCode(String code, ThrowingCallable work) {
    SQLException failed = catchThrowableOfType(SQLException.class, work);
    assertThat((Throwable) failed).isNotNull();
    assertThat(Percred.codeOf(failed)).as(failed.toString()).isEqualTo(code);
    return failed;
  }

  /** A pool of one connection, or of none. */
  @SuppressWarnings("NullAway") // pools may do what they must not
  private static final class Stub implements DataSource {
    private final @Nullable Connection connection;
    private int loginTimeout;
    private @Nullable PrintWriter logWriter;

    Stub(@Nullable Connection connection) {
      this.connection = connection;
    }

    @Override
    public Connection getConnection() {
      return connection;
    }

    @Override
    public Connection getConnection(String user, String password) {
      return connection;
    }

    @Override
    public PrintWriter getLogWriter() {
      return logWriter;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
      logWriter = out;
    }

    @Override
    public void setLoginTimeout(int seconds) {
      loginTimeout = seconds;
    }

    @Override
    public int getLoginTimeout() {
      return loginTimeout;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      return type.cast("unwrapped");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return type == CharSequence.class;
    }
  }
}

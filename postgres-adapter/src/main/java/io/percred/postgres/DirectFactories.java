package io.percred.postgres;

import io.percred.postgres.PostgresProperty.Mode;
import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.SocketFilter;
import io.percred.postgres.socket.StreamFilter;
import io.percred.postgres.socket.UserFactories;
import io.percred.postgres.wire.ConnectionFilter;
import io.percred.postgres.wire.GateContext;
import io.percred.spi.AdapterContext;
import io.percred.spi.ContextProvider;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * percred's two factories where the user named them in pgjdbc's own properties: what percred's URL
 * would say stands in the argument of both.
 */
final class DirectFactories {
  private static final UserFactories NONE = new UserFactories(null, null, null, null);

  private DirectFactories() {}

  /**
   * What the socket factory needs. Whether the SSL factory is percred's too does not matter before
   * the connection turns to TLS; then the filter closes it if it is not.
   *
   * @throws SQLException with SQLSTATE 22023 if the configuration is missing, not right, or another
   *     one than the SSL factory's
   */
  static FilterConfiguration configuration(Properties info) throws SQLException {
    String argument = info.getProperty(UserFactories.SOCKET_FACTORY_ARG);
    if (argument == null || argument.isBlank()) {
      throw PercredError.of(PostgresError.FACTORY_UNCONFIGURED, UserFactories.SOCKET_FACTORY)
          .toSqlException();
    }
    if (isPercreds(info, UserFactories.SSL_FACTORY, PercredSslSocketFactory.class)) {
      requireSameArguments(info);
    }
    String url = PgjdbcUrl.of(info);
    AdapterContext context = contexts().context(url, PgjdbcRules.read(url, info), argument);
    ModeProperties.check(context.settings());
    ModeProperties.warn(context);
    if (context.settings().choice(PostgresProperty.MODE, Mode.class) == Mode.LOGIN) {
      throw PercredError.of(PostgresError.FACTORY_LOGIN).toSqlException();
    }
    GateContext gate =
        PostgresAdapter.gateContext(
            new BindingPlans.Login(new UrlParameters(url), info, info), context);
    return new FilterConfiguration(socket -> new Opened(new ConnectionFilter(gate, socket)), NONE);
  }

  /**
   * What the SSL factory needs: the socket that it is given has a filter of its own.
   *
   * @throws SQLException with SQLSTATE 22023 if percred's socket factory is not there or is
   *     configured in another way
   */
  static UserFactories factoriesOfSsl(Properties info) throws SQLException {
    if (!isPercreds(info, UserFactories.SOCKET_FACTORY, PercredSocketFactory.class)) {
      throw PercredError.of(PostgresError.FACTORY_ALONE).toSqlException();
    }
    requireSameArguments(info);
    return NONE;
  }

  private static void requireSameArguments(Properties info) throws SQLException {
    if (!Objects.equals(
        info.getProperty(UserFactories.SOCKET_FACTORY_ARG),
        info.getProperty(UserFactories.SSL_FACTORY_ARG))) {
      throw PercredError.of(PostgresError.FACTORIES_DIFFER).toSqlException();
    }
  }

  private static boolean isPercreds(Properties info, String property, Class<?> factory) {
    return factory.getName().equals(info.getProperty(property));
  }

  /**
   * A filter that is not told when pgjdbc's connection is open. What is set under a caller is the
   * caller's from the beginning then: better pgjdbc's own first settings are cleared with a caller
   * who opened the connection than that a caller's are kept for others.
   */
  private record Opened(ConnectionFilter filter) implements SocketFilter {
    @Override
    public StreamFilter plain() {
      StreamFilter stream = filter.plain();
      filter.opened();
      return stream;
    }

    @Override
    public StreamFilter encrypted() {
      StreamFilter stream = filter.encrypted();
      filter.opened();
      return stream;
    }
  }

  private static ContextProvider contexts() throws SQLException {
    @Nullable ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    return Stream.of(ContextProvider.class.getClassLoader(), ofThread)
        .flatMap(loader -> ServiceLoader.load(ContextProvider.class, loader).findFirst().stream())
        .findFirst()
        .orElseThrow(() -> PercredError.of(PostgresError.DRIVER_MISSING).toSqlException());
  }
}

package io.percred.postgres;

import io.percred.postgres.PostgresProperty.Delivery;
import io.percred.postgres.PostgresProperty.Mode;
import io.percred.postgres.PostgresProperty.OnChange;
import io.percred.postgres.PostgresProperty.Residue;
import io.percred.postgres.login.LoginMode;
import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.FilterRegistry;
import io.percred.postgres.socket.UserFactories;
import io.percred.postgres.wire.ConnectionEnded;
import io.percred.postgres.wire.ConnectionFilter;
import io.percred.postgres.wire.GateContext;
import io.percred.postgres.wire.PoolStack;
import io.percred.session.LoginPolicy;
import io.percred.session.SessionError;
import io.percred.session.SessionPool;
import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.ErrorCode;
import io.percred.spi.FromUrl;
import io.percred.spi.HeldConnection;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.Settings;
import io.percred.spi.Target;
import io.percred.spi.VendorReading;
import java.lang.ref.Reference;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Opens pgjdbc's own connections with percred's filter in their protocol stream, through pgjdbc's
 * two extension points {@code socketFactory} and {@code sslfactory}. The connection an application
 * gets is a genuine {@code PgConnection}. With {@code percred.mode=login} it is a handle on
 * sessions that the callers' own tokens opened, see {@link LoginMode}.
 */
public final class PostgresAdapter implements DatabaseAdapter {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String SUBPROTOCOL = "postgresql";

  static {
    BundledDriver.unregister();
  }

  /** Called by the service loader. */
  public PostgresAdapter() {}

  @Override
  public String subprotocol() {
    return SUBPROTOCOL;
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    return Stream.<PropertyDescriptor>concat(
            Stream.of(PostgresProperty.values()), ModeProperties.OF_SESSIONS.stream())
        .toList();
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return Stream.<ErrorCode>concat(
            Stream.of(PostgresError.values()), Stream.of(SessionError.values()))
        .toList();
  }

  @Override
  public Driver vendorDriver() {
    return new org.postgresql.Driver();
  }

  @Override
  public VendorReading read(String url, Properties properties) throws SQLException {
    return PgjdbcRules.read(url, properties);
  }

  @Override
  public FromUrl fromUrl(String name, Properties properties) {
    return PgjdbcRules.rule(name, properties);
  }

  @Override
  public Connection connect(String url, Properties properties, AdapterContext context)
      throws SQLException {
    PgjdbcVersion.warnOnce();
    ModeProperties.check(context.settings());
    ModeProperties.warn(context);
    return switch (context.settings().choice(PostgresProperty.MODE, Mode.class)) {
      case SETTING, CLAIMS -> connectBound(url, properties, context);
      case LOGIN -> LoginMode.connect(vendorDriver(), url, properties, context);
    };
  }

  private Connection connectBound(String url, Properties properties, AdapterContext context)
      throws SQLException {
    UrlParameters parameters = new UrlParameters(url);
    Properties effective = PgjdbcUrl.effective(url, properties);
    refuseReplication(effective.getProperty("replication"));
    refuseGssEncryption(effective.getProperty("gssEncMode"));
    GateContext gate =
        gateContext(new BindingPlans.Login(parameters, properties, effective), context);
    parameters =
        parameters
            .moved("gssEncMode", properties)
            .moved(UserFactories.SOCKET_FACTORY, properties)
            .moved(UserFactories.SOCKET_FACTORY_ARG, properties)
            .moved(UserFactories.SSL_FACTORY, properties)
            .moved(UserFactories.SSL_FACTORY_ARG, properties);
    // Of several hosts, the one that was tried last is the one that answered.
    AtomicReference<@Nullable ConnectionFilter> filter = new AtomicReference<>();
    FilterConfiguration configuration =
        new FilterConfiguration(
            socket -> {
              ConnectionFilter made = new ConnectionFilter(gate, socket);
              filter.set(made);
              return made;
            },
            UserFactories.of(effective));
    String handle = FilterRegistry.register(configuration);
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty(UserFactories.SOCKET_FACTORY, PercredSocketFactory.class.getName());
    properties.setProperty(UserFactories.SOCKET_FACTORY_ARG, handle);
    properties.setProperty(UserFactories.SSL_FACTORY, PercredSslSocketFactory.class.getName());
    properties.setProperty(UserFactories.SSL_FACTORY_ARG, handle);
    try {
      Connection connection = vendorDriver().connect(parameters.url(), properties);
      if (connection == null) {
        throw new PSQLException("pgjdbc does not accept the URL", null);
      }
      ConnectionFilter opened = filter.get();
      if (opened != null) {
        opened.opened();
      }
      return connection;
    } finally {
      // The registry holds it weakly; from here on the socket factory of the connection does.
      Reference.reachabilityFence(configuration);
    }
  }

  @Override
  public boolean sharesLogin(Settings settings) {
    return settings.choice(PostgresProperty.MODE, Mode.class) == Mode.LOGIN
        && LoginPolicy.isShared(settings);
  }

  @Override
  public @Nullable HeldConnection held(Connection connection) throws SQLException {
    HeldConnection handle = SessionPool.held(connection);
    return handle == null ? HeldPgConnection.of(connection) : handle;
  }

  @Override
  public @Nullable HeldConnection foreign(Connection connection, AdapterContext context)
      throws SQLException {
    return ForeignPgConnection.of(connection, context, BindingPlans.withoutLogin(context));
  }

  @Override
  public @Nullable String stableCodeOf(SQLException exception) {
    if (!(exception instanceof PSQLException answer)) {
      return null;
    }
    // Within TLS the platform's own exception stands between.
    for (Throwable each = answer.getCause(); each != null; each = each.getCause()) {
      if (each instanceof ConnectionEnded ended) {
        return ended.stableCode();
      }
    }
    ServerErrorMessage message = answer.getServerErrorMessage();
    String routine = message == null ? null : message.getRoutine();
    return routine != null && routine.startsWith("PERCRED-") ? routine : null;
  }

  static GateContext gateContext(BindingPlans.Login login, AdapterContext context)
      throws SQLException {
    Properties effective = login.effective();
    Settings settings = context.settings();
    refuseEncodingChanges(effective.getProperty("allowEncodingChanges"));
    boolean behindPooler =
        "0".equals(effective.getProperty("prepareThreshold"))
            || "simple".equals(effective.getProperty("preferQueryMode"));
    Target target = new Target(PgjdbcUrl.of(effective), effective.getProperty("user"), null);
    return new GateContext(
        context.resolver(),
        BindingPlans.of(context, login),
        target,
        context.listener(),
        settings.choice(PostgresProperty.ON_CHANGE, OnChange.class) == OnChange.KEEP,
        !behindPooler,
        settings.choice(PostgresProperty.RESIDUE, Residue.class) == Residue.CLEAR,
        context.shared(PoolStack.class, PoolStack::new),
        settings.choice(PostgresProperty.DELIVERY, Delivery.class),
        settings.timeSpan(PostgresProperty.DELIVERY_TIMEOUT),
        context.clock(),
        RANDOM);
  }

  private static void refuseReplication(@Nullable String value) throws SQLException {
    if (value != null && !value.equals("false")) {
      throw PercredError.of(PostgresError.REPLICATION, value).toSqlException();
    }
  }

  private static void refuseEncodingChanges(@Nullable String value) throws SQLException {
    if (value != null && Boolean.parseBoolean(value)) {
      throw PercredError.of(PostgresError.ENCODING_CHANGES, value).toSqlException();
    }
  }

  private static void refuseGssEncryption(@Nullable String value) throws SQLException {
    if (value != null && value.equals("require")) {
      throw PercredError.of(PostgresError.GSS_ENCRYPTION, value).toSqlException();
    }
  }
}

package io.percred.postgres;

import io.percred.postgres.PostgresProperty.Mode;
import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan;
import io.percred.spi.AdapterContext;
import io.percred.spi.HeldConnection;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.Resolution;
import io.percred.spi.Settings;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PreferQueryMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of pgjdbc's that percred's filter is not in. The caller is bound to the session from
 * {@link #pin()} to {@link #release()}, each of which is a statement with bind parameters.
 *
 * <p>Behind a pooler the two could reach different sessions, and the first one would leave the
 * token to strangers. So each compares the server process it runs in with the one that pgjdbc
 * logged in to, in the very expression that sets: a pooler tells its clients another one.
 */
final class ForeignPgConnection implements HeldConnection {
  private static final Set<PostgresProperty> KEPT =
      Set.of(PostgresProperty.MODE, PostgresProperty.SETTING, PostgresProperty.PREFIX);

  private static final String SET =
      "case when pg_catalog.pg_backend_pid() operator(pg_catalog.=) ?"
          + " then pg_catalog.set_config(?, ?, false) end";
  private static final String READ = "pg_catalog.current_setting(?, true)";

  private static final Logger LOG = LoggerFactory.getLogger(ForeignPgConnection.class);
  private static final Pattern OWN_PROPERTY = Pattern.compile("[?&]percred\\.");

  /** It was said that nobody reads percred's properties in pgjdbc's URL: once per configuration. */
  private record Unread() {
    static Unread warned() {
      LOG.warn(
          "The URL of the pool's connections holds percred's properties, which nobody reads there:"
              + " percred did not open them. Remedy: begin the URL with jdbc:percred:postgresql:, or"
              + " give the properties to the DataSource that percred puts around the pool.");
      return new Unread();
    }
  }

  private final BaseConnection connection;
  private final BindingPlan plan;
  private final Target target;
  private final AdapterContext context;
  private List<String> names = List.of();

  private ForeignPgConnection(
      BaseConnection connection, BindingPlan plan, Target target, AdapterContext context) {
    this.connection = connection;
    this.plan = plan;
    this.target = target;
    this.context = context;
  }

  /**
   * The hold on a connection.
   *
   * @throws SQLException with SQLSTATE 22023 if pgjdbc's connection cannot be reached, would put
   *     the token into SQL text, or cannot keep what the settings ask for
   */
  static HeldConnection of(Connection pooled, AdapterContext context, BindingPlan plan)
      throws SQLException {
    requireKept(context.settings());
    BaseConnection connection = PgConnections.behind(pooled);
    if (connection == null) {
      throw PercredError.of(PostgresError.FOREIGN_HIDDEN, pooled.getClass().getName())
          .toSqlException();
    }
    if (connection.getPreferQueryMode() == PreferQueryMode.SIMPLE) {
      throw PercredError.of(PostgresError.FOREIGN_SIMPLE).toSqlException();
    }
    String url = connection.getMetaData().getURL();
    if (url != null && OWN_PROPERTY.matcher(url).find()) {
      context.shared(Unread.class, Unread::warned);
    }
    Target target =
        new Target(
            PgjdbcUrl.of(PgjdbcUrl.effective(url == null ? "" : url, new Properties())),
            connection.getMetaData().getUserName(),
            null);
    return new ForeignPgConnection(connection, plan, target, context);
  }

  private static void requireKept(Settings settings) throws SQLException {
    for (PostgresProperty each : PostgresProperty.values()) {
      boolean otherMode =
          each == PostgresProperty.MODE && settings.choice(each, Mode.class) != Mode.SETTING;
      if (otherMode || (settings.isGiven(each) && !KEPT.contains(each))) {
        throw PercredError.of(PostgresError.FOREIGN_KEEPS_LESS, each.key()).toSqlException();
      }
    }
  }

  @Override
  public void pin() throws SQLException {
    if (connection.getTransactionState() != TransactionState.IDLE) {
      throw PercredError.of(PostgresError.FOREIGN_IN_TRANSACTION).toSqlException();
    }
    PgConnections.forgetAsides(connection);
    Resolution resolution = context.resolver().resolve(target);
    if (resolution instanceof Resolution.Refused refused) {
      throw refused.error().toSqlException();
    }
    Binding binding = binding(resolution);
    names = binding.names();
    boolean[] isOurs = new boolean[1];
    PgConnections.orAbort(
        connection,
        () ->
            PgConnections.inAutocommit(connection, () -> isOurs[0] = set(binding.values(), false)));
    if (!isOurs[0]) {
      throw PercredError.of(PostgresError.FOREIGN_POOLER).toSqlException();
    }
    context
        .listener()
        .onEvent(
            resolution instanceof Resolution.Bind bind
                ? new PercredEvent.Bound(
                    target, bind.credential().principal(), bind.credential().digest())
                : new PercredEvent.Bound(target, null, null));
  }

  @Override
  public void release() throws SQLException {
    if (connection.isClosed()) {
      return;
    }
    PgConnections.orAbort(
        connection,
        () -> {
          PgConnections.rollBack(connection);
          PgConnections.inAutocommit(connection, this::reset);
          PgConnections.forgetAsides(connection);
        });
  }

  private void reset() throws SQLException {
    if (!set(Collections.nCopies(names.size(), ""), true)) {
      throw PercredError.of(PostgresError.NOT_RESET, String.join(", ", names)).toSqlException();
    }
  }

  /**
   * Sets every name for the session.
   *
   * @param readsBack whether to ask in the same turn what is in force then
   * @return whether that was done in the session that pgjdbc logged in to, and took effect if that
   *     was asked
   */
  private boolean set(List<String> values, boolean readsBack) throws SQLException {
    String sql = "select " + String.join(", ", Collections.nCopies(names.size(), SET));
    if (readsBack) {
      sql += "; select " + String.join(", ", Collections.nCopies(names.size(), READ));
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int at = 1;
      for (int i = 0; i < names.size(); i++) {
        statement.setInt(at++, connection.getBackendPID());
        statement.setString(at++, names.get(i));
        statement.setString(at++, values.get(i));
      }
      if (readsBack) {
        for (String name : names) {
          statement.setString(at++, name);
        }
      }
      statement.execute();
      if (row(statement).contains(null)) {
        return false;
      }
      return !readsBack || (statement.getMoreResults() && row(statement).equals(values));
    }
  }

  /** The only row of the result at hand. */
  private List<@Nullable String> row(PreparedStatement statement) throws SQLException {
    List<@Nullable String> row = new ArrayList<>();
    try (ResultSet rows = statement.getResultSet()) {
      rows.next();
      for (int i = 1; i <= names.size(); i++) {
        row.add(rows.getString(i));
      }
    }
    return row;
  }

  private Binding binding(Resolution resolution) throws SQLException {
    try {
      return plan.bind(resolution);
    } catch (BindingPlan.UnboundException e) {
      throw e.error().toSqlException();
    }
  }
}

package io.percred.recording;

import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.ErrorCode;
import io.percred.spi.HeldConnection;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.Settings;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An adapter for {@code jdbc:percred:recording:…} that remembers what it was given. */
public final class RecordingAdapter implements DatabaseAdapter {
  /** What every test asks credentials for. */
  public static final Target TARGET = new Target("jdbc:recording://host/db", "app", "127.0.0.1");

  /** The code that the recording vendor makes exceptions of percred's answers with. */
  public static final String VENDOR_STATE = "REC00";

  private static final CopyOnWriteArrayList<Opened> OPENED = new CopyOnWriteArrayList<>();

  /** The last connection that was opened. */
  public static Opened last() {
    return OPENED.get(OPENED.size() - 1);
  }

  @Override
  public String subprotocol() {
    return "recording";
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    return List.of(RecordingProperty.values());
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return List.of();
  }

  @Override
  public Driver vendorDriver() {
    return new RecordingVendorDriver();
  }

  @Override
  public Connection connect(String url, Properties properties, AdapterContext context)
      throws SQLException {
    Properties seen = new Properties();
    seen.putAll(properties);
    OPENED.add(new Opened(url, seen, context));
    if (url.contains("resolve-while-connecting")) {
      if (context.resolver().resolve(TARGET) instanceof io.percred.spi.Resolution.Refused refused) {
        throw refused.error().toSqlException();
      }
    }
    if (url.contains("missing-class")) {
      throw new NoClassDefFoundError("com/vendor/Driver");
    }
    if (url.contains("broken")) {
      throw new IllegalStateException("text of the adapter");
    }
    properties.setProperty("changed-by-adapter", "yes");
    return RecordingConnection.open();
  }

  @Override
  public boolean sharesLogin(Settings settings) {
    return "login".equals(settings.text(RecordingProperty.MODE));
  }

  @Override
  public @Nullable HeldConnection held(Connection connection) throws SQLException {
    return connection.isWrapperFor(PooledConnection.class)
        ? connection.unwrap(PooledConnection.class).held()
        : null;
  }

  @Override
  public @Nullable HeldConnection foreign(Connection connection, AdapterContext context)
      throws SQLException {
    return connection.unwrap(PooledConnection.class).foreign(context);
  }

  @Override
  public @Nullable String stableCodeOf(SQLException exception) {
    return VENDOR_STATE.equals(exception.getSQLState()) ? "PERCRED-101" : null;
  }

  /**
   * One connection.
   *
   * @param url what the vendor's driver would get
   * @param properties a copy of the properties that it would get
   * @param context what the adapter got
   */
  public record Opened(String url, Properties properties, AdapterContext context) {}
}

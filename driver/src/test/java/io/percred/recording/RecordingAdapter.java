package io.percred.recording;

import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.ErrorCode;
import io.percred.spi.FromUrl;
import io.percred.spi.HeldConnection;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.Settings;
import io.percred.spi.Strictness;
import io.percred.spi.Target;
import io.percred.spi.VendorReading;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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

  /** Of parameters, {@code tls=off} exposes what is sent, {@code host} is another host. */
  @Override
  public VendorReading read(String url, Properties properties) throws SQLException {
    Properties ofUrl = new Properties();
    int question = url.indexOf('?');
    for (String each :
        question < 0 ? List.<String>of() : List.of(url.substring(question + 1).split("&"))) {
      String[] words = each.split("=", 2);
      ofUrl.setProperty(words[0], words.length == 1 ? "" : words[1]);
    }
    String base = question < 0 ? url : url.substring(0, question);
    String host =
        base.contains("//") ? base.replaceFirst("^.*//", "").replaceFirst("[:/].*$", "") : "";
    String mode = ofUrl.getProperty("tls", properties.getProperty("tls", "on"));
    VendorReading.Exposure exposure =
        mode.equals("on") ? null : new VendorReading.Exposure("tls is off", "Say tls=on.");
    return new VendorReading(
        ofUrl.stringPropertyNames().stream()
            .map(name -> new VendorReading.Parameter(name, ofUrl.getProperty(name)))
            .toList(),
        List.of(new VendorReading.Host(ofUrl.getProperty("host", host), 1)),
        new VendorReading.Secrecy(exposure, exposure, Map.of("careful", "yes"), null));
  }

  @Override
  public FromUrl fromUrl(String name, Properties properties) {
    return switch (name) {
      case "tls" -> FromUrl.narrows(Strictness.words("on", "off"));
      case "class" -> FromUrl.names(FromUrl.Kind.CLASS);
      case "file" -> FromUrl.names(FromUrl.Kind.FILE);
      case "proxy" -> FromUrl.names(FromUrl.Kind.HOST);
      case "kept" -> FromUrl.keeps();
      case "secret", "password", "api.key" -> FromUrl.OWN;
      case "unknown" -> FromUrl.UNKNOWN;
      default -> FromUrl.CHOOSES;
    };
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

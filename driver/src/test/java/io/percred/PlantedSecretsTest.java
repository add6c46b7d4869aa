package io.percred;

import static io.percred.recording.Recorded.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.recording.AllowedHost;
import io.percred.recording.RecordingAdapter;
import io.percred.spi.AdapterContext;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.PercredEvent;
import io.percred.spi.Request;
import io.percred.spi.TokenSupplier;
import io.percred.spi.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Secrets planted wherever one can be, searched for wherever percred says something. */
class PlantedSecretsTest {
  private static final String SECRET = "pl4nted";

  private final Logger root = Logger.getLogger("");
  private final Level before = root.getLevel();

  @SuppressWarnings("JdkObsolete") // Other threads log too.
  private final StringBuffer said = new StringBuffer();

  private final List<PercredEvent> heard = new ArrayList<>();
  private final Handler recorder =
      new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
          said.append(formatter.format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void recordEverything() {
    root.setLevel(Level.ALL);
    recorder.setLevel(Level.ALL);
    root.addHandler(recorder);
  }

  @AfterEach
  void stopRecording() {
    root.removeHandler(recorder);
    root.setLevel(before);
  }

  @Test
  @ExtendWith(AllowedHost.class)
  void logsAtFinestHoldTheConnectionButNoSecret() throws Exception {
    AdapterContext context =
        open(
            "?percred.supplier=context,password,property:api.key&sslpassword=" + SECRET,
            properties(
                "password", SECRET,
                "api.key", SECRET,
                "percred.login.password", SECRET,
                "percred.jwt.secret", SECRET));
    resolveInEveryWay(context);
    assertThat(said.toString()).contains("Opened a connection").contains("Resolved Bind");
    assertNothingSaid();
  }

  @Test
  void failuresHoldNoSecret() throws Exception {
    open("?percred.jwt.secret=" + SECRET, new Properties());
    open("?percred.jwt.secret=" + SECRET + "&percred.jwt.secret=" + SECRET, new Properties());
    open("?percred.nothing=" + SECRET, properties("password", SECRET));
    open("?percred.remote.url=https://u:" + SECRET + "@h/?t=" + SECRET, new Properties());
    open("?percred.remote.url=" + SECRET + "//u:" + SECRET + "@h", new Properties());
    open("?percred.supplier=command:x " + SECRET, new Properties());
    open("?percred.supplier=nothing:" + SECRET, new Properties());
    open("?password=" + SECRET + "&percred.prefix=%", new Properties());
    open("/broken?password=" + SECRET, properties("password", SECRET));
    open("/missing-class?password=" + SECRET, properties("password", SECRET));
    assertThat(said.toString()).contains("PERCRED-001", "PERCRED-003", "PERCRED-004");
    assertNothingSaid();
  }

  @Test
  void refusalsAndEventsHoldNoSecret() throws Exception {
    Verdict[] verdicts = {
      new Verdict.Denied("v", "no"),
      new Verdict.Unavailable("v", "down", 1, Instant.EPOCH, null),
      new Verdict.Accepted(Credential.of("other"))
    };
    for (Verdict each : verdicts) {
      PercredDataSource source = source();
      source.setCredentialVerifier((credential, target) -> each);
      refuse(source);
    }
    TokenSupplier[] suppliers = {
      context -> {
        throw new IllegalStateException(SECRET, new RuntimeException(SECRET));
      },
      context -> Credential.of(SECRET).withExpiry(Instant.EPOCH),
      context -> Credential.of(SECRET.repeat(10_000)),
      context -> context.supplyFrom("nothing:" + SECRET),
      context -> context.supplyFrom("property:\"" + SECRET)
    };
    for (TokenSupplier each : suppliers) {
      PercredDataSource source = source();
      source.setTokenSupplier(each);
      refuse(source);
    }
    assertThat(heard).hasSizeGreaterThan(10);
    said.append(heard);
    assertNothingSaid();
  }

  @Test
  void listenerAndCloseFailuresHoldNoSecret() throws Exception {
    PercredDataSource source = source();
    source.setPercredListener(
        event -> {
          throw new IllegalStateException(SECRET);
        });
    refuse(source);
    source.getConnection().close();
    AutoCloseable failing =
        () -> {
          throw new IllegalStateException(SECRET);
        };
    assertThat(RecordingAdapter.last().context().shared(AutoCloseable.class, () -> failing))
        .isSameAs(failing);
    source.close();
    assertThat(said.toString()).contains("failed; its events are lost").contains("not be closed");
    assertNothingSaid();
  }

  @Test
  void textsOfValuesHoldNoSecret() throws Exception {
    Caller caller =
        new Caller(
            Credential.of(SECRET),
            Map.of("key", SECRET),
            new Request("GET", "/", Map.of("h", SECRET), Map.of("c", SECRET)));
    CallerScope scope = CallerContext.open(caller);
    said.append(scope).append(CallerContext.current()).append(CallerContext.capture());
    AdapterContext context =
        open(
            "?percred.supplier=password&x=" + SECRET,
            properties("percred.jwt.secret", SECRET, "password", SECRET));
    said.append(context).append(context.resolver()).append(context.resolver().callerKey());
    said.append(context.settings());
    scope.close();
    for (DriverPropertyInfo each :
        new PercredDriver()
            .getPropertyInfo(
                "jdbc:percred:recording://host/d",
                properties("percred.jwt.secret", SECRET, "percred.login.password", SECRET))) {
      said.append(each.name).append(each.value).append(each.description);
    }
    assertNothingSaid();
  }

  private void resolveInEveryWay(AdapterContext context) {
    CallerScope scope = CallerContext.open(Credential.of(SECRET, "alice"));
    said.append(context.resolver().resolve(RecordingAdapter.TARGET));
    scope.close();
    said.append(context.resolver().resolve(RecordingAdapter.TARGET));
    CallerScope service = CallerContext.service();
    said.append(context.resolver().resolve(RecordingAdapter.TARGET));
    service.close();
  }

  private PercredDataSource source() {
    PercredDataSource source = new PercredDataSource();
    source.setUrl("jdbc:percred:recording://h/db?percred.prefix=x");
    source.setPassword(SECRET);
    source.setPercredListener(heard::add);
    return source;
  }

  private void refuse(PercredDataSource source) throws SQLException {
    source.getConnection().close();
    AdapterContext context = RecordingAdapter.last().context();
    CallerScope scope = CallerContext.open(Credential.of(SECRET, "alice"));
    said.append(context.resolver().resolve(RecordingAdapter.TARGET));
    if (context.resolver().resolve(RecordingAdapter.TARGET)
        instanceof io.percred.spi.Resolution.Refused refused) {
      record(refused.error().toSqlException());
    }
    scope.close();
  }

  private AdapterContext open(String parameters, Properties properties) {
    String url = "jdbc:percred:recording://host/db" + parameters;
    try (Connection connection = new PercredDriver().connect(url, properties)) {
      said.append(connection);
    } catch (SQLException e) {
      record(e);
    }
    return RecordingAdapter.last().context();
  }

  private void record(SQLException failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    said.append(text);
  }

  private void assertNothingSaid() {
    assertThat(said.toString()).doesNotContain(SECRET);
  }
}

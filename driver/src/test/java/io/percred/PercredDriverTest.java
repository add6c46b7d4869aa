package io.percred;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.codeOfFailure;
import static io.percred.recording.Recorded.failure;
import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.properties;
import static io.percred.recording.Recorded.refusalCode;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.recording.AllowedHost;
import io.percred.recording.RecordingAdapter;
import io.percred.recording.RecordingProperty;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.Settings;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a URL and properties on their way to the target's driver. */
@ExtendWith(AllowedHost.class)
class PercredDriverTest {
  private final PercredDriver driver = new PercredDriver();

  @Test
  void callersCredentialIsResolvedOnConnectionFromDriverManager() throws Exception {
    try (Connection connection =
        DriverManager.getConnection("jdbc:percred:recording://h/db?percred.setting=x&a=b")) {
      RecordingAdapter.Opened opened = RecordingAdapter.last();
      assertThat(opened.url()).isEqualTo("jdbc:recording://h/db?a=b");
      assertThat(connection.isClosed()).isFalse();
      CredentialResolver resolver = opened.context().resolver();
      CallerScope scope = CallerContext.open(Credential.of("t0ken", "alice"));
      assertThat(token(resolver)).isEqualTo("t0ken");
      scope.close();
      assertThat(refusalCode(resolver)).isEqualTo("PERCRED-101");
    }
  }

  @Test
  void onlyThePercredDriverIsRegistered() {
    assertThat(DriverManager.drivers().map(Driver::getClass).map(Class::getName))
        .contains("io.percred.PercredDriver")
        .doesNotContain("io.percred.PlainUrlDriver");
  }

  @Test
  void deregisteringEndsWhatConnectionsSharedAndLaterOnesBeginAnew() throws Exception {
    String url = "jdbc:percred:recording://h/db?percred.setting=deregistered";
    Driver registered = DriverManager.getDriver(url);
    AtomicInteger ended = new AtomicInteger();
    AutoCloseable shared = ended::incrementAndGet;
    try (Connection connection = DriverManager.getConnection(url)) {
      assertThat(RecordingAdapter.last().context().shared(AutoCloseable.class, () -> shared))
          .isSameAs(shared);

      DriverManager.deregisterDriver(registered);
      assertThat(ended).hasValue(1);
      assertThat(connection.isClosed()).isFalse();
    } finally {
      DriverManager.registerDriver(registered, AbstractPercredDriver::end);
    }
    try (Connection connection = DriverManager.getConnection(url)) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(RecordingAdapter.last().context().shared(AutoCloseable.class, () -> () -> {}))
          .isNotSameAs(shared);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:recording://h/db", "jdbc:postgresql://h/db", "", "percred"})
  void urlsOfOthersAreDeclined(String url) throws Exception {
    assertThat(driver.acceptsURL(url)).isFalse();
    assertThat(driver.connect(url, new Properties())).isNull();
    assertThat(driver.getPropertyInfo(url, new Properties())).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // What callers outside of null-marked code can do.
  void nullUrlIsAnSqlException() {
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> driver.connect(null, new Properties()));
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-009");
    assertFailure(catchThrowableOfType(SQLException.class, () -> driver.acceptsURL(null)))
        .isNotNull();
  }

  @Test
  void nullPropertiesAreNone() throws Exception {
    try (Connection connection = driver.connect("jdbc:percred:recording://h/db", null)) {
      assertThat(connection).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "jdbc:percred:recording://h/db, jdbc:recording://h/db",
        "jdbc:percred:recording:db, jdbc:recording:db",
        "jdbc:percred:recording:/, jdbc:recording:/",
        "jdbc:percred:recording://h1:1|h2:2/db?, jdbc:recording://h1:1|h2:2/db?",
        "jdbc:percred:recording:db?percred.setting=a, jdbc:recording:db",
        "jdbc:percred:recording:db?x=%C3%A4+b&&y, jdbc:recording:db?x=%C3%A4+b&&y",
        "jdbc:percred:recording:db?percred.setting=a&x=1&percred.prefix=b&y=2&user=u,"
            + " jdbc:recording:db?x=1&y=2&user=u",
        "jdbc:percred:recording:db?x=1&percred.setting=a, jdbc:recording:db?x=1",
        "jdbc:percred:recording:db?options=-c%20a%3Db#frag&percred%2Esetting=q,"
            + " jdbc:recording:db?options=-c%20a%3Db#frag",
      })
  void everythingElseInTheUrlPassesByteForByte(String url, String vendors) throws Exception {
    Connection connection = driver.connect(url.replace('|', ','), properties("user", "me"));
    assertThat(connection).isNotNull();
    assertThat(RecordingAdapter.last().url()).isEqualTo(vendors.replace('|', ','));
  }

  @Test
  void propertiesPassWithDefaultsAndOtherTypesButWithoutPercreds() throws Exception {
    Properties defaults = properties("ApplicationName", "shop", "percred.prefix", "Bearer");
    Properties given = new Properties(defaults);
    given.setProperty("user", "me");
    given.setProperty("percred.setting", "app.other");
    Object key = new Object();
    given.put("privateKey", key);
    given.put("percred.limit", 7);
    Properties before = (Properties) given.clone();
    RecordingAdapter.Opened opened = open("", given);
    assertThat(opened.properties())
        .isEqualTo(Map.of("ApplicationName", "shop", "user", "me", "privateKey", key));
    Settings settings = opened.context().settings();
    assertThat(settings.text(RecordingProperty.PREFIX)).isEqualTo("Bearer");
    assertThat(settings.text(RecordingProperty.SETTING)).isEqualTo("app.other");
    assertThat(settings.wholeNumber(RecordingProperty.LIMIT)).isEqualTo(7);
    assertThat(given).isEqualTo(before).doesNotContainKey("changed-by-adapter");
    assertThat(given.getProperty("ApplicationName")).isEqualTo("shop");
    assertThat(defaults).hasSize(2);
  }

  @Test
  void urlWinsOverPropertiesWhereItMayChoose() throws Exception {
    RecordingAdapter.Opened opened =
        open("?percred.delivery=url", properties("percred.delivery", "properties"));
    Settings settings = opened.context().settings();
    assertThat(settings.text(RecordingProperty.DELIVERY)).isEqualTo("url");
    assertThat(settings.isFromUrl(RecordingProperty.DELIVERY)).isTrue();
    assertThat(settings.isFromUrl(RecordingProperty.PREFIX)).isFalse();
  }

  @Test
  void passwordSupplierTakesTheTokenOutAndPutsTheLoginPasswordIn() throws Exception {
    RecordingAdapter.Opened opened =
        open(
            "?percred.supplier=password",
            properties("user", "u", "password", "t0ken", "percred.login.password", "login"));
    assertThat(opened.properties())
        .isEqualTo(Map.of("user", "u", "password", "login", "careful", "yes"));
    assertThat(token(opened.context().resolver())).isEqualTo("t0ken");
  }

  @Test
  void passwordSupplierWithoutLoginPasswordLeavesNoPassword() throws Exception {
    RecordingAdapter.Opened opened =
        open("?percred.supplier=context,password", properties("password", "t0ken"));
    assertThat(opened.properties()).isEmpty();
    assertThat(token(opened.context().resolver())).isEqualTo("t0ken");
    CallerScope scope = CallerContext.open(Credential.of("alices"));
    assertThat(token(opened.context().resolver())).isEqualTo("alices");
    scope.close();
  }

  @Test
  void passwordInTheUrlIsTheTokenToo() throws Exception {
    RecordingAdapter.Opened opened =
        open("?percred.supplier=password&user=u&password=t%300ken&x=y");
    assertThat(opened.url()).isEqualTo("jdbc:recording://host/db?user=u&x=y");
    assertThat(token(opened.context().resolver())).isEqualTo("t00ken");
  }

  @Test
  void propertySupplierTakesItsPropertyOut() throws Exception {
    RecordingAdapter.Opened opened =
        open("?percred.supplier=property:api.key", properties("api.key", "k", "password", "p"));
    assertThat(opened.properties()).isEqualTo(Map.of("password", "p"));
    assertThat(token(opened.context().resolver())).isEqualTo("k");
  }

  @Test
  void passwordStaysWhenNoSupplierReadsIt() throws Exception {
    RecordingAdapter.Opened opened = open("", properties("user", "u", "password", "p"));
    assertThat(opened.properties()).isEqualTo(Map.of("user", "u", "password", "p"));
  }

  @Test
  void unknownDatabaseNamesTheArtifactToAdd() {
    assertFailure(
            catchThrowableOfType(
                SQLException.class,
                () -> driver.connect("jdbc:percred:postgresql://h/db", new Properties())))
        .hasMessageContaining("postgresql")
        .hasMessageContaining("recording")
        .hasMessageContaining("io.percred:percred-postgres-adapter")
        .satisfies(failure -> assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-004"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"jdbc:percred:", "jdbc:percred::x", "jdbc:percred://h", "jdbc:percred:a?b:"})
  void urlWithoutDatabaseIsMalformed(String url) {
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> driver.connect(url, new Properties()));
    assertThat(failure.getSQLState()).isEqualTo("22023");
    assertThat(Percred.codeOf(failure)).isIn("PERCRED-009", "PERCRED-004");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:percred://h",
        "jdbc:percred://h:5432/db",
        "jdbc:percred://h/db?percred.setting=app.token",
        "jdbc:percred:recording://h/db;percred.setting=app.token",
        "jdbc:percred:recording://h/db;user=app;percred.setting=app.token",
        "jdbc:percred:recording://h/db&percred.setting=app.token",
        "jdbc:percred:recording://h/db?user=app;percred.setting=app.token"
      })
  void urlThatIsWrittenAsForAnotherDriverIsToldHowToWriteIt(String url) {
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> driver.connect(url, new Properties()));
    assertThat(failure.getSQLState()).isEqualTo("22023");
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-009");
    assertFailure(failure)
        .hasMessageContaining("Write it like jdbc:percred:postgresql://host/database?percred.");
  }

  @Test
  void adapterThatThrowsSomethingElseIsAnSqlExceptionWithoutItsText() {
    assertFailure(failure("/broken"))
        .hasMessageContaining("IllegalStateException")
        .hasStackTraceContaining("RecordingAdapter.connect")
        .satisfies(
            failure -> {
              assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-011");
              assertThat(failure.getCause()).hasMessageNotContaining("text of the adapter");
            });
  }

  @Test
  void missingVendorDriverIsNamed() {
    assertFailure(failure("/missing-class")).hasMessageContaining("com/vendor/Driver");
    assertThat(codeOfFailure("/missing-class")).isEqualTo("PERCRED-006");
  }

  @Test
  void propertyInfoListsPercredsAndTheTargetsProperties() throws Exception {
    Map<String, DriverPropertyInfo> infos =
        Arrays.stream(
                driver.getPropertyInfo(
                    "jdbc:percred:recording://h/db?percred.limit=3&x=y",
                    properties("percred.jwt.secret", "s3cret", "percred.on-missing", "shared")))
            .collect(Collectors.toMap(info -> info.name, Function.identity()));
    assertThat(infos)
        .containsKeys("percred.supplier", "percred.setting", "percred.setting.NAME", "vendorUrl");
    assertThat(info(infos, "vendorUrl").value).isEqualTo("jdbc:recording://h/db?x=y");
    assertThat(info(infos, "percred.limit").value).isEqualTo("3");
    assertThat(info(infos, "percred.on-missing").value).isEqualTo("shared");
    assertThat(info(infos, "percred.on-missing").choices)
        .containsExactly("reject", "anonymous", "shared", "service");
    assertThat(info(infos, "percred.supplier").value).isEqualTo("context");
    assertThat(info(infos, "percred.jwt.secret").value).isNull();
    assertThat(infos.values())
        .filteredOn(info -> info.name.startsWith("percred."))
        .allMatch(info -> !info.required && info.description != null);
  }

  @Test
  void propertyInfoIsForgivingWhileTheUserIsTyping() throws Exception {
    assertThat(driver.getPropertyInfo("jdbc:percred:", new Properties())).isNotEmpty();
    assertThat(driver.getPropertyInfo("jdbc:percred:nothing://h?percred.bad=%", null)).isNotEmpty();
  }

  @Test
  void versionComesFromTheBuild() {
    assertThat(driver.getMajorVersion()).isZero();
    assertThat(driver.getMinorVersion()).isEqualTo(1);
    assertThat(driver.jdbcCompliant()).isFalse();
  }

  @Test
  void parentLoggerIsNotSupported() {
    assertFailure(
            catchThrowableOfType(SQLFeatureNotSupportedException.class, driver::getParentLogger))
        .hasMessageContaining("SLF4J");
  }

  @Test
  void plainUrlDriverAcceptsTheDatabasesOwnUrlsToo() throws Exception {
    PlainUrlDriver plain = new PlainUrlDriver();
    assertThat(plain.acceptsURL("jdbc:percred:recording://h/db")).isTrue();
    assertThat(plain.acceptsURL("jdbc:recording://h/db")).isTrue();
    assertThat(plain.acceptsURL("jdbc:other://h/db")).isFalse();
    assertThat(plain.connect("jdbc:other://h/db", new Properties())).isNull();
    try (Connection connection =
        plain.connect("jdbc:recording://h/db?percred.setting=x&a=b", new Properties())) {
      assertThat(connection).isNotNull();
      assertThat(RecordingAdapter.last().url()).isEqualTo("jdbc:recording://h/db?a=b");
      assertThat(refusalCode(RecordingAdapter.last().context().resolver()))
          .isEqualTo("PERCRED-101");
    }
    assertThat(Collections.list(DriverManager.getDrivers()))
        .noneMatch(PlainUrlDriver.class::isInstance);
  }

  private static DriverPropertyInfo info(Map<String, DriverPropertyInfo> infos, String name) {
    return Objects.requireNonNull(infos.get(name), name);
  }
}

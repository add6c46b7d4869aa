package io.percred;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.properties;
import static io.percred.recording.Recorded.resolver;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.recording.RecordingAdapter;
import io.percred.recording.RecordingProperty;
import io.percred.spi.Credential;
import io.percred.spi.PercredListener;
import io.percred.spi.Settings;
import io.percred.spi.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Wrapper;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** percred as a DataSource, alone and in a pool that makes it from a class name. */
class PercredDataSourceTest {
  private final PercredDataSource source = new PercredDataSource();

  @AfterEach
  void close() {
    source.close();
  }

  @Test
  void beanPropertiesBecomePercredsAndTheVendorsProperties() throws Exception {
    source.setUrl("jdbc:percred:recording://h/db");
    source.setUser("app");
    source.setPassword("pw");
    source.setSetting("app.other");
    source.setPrefix("Bearer");
    source.setMode("claims");
    source.setOnMissing("shared");
    source.setOnChange("keep");
    source.setDelivery("bind");
    source.setGuard("on");
    source.setSupplier("context");
    source.setSupplierTimeout("3s");
    source.setServiceSupplier("env:PATH");
    source.setVerifier("none");
    source.setListener("listening");
    source.setLoginTimeout(7);
    source.setUrlTrusted("true");
    Settings settings = open();
    assertThat(RecordingAdapter.last().properties())
        .isEqualTo(Map.of("user", "app", "password", "pw", "loginTimeout", "7"));
    assertThat(settings.text(RecordingProperty.SETTING)).isEqualTo("app.other");
    assertThat(settings.text(RecordingProperty.PREFIX)).isEqualTo("Bearer");
    assertThat(settings.text(RecordingProperty.MODE)).isEqualTo("claims");
    assertThat(settings.toString())
        .contains("percred.on-missing", "percred.on-change", "percred.delivery", "percred.guard")
        .contains("percred.supplier.timeout", "percred.service.supplier", "percred.listener");
    assertThat(source.getUser()).isEqualTo("app");
    assertThat(source.getUrl()).isEqualTo("jdbc:percred:recording://h/db");
    assertThat(source.getLoginTimeout()).isEqualTo(7);
  }

  @Test
  void beanPropertiesWinOverPropertiesAndTheUrlOverBoth() throws Exception {
    Properties given =
        properties("percred.setting", "s1", "percred.prefix", "p1", "percred.mode", "login");
    source.setProperties(given);
    source.setSetting("s2");
    source.setPrefix("p2");
    source.setUrlTrusted("true");
    source.setUrl("jdbc:percred:recording://h/db?percred.setting=s3");
    given.clear();
    Settings settings = open();
    assertThat(settings.text(RecordingProperty.SETTING)).isEqualTo("s3");
    assertThat(settings.text(RecordingProperty.PREFIX)).isEqualTo("p2");
    assertThat(settings.text(RecordingProperty.MODE)).isEqualTo("login");
    source.setPrefix(null);
    assertThat(open().text(RecordingProperty.PREFIX)).isEqualTo("p1");
  }

  @Test
  void anotherLoginReplacesTheOneThatWasSet() throws Exception {
    source.setUrl("jdbc:recording://h/db");
    source.setUser("app");
    source.setPassword("pw");
    source.getConnection("other", "secret").close();
    assertThat(RecordingAdapter.last().properties())
        .isEqualTo(Map.of("user", "other", "password", "secret"));
    source.getConnection("other", null).close();
    assertThat(RecordingAdapter.last().properties()).isEqualTo(Map.of("user", "other"));
    assertThat(source.getUser()).isEqualTo("app");
  }

  @Test
  void loginTimeoutOfTheVendorsOwnPropertyWins() throws Exception {
    source.setUrl("jdbc:recording://h/db");
    source.setProperties(properties("loginTimeout", "3"));
    source.setLoginTimeout(9);
    open();
    assertThat(RecordingAdapter.last().properties()).isEqualTo(Map.of("loginTimeout", "3"));
  }

  @Test
  void objectsTakeThePlaceOfNames() throws Exception {
    source.setUrl("jdbc:recording://h/db");
    source.setTokenSupplier(context -> Credential.of("from object"));
    source.setCredentialVerifier(
        (credential, target) -> new Verdict.Accepted(credential.withPrincipal("p")));
    source.setPercredListener(PercredListener.NONE);
    assertThat(token(resolver(source))).isEqualTo("from object");
  }

  @Test
  void objectAndNameTogetherAreRefused() {
    source.setUrl("jdbc:recording://h/db?percred.supplier=context");
    source.setTokenSupplier(context -> Credential.of("from object"));
    assertThat(codeOfFailure()).isEqualTo("PERCRED-007");
    source.setUrl("jdbc:recording://h/db?percred.verifier=none");
    source.setCredentialVerifier((credential, target) -> new Verdict.Accepted(credential));
    assertThat(codeOfFailure()).isEqualTo("PERCRED-007");
    source.setUrl("jdbc:recording://h/db?percred.listener=listening");
    source.setPercredListener(event -> {});
    assertThat(codeOfFailure()).isEqualTo("PERCRED-007");
  }

  @Test
  void withoutUrlThereIsAnErrorThatSaysSo() {
    assertThat(codeOfFailure()).isEqualTo("PERCRED-008");
  }

  @Test
  void closedDataSourceOpensNothing() {
    source.setUrl("jdbc:recording://h/db");
    source.close();
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> source.getConnection().close());
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-012");
    assertThat(failure.getSQLState()).isEqualTo("08003");
  }

  @Test
  void wrapperAndLogWriterKeepTheContractOfJdbc() throws Exception {
    assertThat(source.isWrapperFor(DataSource.class)).isTrue();
    assertThat(source.unwrap(DataSource.class)).isSameAs(source);
    assertThat(source.unwrap(Wrapper.class)).isSameAs(source);
    assertThat(source.isWrapperFor(Connection.class)).isFalse();
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> source.unwrap(Connection.class));
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-014");
    assertThat(source.getLogWriter()).isNull();
    PrintWriter writer = new PrintWriter(new StringWriter());
    source.setLogWriter(writer);
    assertThat(source.getLogWriter()).isSameAs(writer);
    assertFailure(
            catchThrowableOfType(SQLFeatureNotSupportedException.class, source::getParentLogger))
        .hasMessageContaining("SLF4J");
    source.setPassword("pl4nted");
    assertThat(source.toString()).doesNotContain("pl4nted");
  }

  @Test
  void hikariMakesItFromTheClassNameAndBeanProperties() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setDataSourceClassName("io.percred.PercredDataSource");
    config.addDataSourceProperty("url", "jdbc:percred:recording://h/db?percred.limit=3");
    config.addDataSourceProperty("user", "app");
    config.addDataSourceProperty("password", "pw");
    config.addDataSourceProperty("setting", "app.token");
    config.addDataSourceProperty("onMissing", "shared");
    config.addDataSourceProperty("supplier", "context,env:PATH");
    config.addDataSourceProperty("urlTrusted", "true");
    config.addDataSourceProperty("properties", properties("ApplicationName", "shop"));
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      RecordingAdapter.Opened opened = RecordingAdapter.last();
      assertThat(opened.properties())
          .containsEntry("user", "app")
          .containsEntry("password", "pw")
          .containsEntry("ApplicationName", "shop")
          .doesNotContainKey("percred.setting");
      assertThat(opened.context().settings().text(RecordingProperty.SETTING))
          .isEqualTo("app.token");
      assertThat(token(opened.context().resolver())).isEqualTo(System.getenv("PATH"));
    }
  }

  @Test
  void hikariOpensConnectionsByUrlAlone() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:percred:recording://h/db?percred.setting=app.token");
    config.setUsername("app");
    config.setPassword("pw");
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      assertThat(connection.isClosed()).isFalse();
      assertThat(RecordingAdapter.last().properties())
          .isEqualTo(Map.of("user", "app", "password", "pw"));
    }
  }

  private Settings open() throws SQLException {
    source.getConnection().close();
    return RecordingAdapter.last().context().settings();
  }

  private String codeOfFailure() {
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> source.getConnection().close());
    return String.valueOf(Percred.codeOf(failure));
  }
}

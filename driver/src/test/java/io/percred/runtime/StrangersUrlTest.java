package io.percred.runtime;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.failure;
import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.configuration.UrlRules;
import io.percred.recording.AllowedHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL that nobody vouches for may say of the vendor's parameters, and where secrets go. */
@ExtendWith(AllowedHost.class)
class StrangersUrlTest {
  @AfterEach
  void allowNothing() {
    System.clearProperty(UrlRules.ALLOWED_CLASSES);
    System.clearProperty(UrlRules.ALLOWED_DIRECTORIES);
    System.clearProperty(UrlRules.URL_TRUSTED);
  }

  @Test
  void aClassIsNamedOnlyIfTheMachineAllowsIt() throws SQLException {
    assertRefused("?class=com.stranger.Factory", UrlRules.ALLOWED_CLASSES);
    System.setProperty(UrlRules.ALLOWED_CLASSES, "com.house.Factory");
    assertRefused("?class=com.stranger.Factory", UrlRules.ALLOWED_CLASSES);
    assertThat(open("?class=com.house.Factory").url()).contains("com.house.Factory");
  }

  @Test
  void aFileIsNamedOnlyBelowTheMachinesDirectories(@TempDir Path directory) throws Exception {
    Path allowed = Files.createDirectory(directory.resolve("allowed"));
    System.setProperty(UrlRules.ALLOWED_DIRECTORIES, allowed.toString());
    assertRefused("?file=" + directory.resolve("other"), UrlRules.ALLOWED_DIRECTORIES);
    assertRefused("?file=" + allowed + "/../other", UrlRules.ALLOWED_DIRECTORIES);
    assertThat(open("?file=" + allowed.resolve("not-there-yet")).url()).contains("not-there-yet");
  }

  @Test
  void anotherHostIsNamedOnlyIfTheMachineAllowsIt() throws SQLException {
    assertRefused("?proxy=stranger", UrlRules.ALLOWED_HOSTS);
    assertThat(open("?proxy=host").url()).contains("proxy=host");
  }

  @Test
  void whatPropertiesNameAlreadyMayStandInTheUrlToo() throws SQLException {
    assertThat(open("?class=com.house.Factory", properties("class", "com.house.Factory")).url())
        .contains("com.house.Factory");
    System.setProperty(UrlRules.ALLOWED_CLASSES, "com.other.Factory");
    assertRefused(failure("?class=com.other.Factory", properties("class", "com.house.Factory")));
  }

  @Test
  void aParameterThatIsKeptMayNotContradictProperties() throws SQLException {
    assertThat(open("?kept=1").url()).contains("kept=1");
    assertThat(open("?kept=1", properties("kept", "1")).url()).contains("kept=1");
    assertRefused(failure("?kept=1", properties("kept", "2")));
    assertRefused(failure("?kept=1", properties("KEPT", "2")));
  }

  @Test
  void aParameterMayBeStricterAndNeverLooser() throws SQLException {
    assertThat(open("?tls=on", properties("tls", "off")).url()).contains("tls=on");
    assertRefused(failure("?tls=off", properties("tls", "on")));
  }

  @Test
  void aParameterThatNobodyKnowsIsRefused() {
    assertRefused("?unknown=1", "unknown");
  }

  @Test
  void aSupplierOfTheUrlTakesNothingFromTheDriversOwnProperties() {
    assertRefused(
        failure("?percred.supplier=property:kept", properties("kept", "administrator's")));
  }

  @Test
  void aMachinesSecretGoesOnlyToAllowedHosts() {
    String variable = "PERCRED_NOT_SET";
    SQLException failure = failure("?host=stranger&percred.supplier=env:" + variable, properties());
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-019");
    assertFailure(failure).hasMessageContaining("stranger:1");
  }

  @Test
  void aMachinesSecretGoesNowhereInClear() {
    SQLException failure = failure("?tls=off&percred.supplier=env:PERCRED_NOT_SET");
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-020");
    assertFailure(failure).hasMessageContaining("tls is off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https:", "https://", "https:///path", "http://[", "https://a b/"})
  void anAddressThatIsNoneIsRefused(String address) {
    assertThat(failure("?percred.remote.url=" + address.replace(" ", "%20")).getSQLState())
        .isEqualTo("22023");
  }

  /**
   * PostgreSQL's start-up message ends its texts with it: what follows would be more parameters.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "?name=public%00user%00boss",
        "?%00name=1",
        "?name=a\0b",
        "%00role%00admin",
        "?percred.setting=a.b%00c"
      })
  void aNulIsRefusedWhoeverVouchesForTheUrl(String parameters) {
    for (String trusted : new String[] {"false", "true"}) {
      System.setProperty(UrlRules.URL_TRUSTED, trusted);
      assertFailure(failure(parameters)).hasMessageContaining("NUL");
    }
  }

  @Test
  void aTrustedUrlSaysWhatItLikes() throws SQLException {
    System.setProperty(UrlRules.URL_TRUSTED, "true");
    assertThat(open("?class=com.stranger.Factory&unknown=1&tls=off").url())
        .contains("com.stranger.Factory");
  }

  private static void assertRefused(String parameters, String remedy) {
    SQLException failure = failure(parameters);
    assertRefused(failure);
    assertFailure(failure).hasMessageContaining(remedy);
  }

  private static void assertRefused(SQLException failure) {
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-003");
    assertThat(failure.getSQLState()).isEqualTo("22023");
  }
}

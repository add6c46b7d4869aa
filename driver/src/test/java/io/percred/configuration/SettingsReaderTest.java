package io.percred.configuration;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.codeOfFailure;
import static io.percred.recording.Recorded.failure;
import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.OnMissing;
import io.percred.recording.RecordingProperty;
import io.percred.spi.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a value must be, and what is said about one that is not. */
class SettingsReaderTest {
  @ParameterizedTest
  @CsvSource({
    "percred.seting, percred.setting",
    "percred.Setting, percred.setting",
    "PERCRED.setting, percred.setting",
    "percred.on-mising, percred.on-missing",
    "percred.suplier, percred.supplier",
    "percred.supplier.timout, percred.supplier.timeout",
    "precred.setting, percred.setting",
  })
  void unknownPropertyIsRefusedWithTheNearestKnownOne(String key, String meant) {
    SQLException failure = failure("?" + key + "=x");
    assertFailure(failure)
        .hasMessageContaining("Unknown property \"" + key + "\"")
        .hasMessageContaining("Did you mean \"" + meant + "\"?")
        .hasMessageContaining("(PERCRED-001, SQLSTATE 22023)");
    assertThat(failure("", properties(key, "x")).getMessage()).isEqualTo(failure.getMessage());
  }

  @Test
  void sampleOfTheDocumentationIsWhatIsSaid() {
    assertFailure(failure("?percred.seting=x"))
        .hasMessage(
            "[percred] Unknown property \"percred.seting\".\nDid you mean \"percred.setting\"?"
                + " Driver.getPropertyInfo lists the known ones, and io.percred.CatalogueMarkdown,"
                + " run with a directory, writes them down there. (PERCRED-001, SQLSTATE 22023)");
  }

  @Test
  void documentedPropertyOfAnAbsentModuleNamesTheArtifact() {
    assertFailure(failure("?percred.introspection.url=x"))
        .hasMessageContaining("io.percred:percred-tokens");
    assertFailure(failure("?percred.snowflake.verify-user=true"))
        .hasMessageContaining("io.percred:percred-snowflake-adapter");
  }

  @Test
  void unlikeAnythingKnownThereIsNoGuess() {
    assertFailure(failure("?percred.zzzzzz.yyyyyyy=x"))
        .hasMessageContaining("Check the spelling.")
        .hasMessageNotContaining("Did you mean");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "percred.limit | 11 | a whole number from 1 to 10",
        "percred.limit | x | a whole number from 1 to 10",
        "percred.legacy-claims | yes | true or false",
        "percred.mode | jwt | one of setting, claims, login",
        "percred.on-missing | ignore | one of reject, anonymous, shared, service",
        "percred.supplier.timeout | 10 | a duration such as 500ms, 30s, 5m or 2h",
        "percred.supplier.timeout | 11m | to 10m",
        "percred.breaker.open-for | 0s | from 1s to 1h",
        "percred.remote.url | nowhere | an absolute http or https URL",
        "percred.verifier | Jwt! | the name of a verifier",
        "percred.supplier | Context | a supplier such as context",
      })
  void malformedValueNamesKeyValueAndWhatIsAllowed(String key, String value, String allowed) {
    SQLException failure = failure("", properties(key, value));
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-002");
    assertThat(failure.getSQLState()).isEqualTo("22023");
    assertFailure(failure)
        .hasMessageContaining('"' + key + '"')
        .hasMessageContaining('"' + value + '"')
        .hasMessageContaining(allowed);
  }

  @Test
  void addressWithUserInformationIsRefusedWithoutShowingIt() {
    assertFailure(
            failure("", properties("percred.remote.url", "https://me:s3cret@h/p?token=s3cret")))
        .hasMessageContaining("\"…@h/p\"")
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void valuesAreReadByTheirTypes() throws Exception {
    Settings settings =
        open("?percred.mode=claims&percred.legacy-claims=true&percred.limit=9"
                + "&percred.breaker.open-for=5m&percred.setting.app.tenant=claim:org"
                + "&percred.setting.user=principal")
            .context()
            .settings();
    assertThat(settings.choice(RecordingProperty.MODE, RecordingProperty.Mode.class))
        .isEqualTo(RecordingProperty.Mode.CLAIMS);
    assertThat(settings.flag(RecordingProperty.LEGACY)).isTrue();
    assertThat(settings.wholeNumber(RecordingProperty.LIMIT)).isEqualTo(9);
    assertThat(settings.timeSpan(RecordingProperty.OPEN_FOR)).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.family(RecordingProperty.SETTINGS))
        .isEqualTo(Map.of("app.tenant", "claim:org", "user", "principal"));
    assertThat(settings.isFromUrl(RecordingProperty.SETTINGS)).isTrue();
    assertThat(settings.isGiven(RecordingProperty.SETTING)).isFalse();
    assertThat(settings.text(RecordingProperty.SETTING)).isEqualTo("app.api_token");
    assertThat(settings.choice(DriverProperty.ON_MISSING, OnMissing.class))
        .isEqualTo(OnMissing.REJECT);
  }

  @Test
  void wordListsAreTrimmedAndMayBeAbsent() throws Exception {
    assertThat(
            open("?percred.allowed-roles=web, , app")
                .context()
                .settings()
                .words(RecordingProperty.ROLES))
        .containsExactly("web", "app");
    assertThat(open("").context().settings().words(RecordingProperty.ROLES)).isEmpty();
  }

  @Test
  void memberOfFamilyMustHaveItsShape() {
    assertThat(codeOfFailure("?percred.setting.APP=claim:x")).isEqualTo("PERCRED-001");
  }

  @Test
  void valuesOfTheUrlAreDecodedButPlusSignsAreNotBlanks() throws Exception {
    Settings settings = open("?percred.prefix=a+b%20c%26d%C3%A9 e").context().settings();
    assertThat(settings.text(RecordingProperty.PREFIX)).isEqualTo("a+b c&dé e");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "%zz", "%ff"})
  void badEncodingIsRefused(String value) {
    assertThat(codeOfFailure("?percred.prefix=" + value)).isEqualTo("PERCRED-009");
  }

  @Test
  void onePropertyTwiceInTheUrlIsRefused() {
    assertThat(codeOfFailure("?percred.prefix=a&percred.prefix=b")).isEqualTo("PERCRED-007");
  }

  @Test
  void settingsAreEqualIfValuesAndTheirPlacesAre() throws Exception {
    Settings inUrl = open("?percred.prefix=a").context().settings();
    assertThat(open("?percred.prefix=a").context().settings())
        .isEqualTo(inUrl)
        .hasSameHashCodeAs(inUrl);
    assertThat(open("", properties("percred.prefix", "a")).context().settings())
        .isNotEqualTo(inUrl);
    assertThat(open("?percred.prefix=b").context().settings()).isNotEqualTo(inUrl);
    assertThat(inUrl).hasToString("Settings[percred.prefix]");
  }
}

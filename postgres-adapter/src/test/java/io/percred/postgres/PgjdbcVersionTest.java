package io.percred.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgjdbcVersionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "42.2.29",
        "PostgreSQL JDBC Driver 42.6.2",
        "42.7.11",
        "9.4.1212",
        "42.7.4-SNAPSHOT"
      })
  void versionsBelowTheFloorAreTooOld(String version) {
    assertThat(PgjdbcVersion.isTooOld(version)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"42.7.12", "PostgreSQL JDBC Driver 42.7.14", "42.8.0", "43.0.1", "of nobody"})
  void otherVersionsAreNot(String version) {
    assertThat(PgjdbcVersion.isTooOld(version)).isFalse();
  }
}

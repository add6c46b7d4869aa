package io.percred.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CatalogueMarkdown;
import io.percred.spi.ErrorCode;
import io.percred.spi.PropertyDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the catalogue is whole and can be written down. */
class CatalogueTest {
  @Test
  void errorsOfTheDriverHaveUniqueNumbersInItsRangeAndWholeTexts() {
    assertThat(DriverError.values()).extracting(ErrorCode::number).doesNotHaveDuplicates();
    assertThat(DriverError.values())
        .allSatisfy(
            error -> {
              assertThat(error.number()).isBetween(1, 199);
              assertThat(error.sqlState()).hasSize(5);
              assertThat(error.message()).endsWith(".");
              assertThat(error.remedy()).matches("(?s).*[.}]");
            });
  }

  @Test
  void noRefusalOnHealthyConnectionHasStateThatPoolsEvictOn() {
    assertThat(Arrays.stream(DriverError.values()).filter(error -> error.number() >= 100))
        .extracting(ErrorCode::sqlState)
        .noneMatch(
            state -> state.startsWith("08") || state.equals("0A000") || state.startsWith("57P0"));
  }

  @Test
  void defaultsOfTheDriversPropertiesAreAllowedValues() {
    assertThat(DriverProperty.values())
        .allSatisfy(
            property -> {
              String byDefault = property.defaultValue();
              if (byDefault != null) {
                assertThat(property.type().accepts(byDefault)).isTrue();
              }
            });
  }

  @Test
  void modulesAreListedWithTheDriverFirstAndNothingTwice() {
    Catalogue catalogue = Catalogue.of(Installed.onThisThread());
    assertThat(catalogue.modules())
        .extracting(Catalogue.Module::name)
        .containsExactly("percred-driver", "io.percred.recording");
    assertThat(catalogue.modules())
        .flatExtracting(Catalogue.Module::properties)
        .extracting(PropertyDescriptor::key)
        .contains("percred.supplier", "percred.setting")
        .doesNotHaveDuplicates();
  }

  @Test
  void pagesHoldEveryPropertyAndErrorAndAreTheSameEachTime(@TempDir Path directory)
      throws Exception {
    CatalogueMarkdown.main(new String[] {directory.toString()});
    String properties = Files.readString(directory.resolve("properties.md"));
    String errors = Files.readString(directory.resolve("errors.md"));
    assertThat(properties).isEqualTo(CatalogueMarkdown.properties());
    assertThat(errors).isEqualTo(CatalogueMarkdown.errors());
    for (DriverProperty each : DriverProperty.values()) {
      assertThat(properties).contains("| `" + each.key() + "` |");
    }
    for (DriverError each : DriverError.values()) {
      assertThat(errors).contains("### " + each.stableCode() + " (SQLSTATE");
    }
    assertThat(properties)
        .contains("`percred.setting.NAME`")
        .contains("| `percred.supplier.timeout` | a duration such as 500ms, 30s, 5m or 2h");
  }
}

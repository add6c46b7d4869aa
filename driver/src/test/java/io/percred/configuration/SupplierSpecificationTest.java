package io.percred.configuration;

import static io.percred.recording.Recorded.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.Percred;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a chain of suppliers is read. */
class SupplierSpecificationTest {
  @Test
  void commasSeparateAndBlanksAroundThemDoNotCount() throws Exception {
    assertThat(SupplierSpecification.parseChain("k", " context , env:A:B,password "))
        .containsExactly(
            new SupplierSpecification("context", null),
            new SupplierSpecification("env", "A:B"),
            new SupplierSpecification("password", null));
  }

  @Test
  void commaWithinDoubleQuotesBelongsToTheArgument() throws Exception {
    assertThat(SupplierSpecification.parseChain("k", "command:tool \"a, b\" c,file:\"/x,y\""))
        .containsExactly(
            new SupplierSpecification("command", "tool \"a, b\" c"),
            new SupplierSpecification("file", "\"/x,y\""));
  }

  @Test
  void quotesAroundTheWholeArgumentCanBeTakenOff() {
    assertThat(new SupplierSpecification("file", "\"/x,y\"").unquotedArgument()).isEqualTo("/x,y");
    assertThat(SupplierSpecification.unquoted("\"a\" \"b\"")).isEqualTo("\"a\" \"b\"");
    assertThat(SupplierSpecification.unquoted("\"")).isEqualTo("\"");
    assertThat(new SupplierSpecification("context", null).unquotedArgument()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "context,", ",context", "context,,password", "Context", "a b", "x:\"y"})
  void anythingElseIsRefused(String chain) {
    SQLException failure =
        catchThrowableOfType(
            SQLException.class, () -> SupplierSpecification.parseChain("k", chain));
    assertFailure(failure).isNotNull();
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-002");
  }

  @Test
  void argumentIsNotShown() {
    assertThat(new SupplierSpecification("command", "tool --key s3cret")).hasToString("command:…");
  }
}

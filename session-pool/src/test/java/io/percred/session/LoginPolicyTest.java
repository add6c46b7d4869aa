package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.PercredError;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginPolicyTest {
  private final TestContext context = new TestContext();

  @Test
  void anonymousIsRefusedBeforeAnythingIsOpened() {
    context.with("percred.on-missing", "anonymous");
    assertThatThrownBy(() -> LoginPolicy.check(context.settings()))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-311");
              assertThat(e.getSQLState()).isEqualTo("22023");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"reject", "shared", "service"})
  void whatEndsInALoginOrARefusalIsAllowed(String policy) {
    context.with("percred.on-missing", policy);
    assertThatCode(() -> LoginPolicy.check(context.settings())).doesNotThrowAnyException();
  }

  @Test
  void rejectIsTheDefault() {
    assertThatCode(() -> LoginPolicy.check(context.settings())).doesNotThrowAnyException();
  }
}

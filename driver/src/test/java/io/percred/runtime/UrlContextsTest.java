package io.percred.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.Percred;
import io.percred.spi.AdapterContext;
import io.percred.spi.ContextProvider;
import io.percred.spi.VendorReading;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contexts for connections that a vendor's driver opens. */
class UrlContextsTest {
  private static final String URL = "jdbc:recording://h/db";
  private static final VendorReading READING =
      new VendorReading(
          List.of(),
          List.of(new VendorReading.Host("host", 1)),
          new VendorReading.Secrecy(null, null, Map.of(), null));
  private final ContextProvider contexts =
      ServiceLoader.load(ContextProvider.class).findFirst().orElseThrow();

  @Test
  void configurationIsReadAsOfAUrl() throws Exception {
    AdapterContext context =
        contexts.context(URL, READING, "percred.prefix=a%20b&percred.on-missing=shared");

    assertThat(context.settings().toString()).contains("percred.prefix", "percred.on-missing");
    assertThat(context.resolver().hasCaller()).isFalse();
    assertThat(context.clock()).isNotNull();
  }

  @Test
  void connectionsOfOneConfigurationShareWhatItKeeps() throws Exception {
    String configuration = "percred.prefix=shared";
    Object one = contexts.context(URL, READING, configuration).shared(Object.class, Object::new);
    assertThat(contexts.context(URL, READING, configuration).shared(Object.class, Object::new))
        .isSameAs(one);
    assertThat(
            contexts
                .context(URL, READING, "percred.prefix=other")
                .shared(Object.class, Object::new))
        .isNotSameAs(one);
  }

  @ParameterizedTest
  @CsvSource({
    "ssl=true,PERCRED-001",
    "'',PERCRED-001",
    "percred.nothing=1,PERCRED-001",
    "percred.supplier=password,PERCRED-018",
    "percred.supplier=property:x,PERCRED-018",
    "percred.login.password=env:PERCRED_X,PERCRED-018",
    "percred.login.password=x,PERCRED-003",
  })
  void wrongConfigurationsAreRefused(String configuration, String code) {
    SQLException refused =
        catchThrowableOfType(
            SQLException.class, () -> contexts.context(URL, READING, configuration));
    assertThat(Percred.codeOf(refused)).as(String.valueOf(refused)).isEqualTo(code);
    assertThat(refused.getSQLState()).isEqualTo("22023");
  }
}

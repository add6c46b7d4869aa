package io.percred.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.TokenSupplierProvider;
import java.util.HashSet;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProvidersTest {
  @Test
  void suppliersAndVerifiersAreFoundByName() {
    assertThat(ServiceLoader.load(TokenSupplierProvider.class))
        .extracting(TokenSupplierProvider::name)
        .containsExactlyInAnyOrder(
            "client-credentials", "refresh-token", "token-exchange", "jwt-bearer", "command");
    assertThat(ServiceLoader.load(CredentialVerifierProvider.class))
        .extracting(CredentialVerifierProvider::name)
        .containsExactlyInAnyOrder("jwt", "introspection", "remote", "by-kind");
  }

  @Test
  void everyPropertyIsPublishedExceptTheDrivers() {
    Set<PropertyDescriptor> published = new HashSet<>();
    ServiceLoader.load(TokenSupplierProvider.class).forEach(p -> published.addAll(p.properties()));
    ServiceLoader.load(CredentialVerifierProvider.class)
        .forEach(p -> published.addAll(p.properties()));

    Set<PropertyDescriptor> own = new HashSet<>(Set.of(TokensProperty.values()));
    own.remove(TokensProperty.TOKEN_SKEW);
    assertThat(published).isEqualTo(own);
  }

  @Test
  void serviceAccountHasATwinOfEveryOauthProperty() {
    Stream<String> expected =
        Stream.of(TokensProperty.values())
            .map(TokensProperty::key)
            .filter(key -> key.startsWith("percred.oauth."))
            .map(key -> key.replace("percred.oauth.", "percred.service.oauth."));
    assertThat(Stream.of(TokensProperty.values()).map(TokensProperty::key))
        .containsAll(expected.toList());
  }

  @ParameterizedTest
  @EnumSource(TokensProperty.class)
  void propertiesAreDescribedAndTheirDefaultsAreAllowed(TokensProperty property) {
    assertThat(property.description()).endsWith(".");
    assertThat(property.key()).startsWith("percred.").isLowerCase();
    if (property.defaultValue() != null) {
      assertThat(property.type().accepts(Objects.requireNonNull(property.defaultValue()))).isTrue();
    }
    assertThat(property.sensitive())
        .isEqualTo(property.key().matches(".*(secret|client-certificate)"))
        .isEqualTo(property.type() instanceof PropertyType.Secret);
  }

  @ParameterizedTest
  @EnumSource(TokensError.class)
  void errorsHaveNumbersOfThisModuleAndCanBeFilled(TokensError error) {
    assertThat(error.number()).isBetween(500, 599);
    assertThat(Stream.of(TokensError.values()).filter(e -> e.number() == error.number()))
        .hasSize(1);
    assertThat(error.sqlState()).isIn("22023", "28000", "58000");
    long placeholders =
        Pattern.compile("\\{[a-zA-Z-]+}")
            .matcher(error.message() + error.remedy())
            .results()
            .count();
    Object[] arguments = Stream.generate(() -> "x").limit(placeholders).toArray();
    PercredError filled = PercredError.of(error, arguments);
    assertThat(filled.message() + filled.remedy()).doesNotContain("{");
  }
}

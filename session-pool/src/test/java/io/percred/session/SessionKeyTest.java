package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens of one principal share sessions. */
class SessionKeyTest {
  private final TestContext context = new TestContext();

  @ParameterizedTest
  @ValueSource(
      strings = {"groups", "roles", "scope", "scp", "realm_access", "acr", "tenant", "wids"})
  void claimThatRightsMayHangOnTellsSessionsApart(String claim) {
    Credential more = token("1", Map.of("sub", "alice", claim, List.of("admin", "reader")));
    Credential fewer = token("2", Map.of("sub", "alice", claim, List.of("reader")));
    Credential none = token("3", Map.of("sub", "alice"));

    assertThat(key(more)).isNotEqualTo(key(fewer)).isNotEqualTo(key(none));
    assertThat(key(fewer)).isNotEqualTo(key(none));
    assertThat(key(more)).isEqualTo(key(token("4", Map.copyOf(claims(more)))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"exp", "iat", "nbf", "jti", "auth_time", "nonce", "uti"})
  void claimOfOneTokenDoesNot(String claim) {
    Credential first = token("1", Map.of("sub", "alice", claim, 1));
    Credential second = token("2", Map.of("sub", "alice", claim, 2));

    assertThat(key(first))
        .isEqualTo(key(second))
        .isEqualTo(key(token("3", Map.of("sub", "alice"))));
  }

  @Test
  void claimWithinAnObjectCounts() {
    Credential admin = token("1", Map.of("realm_access", Map.of("roles", List.of("admin"))));
    Credential reader = token("2", Map.of("realm_access", Map.of("roles", List.of("reader"))));

    assertThat(key(admin)).isNotEqualTo(key(reader));
  }

  @Test
  void onlyNamedClaimsCountIfSomeAreNamed() {
    context.with(SessionProperty.KEY_CLAIMS, "groups, scope");
    Credential first = token("1", Map.of("groups", "a", "device", "phone"));
    Credential second = token("2", Map.of("groups", "a", "device", "desk"));
    Credential third = token("3", Map.of("groups", "b", "device", "desk"));

    assertThat(key(first)).isEqualTo(key(second)).isNotEqualTo(key(third));
  }

  @Test
  void tokenWithoutClaimsIsNotOneWithNone() {
    assertThat(key(Credential.of("1", "alice"))).isNotEqualTo(key(token("2", Map.of())));
  }

  private SessionKey key(Credential credential) {
    return SessionKey.of(credential, "shape", KeyClaims.of(context.settings()));
  }

  private static Map<String, Object> claims(Credential credential) {
    Map<String, Object> claims = credential.claims();
    return claims == null ? new HashMap<>() : claims;
  }

  private static Credential token(String token, Map<String, Object> claims) {
    return Credential.of(token, "alice").withClaims(claims);
  }
}

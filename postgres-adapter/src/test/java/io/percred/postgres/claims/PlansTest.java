package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan;
import io.percred.postgres.wire.BindingPlan.UnboundException;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.Request;
import io.percred.spi.Resolution;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlansTest {
  private static final Request REQUEST =
      new Request(
          "GET",
          "/rows",
          new LinkedHashMap<>(Map.of("Cookie", "a=b", "X-Y", "z\"")),
          Map.of("a", "b"));

  @Test
  void claimsAreBoundInTheOrderOfPostgrest() throws Exception {
    PlanExtras extras =
        new PlanExtras(
            new CallerSettings(Map.of("app.tenant", "attribute:tenant"), "", new Unvouched()),
            new ClaimsSource(false),
            "SELECT \"a\".\"b\"()",
            false);
    ClaimsPlan plan =
        new ClaimsPlan(extras, rules(true, "api, public"), roleSettings(), PlansTest::granted);
    Caller caller = new Caller(null, Map.of("tenant", "7"), REQUEST);
    Binding binding = plan.bind(bind(vouched(Map.of("role", "web")), caller));
    assertThat(pairs(binding))
        .containsExactly(
            "search_path=api, public",
            "role=none",
            "statement_timeout=2s",
            "role=web",
            "request.jwt.claims={\"role\":\"web\"}",
            "request.jwt.claim.role=web",
            "request.method=GET",
            "request.path=/rows",
            "request.headers={\"x-y\":\"z\\\"\"}",
            "request.cookies={\"a\":\"b\"}",
            "app.tenant=7");
    assertThat(binding.call()).isEqualTo("SELECT \"a\".\"b\"()");
    assertThat(plan.switchesRole()).isTrue();
    assertThat(plan.managedNames())
        .contains("role", "search_path", "request.jwt.claims", "app.tenant")
        .doesNotContain("statement_timeout");
  }

  @Test
  void everyManagedNameIsBoundForWhoeverComes() throws Exception {
    ClaimsPlan plan = claims(false);
    for (Resolution resolution :
        List.of(
            bind(vouched(Map.of("role", "web")), Caller.NONE),
            new Resolution.Anonymous(),
            new Resolution.Shared())) {
      assertThat(plan.bind(resolution).names()).containsAll(plan.managedNames());
    }
    assertThat(pairs(plan.bind(new Resolution.Shared())))
        .containsExactly(
            "role=none",
            "request.jwt.claims=",
            "request.method=",
            "request.path=",
            "request.headers=",
            "request.cookies=");
  }

  @Test
  void sessionIsOwnedByEverythingButTheToken() {
    ClaimsPlan plan = claims(false);
    Object web = plan.owner(bind(vouched(Map.of("role", "web", "exp", 1)), Caller.NONE));
    Map<String, Object> renewed = Map.of("role", "web", "exp", 2, "iat", 1, "nbf", 1, "jti", "x");
    assertThat(plan.owner(bind(vouched(renewed), Caller.NONE))).isNotNull().isEqualTo(web);
    assertThat(plan.owner(bind(vouched(Map.of("role", "web", "org", 2)), Caller.NONE)))
        .isNotEqualTo(web);
    assertThat(plan.owner(bind(vouched(Map.of("role", "app")), Caller.NONE))).isNotEqualTo(web);
    assertThat(plan.owner(bind(Credential.of("token"), Caller.NONE))).as("cannot bind").isNull();
    assertThat(plan.owner(new Resolution.Anonymous())).isNotEqualTo(web);
    assertThat(plan.owner(new Resolution.Shared())).isNotEqualTo(web);
  }

  @Test
  void sessionIsOwnedByWhatSettingsHoldOfTheCaller() throws Exception {
    CallerSettings settings =
        new CallerSettings(
            new LinkedHashMap<>(
                Map.of(
                    "app.token",
                    "token",
                    "app.tenant",
                    "attribute:tenant",
                    "app.org",
                    "claim:org")),
            "Bearer",
            new Unvouched());
    PlanExtras extras = new PlanExtras(settings, new ClaimsSource(false), null, false);
    for (BindingPlan plan :
        List.of(
            new SettingPlan(extras),
            new ClaimsPlan(extras, rules(true, null), roleSettings(), PlansTest::granted))) {
      Object acme = plan.owner(of("t1", "acme", 1));
      assertThat(plan.owner(of("t2", "acme", 1))).isNotNull().isEqualTo(acme);
      assertThat(plan.owner(of("t1", "globex", 1))).isNotEqualTo(acme);
      assertThat(plan.owner(of("t1", "acme", 2))).isNotEqualTo(acme);
      assertThat(String.valueOf(acme)).doesNotContain("t1");
    }
  }

  private static Resolution of(String token, String tenant, int org) {
    return bind(
        Credential.of(token, "alice").withClaims(Map.of("role", "web", "org", org)),
        new Caller(null, Map.of("tenant", tenant), null));
  }

  @Test
  void anonymousKeepsItsRequest() throws Exception {
    Binding binding =
        claims(true).bind(new Resolution.Anonymous(new Caller(null, Map.of(), REQUEST)));
    assertThat(pairs(binding))
        .startsWith("role=anon", "request.jwt.claims={\"role\":\"anon\"}")
        .contains("request.path=/rows");
  }

  @Test
  void missingRoleIsAnonymousOnlyIfThatIsThePolicy() throws Exception {
    Resolution nobody = bind(vouched(Map.of("sub", "x")), Caller.NONE);
    assertThat(pairs(claims(true).bind(nobody)))
        .startsWith("role=anon", "request.jwt.claims={\"sub\":\"x\",\"role\":\"anon\"}");
    assertThat(refusal(claims(false), nobody)).isEqualTo("PERCRED-212");
  }

  @Test
  void badRolesAreRefusedAndShownHarmlessly() {
    Map<String, Object> none = new LinkedHashMap<>();
    none.put("role", null);
    assertThat(refusal(claims(true), bind(vouched(none), Caller.NONE))).isEqualTo("PERCRED-213");
    UnboundException refused =
        unbound(
            claims(true), bind(vouched(Map.of("role", "a\u202e\n" + "b".repeat(99))), Caller.NONE));
    assertThat(refused.error().message())
        .contains("\"a??" + "b".repeat(60) + "…\"")
        .doesNotContain("\u202e");
  }

  @Test
  void claimsThatNobodyVouchedForAreRefused() {
    Credential bare = Credential.of(jwt("{\"role\":\"web\"}"), "alice");
    assertThat(refusal(claims(true), bind(bare, Caller.NONE))).isEqualTo("PERCRED-211");
  }

  @Test
  void waiverReadsTheTokenUnlessSomebodyVouches() throws Exception {
    PlanExtras waived =
        new PlanExtras(
            new CallerSettings(Map.of(), "", new Unvouched()), new ClaimsSource(true), null, false);
    ClaimsPlan plan =
        new ClaimsPlan(waived, rules(false, null), roleSettings(), PlansTest::granted);
    Credential bare = Credential.of(jwt("{\"role\":\"web\"}"));
    assertThat(pairs(plan.bind(bind(bare, Caller.NONE)))).contains("role=web");
    assertThat(pairs(plan.bind(bind(bare.withClaims(Map.of("role", "app")), Caller.NONE))))
        .contains("role=app");
    for (String bad : List.of("x", "a.b", "a.b.c.d", "a.!.c", jwt("[]"), jwt("{"))) {
      UnboundException refused = unbound(plan, bind(Credential.of(bad), Caller.NONE));
      assertThat(refused.error().code().stableCode()).isEqualTo("PERCRED-215");
      assertThat(refused.error().cause()).as("it would quote the token").isNull();
    }
  }

  @Test
  void claimsThatAreNoJsonAreRefused() {
    Credential odd = vouched(Map.of("role", "web", "x", new Object()));
    assertThat(refusal(claims(false), bind(odd, Caller.NONE))).isEqualTo("PERCRED-214");
    SettingPlan plan = setting(Map.of("app.x", "claim:x"), false);
    assertThat(refusal(plan, bind(odd, Caller.NONE))).isEqualTo("PERCRED-214");
  }

  @Test
  void legacyClaimsThatAreGoneAreEmptied() throws Exception {
    PlanExtras extras =
        new PlanExtras(
            new CallerSettings(Map.of(), "", new Unvouched()),
            new ClaimsSource(false),
            null,
            false);
    ClaimsPlan plan = new ClaimsPlan(extras, rules(true, null), roleSettings(), PlansTest::granted);
    Map<String, Object> first = new LinkedHashMap<>();
    first.put("role", "web");
    first.put("ROLE", "admin");
    first.put("Org", List.of(1));
    first.put("a-b", "not a name");
    assertThat(pairs(plan.bind(bind(vouched(first), Caller.NONE))))
        .contains("request.jwt.claim.org=[1]", "request.jwt.claim.role=web")
        .noneMatch(pair -> pair.contains("admin") && pair.startsWith("request.jwt.claim."));
    assertThat(pairs(plan.bind(bind(vouched(Map.of("role", "web")), Caller.NONE))))
        .contains("request.jwt.claim.org=");
    assertThat(pairs(plan.bind(new Resolution.Shared())))
        .contains("request.jwt.claim.org=", "request.jwt.claim.role=");
  }

  @Test
  void namesThatSomebodyMakesUpDoNotPileUp() throws Exception {
    PlanExtras extras =
        new PlanExtras(
            new CallerSettings(Map.of(), "", new Unvouched()),
            new ClaimsSource(false),
            null,
            false);
    ClaimsPlan plan = new ClaimsPlan(extras, rules(true, null), roleSettings(), PlansTest::granted);
    for (int i = 0; i < 300; i++) {
      Binding binding =
          plan.bind(bind(vouched(Map.of("role", "web", "claim" + i, "x")), Caller.NONE));
      assertThat(pairs(binding)).contains("request.jwt.claim.claim" + i + "=x");
      assertThat(binding.names()).hasSizeLessThan(120);
    }
  }

  @Test
  void settingsAreEmptyWhereNothingIsKnown() throws Exception {
    Map<String, String> named = new LinkedHashMap<>();
    named.put("app.token", "token");
    named.put("app.who", "principal");
    named.put("app.tenant", "attribute:tenant");
    named.put("app.org", "claim:org");
    SettingPlan plan = setting(named, true);
    assertThat(plan.switchesRole()).isFalse();
    assertThat(plan.managedNames()).isEqualTo(named.keySet());
    assertThat(plan.guardedNames()).contains("role", "session_authorization", "app.who");
    Credential known = Credential.of("t", "alice").withClaims(Map.of("org", 7));
    assertThat(pairs(plan.bind(bind(known, new Caller(known, Map.of("tenant", "b"), null)))))
        .containsExactly("app.token=Bearer t", "app.who=alice", "app.tenant=b", "app.org=7");
    assertThat(pairs(plan.bind(bind(Credential.of("t"), Caller.NONE))))
        .containsExactly("app.token=Bearer t", "app.who=", "app.tenant=", "app.org=");
    assertThat(pairs(plan.bind(new Resolution.Anonymous())))
        .containsExactly("app.token=", "app.who=", "app.tenant=", "app.org=");
  }

  @Test
  void valueThatPostgresCannotStoreIsRefused() {
    SettingPlan plan = setting(Map.of("app.token", "token"), false);
    assertThat(refusal(plan, bind(Credential.of("a\0b"), Caller.NONE))).isEqualTo("PERCRED-204");
    assertThat(plan.guardedNames()).isEmpty();
  }

  private static ClaimsPlan claims(boolean anonymousIfMissing) {
    PlanExtras extras =
        new PlanExtras(
            new CallerSettings(Map.of(), "", new Unvouched()), new ClaimsSource(false), null, true);
    ClaimsRules rules =
        new ClaimsRules(
            ClaimPath.parse("role"), new RoleRules(null), "anon", anonymousIfMissing, false, null);
    ClaimsPlan plan =
        new ClaimsPlan(extras, rules, RoleSettings.lasting(Duration.ZERO, UTC), PlansTest::granted);
    assertThat(plan.guardedNames()).contains("role", "session_authorization", "request.");
    return plan;
  }

  private static final Clock UTC = Clock.systemUTC();

  private static ClaimsRules rules(boolean legacy, @Nullable String searchPath) {
    return new ClaimsRules(
        ClaimPath.parse("role"), new RoleRules(null), "anon", false, legacy, searchPath);
  }

  private static RoleSettings.Granted granted() {
    return new RoleSettings.Granted("login", Map.of());
  }

  private static RoleSettings roleSettings() throws SQLException {
    RoleSettings settings = RoleSettings.lasting(Duration.ofMinutes(1), UTC);
    settings.connecting(
        () ->
            new RoleSettings.Granted(
                "login",
                Map.of(
                    "web",
                    List.of(
                        new RoleSetting("statement_timeout", "2s"),
                        new RoleSetting("request.jwt.claims", "never")))));
    return settings;
  }

  private static SettingPlan setting(Map<String, String> named, boolean guarded) {
    return new SettingPlan(
        new PlanExtras(
            new CallerSettings(named, guarded ? "Bearer" : "", new Unvouched()),
            new ClaimsSource(false),
            null,
            guarded));
  }

  private static Credential vouched(Map<String, Object> claims) {
    return Credential.of("token", "alice").withClaims(claims);
  }

  private static Resolution bind(Credential credential, Caller caller) {
    return new Resolution.Bind(credential, caller, false);
  }

  private static List<String> pairs(Binding binding) {
    List<String> pairs = new java.util.ArrayList<>();
    for (int i = 0; i < binding.names().size(); i++) {
      pairs.add(binding.names().get(i) + "=" + binding.values().get(i));
    }
    return pairs;
  }

  private static String refusal(BindingPlan plan, Resolution resolution) {
    return unbound(plan, resolution).error().code().stableCode();
  }

  private static UnboundException unbound(BindingPlan plan, Resolution resolution) {
    UnboundException refused =
        catchThrowableOfType(UnboundException.class, () -> plan.bind(resolution));
    if (refused == null) {
      throw new AssertionError("It was bound");
    }
    return refused;
  }

  private static String jwt(String payload) {
    return "e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(payload.getBytes(StandardCharsets.UTF_8))
        + ".x";
  }
}

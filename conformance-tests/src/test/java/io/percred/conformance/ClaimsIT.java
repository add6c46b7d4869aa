package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CallerContext;
import io.percred.Percred;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may vouch for claims, and what else is bound in modes claims and setting. */
class ClaimsIT extends ClaimsCallers {
  private static final String NOTHING_VERIFIES = "none";

  @Test
  void claimsThatNobodyCouldVouchForAreRefusedAtConnect() {
    SQLException refused =
        failure(() -> claims("percred.verifier", NOTHING_VERIFIES, "percred.supplier", "password"));
    assertThat(refused.getSQLState()).isEqualTo("22023");
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-210");
    assertThat(
            Percred.codeOf(
                failure(
                    () ->
                        claims(
                            "percred.mode", "setting",
                            "percred.setting.app.tenant", "claim:org",
                            "percred.verifier", NOTHING_VERIFIES,
                            "percred.supplier", "env:PERCRED_X, password",
                            "percred.url.trusted", "true"))))
        .isEqualTo("PERCRED-210");
  }

  @Test
  void claimsOfTheApplicationNeedNoVerifier() throws Exception {
    Connection connection = claims("percred.verifier", NOTHING_VERIFIES);
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", "alice");
    claims.put("role", "web_blue");
    claims.put("scope", List.of("read", "write"));
    claims.put("admin", false);
    Credential vouched = Credential.of("opaque").withClaims(claims);
    assertThat(asked(connection, vouched, ROLE)).isEqualTo("web_blue");
    assertThat(asked(connection, vouched, CLAIMS))
        .isEqualTo(
            "{\"sub\":\"alice\",\"role\":\"web_blue\",\"scope\":[\"read\",\"write\"],"
                + "\"admin\":false}");
  }

  @Test
  void tokenThatNobodyVerifiedIsNeverBound() throws Exception {
    Connection connection = claims("percred.verifier", NOTHING_VERIFIES);
    for (Credential forged :
        List.of(forged("web_red"), withRole("web_red"), Credential.of("x", "alice"))) {
      SQLException refused = as(forged, () -> failure(() -> ask(connection, ROLE)));
      assertThat(refused.getSQLState()).isEqualTo("28000");
      assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-211");
    }
    assertThat(Percred.codeOf(as(forged("web_red"), () -> failure(() -> ask(claims(), ROLE)))))
        .isEqualTo("PERCRED-111");
  }

  @Test
  void waiverTakesClaimsFromTheTokenItself() throws Exception {
    Connection connection =
        claims("percred.verifier", NOTHING_VERIFIES, "percred.claims.unverified", "true");
    assertThat(asked(connection, forged("web_red"), ROLE)).isEqualTo("web_red");
    assertThat(asked(connection, forged("web_red"), CLAIMS))
        .isEqualTo("{\"role\":\"web_red\",\"n\":12345678901234567890.10}");
    for (String unreadable : List.of("opaque", "a.b.c", "a.b", "e30.eyJ9.x")) {
      SQLException refused =
          as(Credential.of(unreadable), () -> failure(() -> ask(connection, ROLE)));
      assertThat(Percred.codeOf(refused)).as(unreadable).isEqualTo("PERCRED-215");
    }
    SQLException none = as(forged("none"), () -> failure(() -> ask(connection, ROLE)));
    assertThat(Percred.codeOf(none)).isEqualTo("PERCRED-213");
  }

  @Test
  void sharedLoginHasNoRoleAndNoClaimsOfAnybody() throws Exception {
    Connection connection =
        claims("percred.on-missing", "shared", "percred.setting.app.tenant", "claim:sub");
    String tenant = "select current_setting('app.tenant', true)";
    assertThat(asked(connection, withRole("web_red"), tenant)).isEqualTo("somebody");
    // Even if a caller's SQL has left something behind for the session.
    as(
        withRole("web_red"),
        () -> {
          execute(connection, "set role web_red");
          return ask(connection, "select set_config('request.jwt.claims', 'left', false)");
        });
    assertThat(ask(connection, ROLE)).isEqualTo("authenticator");
    assertThat(ask(connection, CLAIMS)).isEmpty();
    assertThat(ask(connection, tenant)).isEmpty();
  }

  @Test
  void serviceScopeHasTheRoleOfItsOwnCredential() throws Exception {
    Connection connection =
        claims(
            "percred.service.supplier",
            "property:serviceToken",
            "serviceToken",
            withRole("web_blue").token());
    var service = CallerContext.service();
    try {
      assertThat(ask(connection, ROLE)).isEqualTo("web_blue");
    } finally {
      service.close();
    }
    assertThat(asked(connection, withRole("web_red"), ROLE)).isEqualTo("web_red");
    assertRefused(() -> ask(connection, ROLE));
  }

  @Test
  void settingsComeFromClaimsAttributesAndPrincipalInBothModes() throws Exception {
    for (String mode : new String[] {"claims", "setting"}) {
      Connection connection =
          claims(
              "percred.mode", mode,
              "percred.setting.app.org", "claim:org.ids[1]",
              "percred.setting.app.plan", "claim:plan",
              "percred.setting.app.tenant", "attribute:tenant",
              "percred.setting.app.who", "principal",
              "percred.setting.app.copy", "token",
              "percred.prefix", "Bearer");
      String bound =
          "select array[current_setting('app.org', true), current_setting('app.plan', true),"
              + " current_setting('app.tenant', true), current_setting('app.who', true),"
              + " current_setting('app.copy', true)]::text";
      Credential first =
          token(
              "{\"sub\":\"s\",\"role\":\"web_red\",\"org\":{\"ids\":[1,2]},"
                  + "\"plan\":{\"name\":\"p\"}}");
      assertThat(as(new Caller(first, Map.of("tenant", "t"), null), () -> ask(connection, bound)))
          .as(mode)
          .isEqualTo(
              "{2,\"{\\\"name\\\":\\\"p\\\"}\",t,\"s - -\",\"Bearer " + first.token() + "\"}");
      Credential second = token("{\"role\":\"web_blue\"}");
      assertThat(as(second, () -> ask(connection, bound)))
          .as(mode)
          .isEqualTo("{\"\",\"\",\"\",\"\",\"Bearer " + second.token() + "\"}");
    }
  }

  @Test
  void preRequestRunsInModeSettingToo() throws Exception {
    database.asSuperuser(
        """
        create or replace function pin() returns void language plpgsql security definer as $$
        begin
          if current_setting('app.api_token') = 'bad' then
            raise sqlstate 'PT401' using message = 'bad token';
          end if;
          perform set_config('app.pinned', 'by ' || session_user, true);
        end $$
        """);
    Connection connection =
        claims(
            "percred.mode",
            "setting",
            "percred.verifier",
            NOTHING_VERIFIES,
            "percred.pre-request",
            "public.pin");
    String pinned = "select current_setting('app.pinned', true)";
    assertThat(asked(connection, ALICE, pinned)).isEqualTo("by authenticator");
    SQLException raised = as(Credential.of("bad"), () -> failure(() -> ask(connection, pinned)));
    assertThat(raised.getSQLState()).isEqualTo("PT401");
    assertThat(raised.getMessage()).startsWith("ERROR: bad token");
    assertThat(asked(connection, BOB, pinned)).isEqualTo("by authenticator");
  }

  @Test
  void preRequestThatDoesNotExistIsTheServersError() throws Exception {
    Connection connection = claims("percred.pre-request", "public.Note_Visit");
    as(withRole("web_red"), () -> assertFails("42883", () -> ask(connection, ROLE)));
  }

  @Test
  void searchPathIsSetOnlyIfConfigured() throws Exception {
    String path = "select current_setting('search_path')";
    assertThat(asked(claims("percred.search-path", "pg_temp, public"), withRole("web_red"), path))
        .isEqualTo("pg_temp, public");
    assertThat(asked(claims(), withRole("web_red"), path)).isEqualTo("\"$user\", public");
  }

  @Test
  void propertiesThatCannotWorkAreRefused() {
    for (List<String> wrong :
        List.of(
            List.of("percred.setting.request.jwt.claims", "claim:x", "PERCRED-217"),
            List.of("percred.allowed-roles", "/(/", "PERCRED-217"),
            List.of("percred.anonymous-role", "none", "PERCRED-217"),
            List.of("percred.pre-request", "validate", "PERCRED-002"),
            List.of("percred.pre-request", "a.b()", "PERCRED-002"),
            List.of("percred.role-claim", "a..b", "PERCRED-002"),
            List.of("percred.setting.app.tenant", "clam:x", "PERCRED-002"),
            List.of("percred.guard", "yes", "PERCRED-002"))) {
      SQLException refused = failure(() -> claims(wrong.get(0), wrong.get(1)));
      assertThat(Percred.codeOf(refused)).as(wrong.toString()).isEqualTo(wrong.get(2));
      assertThat(refused.getSQLState()).isEqualTo("22023");
    }
  }

  private static Credential forged(String role) {
    return Credential.of(
        part("{\"alg\":\"none\"}")
            + "."
            + part("{\"role\":\"" + role + "\",\"n\":12345678901234567890.10}")
            + "."
            + part("x"));
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}

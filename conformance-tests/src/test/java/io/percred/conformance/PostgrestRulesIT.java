package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.Request;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** PostgREST's rules, row by row: settings and their values, role settings, tokens, roles. */
class PostgrestRulesIT extends ClaimsCallers {
  private static final String HEADERS = "select current_setting('request.headers', true)";

  /**
   * What a setting holds in a transaction of web_red who came with a request.
   *
   * @param rule what the row is about
   * @param query reads it
   * @param expected as text
   */
  record Setting(String rule, String query, String expected) {
    @Override
    public String toString() {
      return rule;
    }
  }

  static Stream<Setting> settings() {
    return Stream.of(
        new Setting("role is the claim's", "select current_user", "web_red"),
        new Setting("session stays the login role's", "select session_user", "authenticator"),
        new Setting(
            "role setting is applied", "select current_setting('statement_timeout')", "31s"),
        new Setting(
            "a second role setting is applied", "select current_setting('timezone')", "Asia/Tokyo"),
        new Setting("another role's setting is not", "select current_setting('lock_timeout')", "0"),
        new Setting(
            "claims are the decoded object",
            "select current_setting('request.jwt.claims', true)",
            "{\"sub\":\"alice\",\"role\":\"web_red\",\"n\":{\"deep\":[1,2.5,true,null]},"
                + "\"text\":\"it's \\\"quoted\\\" \\\\ \\u0007 ü 漢\"}"),
        new Setting(
            "claims survive a cast",
            "select current_setting('request.jwt.claims', true)::jsonb -> 'n' ->> 'deep'",
            "[1, 2.5, true, null]"),
        new Setting("method", "select current_setting('request.method', true)", "GET"),
        new Setting("path", "select current_setting('request.path', true)", "/paint"),
        new Setting(
            "header names are folded",
            "select current_setting('request.headers', true)::json ->> 'x-forwarded-for'",
            "192.0.2.1"),
        new Setting(
            "the raw token is in the headers",
            "select left(current_setting('request.headers', true)::json ->> 'authorization', 7)",
            "Bearer "),
        new Setting(
            "cookies are not among the headers",
            "select count(*) from json_object_keys(current_setting('request.headers', true)::json)"
                + " k where k = 'cookie'",
            "0"),
        new Setting(
            "cookies", "select current_setting('request.cookies', true)", "{\"session\":\"c'1\"}"),
        new Setting(
            "search_path is left alone",
            "select current_setting('search_path')",
            "\"$user\", public"),
        new Setting(
            "isolation is left alone",
            "select current_setting('transaction_isolation')",
            "read committed"));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void settingHoldsWhatPostgrestSets(Setting row) throws Exception {
    Credential token =
        token(
            "{\"sub\":\"alice\",\"role\":\"web_red\",\"n\":{\"deep\":[1,2.5,true,null]},"
                + "\"text\":\"it's \\\"quoted\\\" \\\\ \\u0007 ü 漢\"}");
    Request request =
        new Request(
            "GET",
            "/paint",
            Map.of(
                "Authorization", "Bearer " + token.token(),
                "X-Forwarded-For", "192.0.2.1",
                "Cookie", "session=c'1"),
            Map.of("session", "c'1"));
    Connection connection = claims();
    for (int i = 0; i < 2; i++) {
      assertThat(as(new Caller(token, Map.of(), request), () -> ask(connection, row.query())))
          .isEqualTo(row.expected());
    }
  }

  @Test
  void nothingOfTheRequestIsLeftForACallerWithoutOne() throws Exception {
    Connection connection = claims();
    Request request = new Request("POST", "/x", Map.of("a", "b"), Map.of("c", "d"));
    as(new Caller(withRole("web_red"), Map.of(), request), () -> ask(connection, HEADERS));
    for (String name : List.of("method", "path", "headers", "cookies")) {
      assertThat(
              asked(
                  connection,
                  withRole("web_blue"),
                  "select current_setting('request." + name + "', true)"))
          .isEmpty();
    }
  }

  /**
   * A role's settings come before the role: what only the login role may set would fail otherwise.
   */
  @Test
  void settingThatOnlyTheLoginRoleMaySetIsAppliedFromPostgres15() throws Exception {
    server.execute("postgres", "alter role web_blue set log_min_duration_statement = '77min'");
    try {
      boolean grantable = server.majorVersion() >= 15;
      if (grantable) {
        server.execute(
            "postgres", "grant set on parameter log_min_duration_statement to authenticator");
      }
      Connection connection = claims("percred.role-settings-ttl", "2m");
      assertThat(
              asked(
                  connection,
                  withRole("web_blue"),
                  "select current_setting('log_min_duration_statement')"))
          .isEqualTo(grantable ? "77min" : "-1");
      assertThat(
              asked(
                  connection,
                  withRole("web_red"),
                  "select current_setting('log_min_duration_statement')"))
          .isEqualTo("-1");
    } finally {
      server.execute("postgres", "alter role web_blue reset log_min_duration_statement");
      if (server.majorVersion() >= 15) {
        server.execute(
            "postgres", "revoke set on parameter log_min_duration_statement from authenticator");
      }
    }
  }

  @Test
  void settingsOfARoleAreReadAgainWhenTheirTimeIsOver() throws Exception {
    Connection connection = claimsInTime("percred.role-settings-ttl", "60s");
    server.execute("postgres", "alter role web_anon set statement_timeout = '7s'");
    try {
      Credential anon = withRole("web_anon");
      assertThat(asked(connection, anon, "select current_setting('statement_timeout')"))
          .isEqualTo("0");
      clock.advance(Duration.ofSeconds(61));
      assertThat(asked(connection, anon, "select current_setting('statement_timeout')"))
          .isEqualTo("7s");
    } finally {
      server.execute("postgres", "alter role web_anon reset statement_timeout");
    }
    Connection without = claims("percred.role-settings-ttl", "0");
    assertThat(asked(without, withRole("web_red"), "select current_setting('statement_timeout')"))
        .isEqualTo("0");
  }

  /**
   * A token, its fate, and why.
   *
   * @param rule what the row is about
   * @param claims in JSON, with %NOW+n% for times
   * @param sqlState null if it is good
   * @param code percred's, or null
   */
  record Token(String rule, String claims, @Nullable String sqlState, @Nullable String code) {
    static Token good(String rule, String claims) {
      return new Token(rule, claims, null, null);
    }

    static Token denied(String rule, String claims) {
      return new Token(rule, claims, "28000", "PERCRED-111");
    }

    @Override
    public String toString() {
      return rule;
    }
  }

  static Stream<Token> tokens() {
    return Stream.of(
        Token.good("no times at all", "{\"role\":\"web_red\"}"),
        Token.good("exp in the future", "{\"role\":\"web_red\",\"exp\":%NOW+60%}"),
        Token.good("exp less than 30 s ago", "{\"role\":\"web_red\",\"exp\":%NOW-30%.001}"),
        Token.denied("exp 31 s ago", "{\"role\":\"web_red\",\"exp\":%NOW-31%}"),
        Token.good("nbf in 30 s", "{\"role\":\"web_red\",\"nbf\":%NOW+30%}"),
        Token.denied("nbf in 31 s", "{\"role\":\"web_red\",\"nbf\":%NOW+31%}"),
        Token.good("iat in 30 s", "{\"role\":\"web_red\",\"iat\":%NOW+30%}"),
        Token.denied("iat in 31 s", "{\"role\":\"web_red\",\"iat\":%NOW+31%}"),
        Token.denied("exp is a text", "{\"role\":\"web_red\",\"exp\":\"soon\"}"),
        Token.denied("nbf is an object", "{\"role\":\"web_red\",\"nbf\":{}}"),
        Token.good("null counts as absent", "{\"role\":\"web_red\",\"exp\":null}"),
        Token.good("a fraction is a time", "{\"role\":\"web_red\",\"exp\":%NOW+60%.5}"),
        Token.good("aud is the string", "{\"role\":\"web_red\",\"aud\":\"shop\"}"),
        Token.good("aud holds it", "{\"role\":\"web_red\",\"aud\":[\"x\",\"shop\"]}"),
        Token.good("aud is absent", "{\"role\":\"web_red\"}"),
        Token.good("aud is null", "{\"role\":\"web_red\",\"aud\":null}"),
        Token.good("aud is empty", "{\"role\":\"web_red\",\"aud\":[]}"),
        Token.denied("aud is another", "{\"role\":\"web_red\",\"aud\":\"other\"}"),
        Token.denied("aud holds others", "{\"role\":\"web_red\",\"aud\":[\"x\"]}"),
        Token.denied("aud is a number", "{\"role\":\"web_red\",\"aud\":7}"));
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void tokenIsGoodOrNotAsForPostgrest(Token row) throws Exception {
    Connection connection = claimsInTime("percred.jwt.audience", "shop");
    assertFate(connection, row, "web_red");
  }

  static Stream<Token> roles() {
    return Stream.of(
        Token.good("a text", "{\"role\":\"web_red\"}"),
        new Token("none", "{\"role\":\"none\"}", "28000", "PERCRED-213"),
        new Token("none in capitals", "{\"role\":\"NONE\"}", "28000", "PERCRED-213"),
        new Token("empty", "{\"role\":\"\"}", "28000", "PERCRED-213"),
        new Token("null", "{\"role\":null}", "28000", "PERCRED-213"),
        new Token("64 bytes", "{\"role\":\"" + "r".repeat(64) + "\"}", "28000", "PERCRED-213"),
        new Token(
            "64 bytes in 32 characters",
            "{\"role\":\"" + "ü".repeat(32) + "\"}",
            "28000",
            "PERCRED-213"),
        new Token("a NUL character", "{\"role\":\"web_red\\u0000\"}", "28000", "PERCRED-213"),
        new Token("the login role", "{\"role\":\"authenticator\"}", "28000", "PERCRED-213"),
        new Token("missing", "{\"sub\":\"x\"}", "28000", "PERCRED-212"),
        new Token(
            "63 bytes, unknown", "{\"role\":\"" + "r".repeat(63) + "\"}", "42501", "PERCRED-203"),
        new Token("another case", "{\"role\":\"Web_Red\"}", "42501", "PERCRED-203"),
        new Token("a blank in front", "{\"role\":\" web_red\"}", "42501", "PERCRED-203"),
        new Token("a number is its text", "{\"role\":7}", "42501", "PERCRED-203"),
        new Token("an array is its JSON", "{\"role\":[\"web_red\"]}", "42501", "PERCRED-203"),
        new Token("not granted", "{\"role\":\"shop_owner\"}", "42501", "PERCRED-203"));
  }

  @ParameterizedTest
  @MethodSource("roles")
  void roleIsTakenOrRefused(Token row) throws Exception {
    assertFate(claimsInTime(), row, "web_red");
  }

  @Test
  void roleMayStandDeeperInTheClaims() throws Exception {
    Connection connection = claims("percred.role-claim", "$.app['https://x.example/roles'][1]");
    Credential token =
        token("{\"role\":\"service\",\"app\":{\"https://x.example/roles\":[\"a\",\"web_blue\"]}}");
    assertThat(asked(connection, token, ROLE)).isEqualTo("web_blue");
    assertThat(asked(connection, token, CLAIMS)).startsWith("{\"role\":\"web_blue\",\"app\":");
  }

  @Test
  void rolesMayBeLimited() throws Exception {
    Connection list = claims("percred.allowed-roles", "web_red, authenticator");
    assertThat(asked(list, withRole("web_red"), ROLE)).isEqualTo("web_red");
    assertThat(asked(list, withRole("authenticator"), ROLE)).isEqualTo("authenticator");
    refused(list, withRole("web_blue"), "PERCRED-213");
    Connection pattern = claims("percred.allowed-roles", "/web_(blue|anon)/");
    assertThat(asked(pattern, withRole("web_blue"), ROLE)).isEqualTo("web_blue");
    refused(pattern, withRole("web_red"), "PERCRED-213");
  }

  @Test
  void nobodyAndWhoeverHasNoRoleAreAnonymous() throws Exception {
    Connection connection =
        claims("percred.on-missing", "anonymous", "percred.anonymous-role", "web_anon");
    assertThat(ask(connection, ROLE)).isEqualTo("web_anon");
    assertThat(ask(connection, CLAIMS)).isEqualTo("{\"role\":\"web_anon\"}");
    assertThat(asked(connection, token("{\"sub\":\"x\"}"), ROLE)).isEqualTo("web_anon");
    assertThat(asked(connection, token("{\"sub\":\"x\"}"), CLAIMS))
        .isEqualTo("{\"sub\":\"x\",\"role\":\"web_anon\"}");
    assertThat(asked(connection, withRole("web_blue"), ROLE)).isEqualTo("web_blue");
    Request request = new Request("GET", "/x", Map.of("a", "b"), Map.of());
    assertThat(as(new Caller(null, Map.of(), request), () -> ask(connection, HEADERS)))
        .isEqualTo("{\"a\":\"b\"}");
    // A bad role is nobody's licence to be anonymous.
    refused(connection, withRole("none"), "PERCRED-213");
  }

  @Test
  void legacyClaimsAreSettingsOfTheirOwn() throws Exception {
    Connection connection = claims("percred.legacy-claims", "true");
    Credential first =
        token(
            "{\"sub\":\"a\",\"role\":\"web_red\",\"ROLE\":\"web_blue\",\"n\":{\"x\":1},\"a-b\":2}");
    assertThat(asked(connection, first, legacy("sub"))).isEqualTo("a");
    assertThat(asked(connection, first, legacy("role"))).isEqualTo("web_red");
    assertThat(asked(connection, first, legacy("n"))).isEqualTo("{\"x\":1}");
    // Even if a caller's SQL had left one behind for the session.
    as(first, () -> ask(connection, "select set_config('request.jwt.claim.n', 'left', false)"));
    assertThat(asked(connection, withRole("web_blue"), legacy("n"))).isEmpty();
  }

  private static String legacy(String claim) {
    return "select current_setting('request.jwt.claim." + claim + "', true)";
  }

  private void assertFate(Connection connection, Token row, String role) throws Exception {
    Credential token = token(timed(row.claims()));
    if (row.sqlState() == null) {
      assertThat(asked(connection, token, ROLE)).isEqualTo(role);
      return;
    }
    SQLException failed = as(token, () -> failure(() -> ask(connection, ROLE)));
    assertThat(failed.getSQLState()).as(failed.getMessage()).isEqualTo(row.sqlState());
    assertThat(Percred.codeOf(failed)).isEqualTo(row.code());
    assertThat(failed.getMessage()).doesNotContain(token.token());
    assertThat(asked(connection, withRole("web_blue"), ROLE)).isEqualTo("web_blue");
  }

  private static void refused(Connection connection, Credential caller, String code)
      throws Exception {
    SQLException failed = as(caller, () -> failure(() -> ask(connection, ROLE)));
    assertThat(failed.getSQLState()).isEqualTo("28000");
    assertThat(Percred.codeOf(failed)).isEqualTo(code);
  }

  /** Tokens tell times in whole seconds; percred counts milliseconds, where PostgREST rounds. */
  @BeforeEach
  void beginWithASecond() {
    Instant now = clock.instant();
    clock.advance(Duration.between(now, now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1)));
  }

  private String timed(String claims) {
    long now = clock.instant().getEpochSecond();
    return Pattern.compile("%NOW([+-]\\d+)%")
        .matcher(claims)
        .replaceAll(found -> Long.toString(now + Long.parseLong(found.group(1))));
  }
}

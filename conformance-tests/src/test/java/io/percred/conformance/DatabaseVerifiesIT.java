package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The SQL of docs/guides/database-verifies.md: the database verifies the token that percred binds.
 */
class DatabaseVerifiesIT extends PostgresIT {
  private static final byte[] SECRET =
      "a secret of 32 bytes or some more".getBytes(StandardCharsets.US_ASCII);
  private static final String COUNT = "select count(*) from note";

  @BeforeEach
  void installAndProtect() throws Exception {
    owner(script("uninstall.sql"), true);
    owner(script("install.sql"), true);
    owner(script("install.sql"), true);
    owner(
        "select percred.add_issuer_secret('https://issuer', 'k1', 'shop', '"
            + new String(SECRET, StandardCharsets.US_ASCII)
            + "')",
        true);
    owner(
        """
        create table note (owner text, body text);
        insert into note values ('ann', 'a'), ('ann', 'b'), ('ben', 'c');
        alter table note enable row level security;
        create policy own on note using (owner = (select percred.claim('sub')));
        """
            + "grant select on note to "
            + PostgresServer.APP.user(),
        false);
  }

  @Test
  void eachCallerSeesTheRowsOfItsToken() throws Exception {
    Connection connection = connectWith();
    for (int i = 0; i < 2; i++) {
      assertThat(count(connection, token("ann"))).isEqualTo(2);
      assertThat(count(connection, token("ben"))).isEqualTo(1);
      assertThat(count(connection, token("nobody known"))).isZero();
    }
  }

  /** What needs no signature is tried first by whoever forges. */
  @Test
  void forgedTokensSeeNothing() throws Exception {
    Connection connection = connectWith();
    String good = token("ann");
    String[] part = good.split("\\.", -1);
    String claims = claims("ben", "https://issuer", "\"shop\"", 300);
    for (String forged :
        new String[] {
          part[0] + "." + base64(claims) + "." + part[2],
          base64("{\"alg\":\"none\",\"kid\":\"k1\"}") + "." + base64(claims) + ".",
          hs256(
              "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
              claims,
              "another secret of 32 bytes or more".getBytes(StandardCharsets.US_ASCII)),
          hs256("{\"alg\":\"RS256\",\"kid\":\"k1\"}", claims, SECRET),
          hs256("{\"alg\":\"HS256\",\"kid\":\"k2\"}", claims, SECRET),
          hs256("{\"alg\":\"HS256\",\"kid\":\"k1\",\"crit\":[\"x\"]}", claims, SECRET),
          hs256(
              "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
              claims("ben", "https://other", "\"shop\"", 300),
              SECRET),
          hs256(
              "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
              claims("ben", "https://issuer", "\"other\"", 300),
              SECRET),
          hs256(
              "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
              claims("ben", "https://issuer", "[]", 300),
              SECRET),
          hs256(
              "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
              claims("ben", "https://issuer", "\"shop\"", -60),
              SECRET),
          hs256(
              "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
              "{\"iss\":\"https://issuer\",\"aud\":\"shop\",\"sub\":\"ben\"}",
              SECRET),
          hs256("{\"alg\":\"HS256\",\"kid\":\"k1\"}", "[]", SECRET),
          hs256("not json", claims, SECRET),
          good + "=",
          good + ".",
          " " + good + " x",
          part[0] + "." + part[1] + "." + part[2].substring(1),
          "..",
          "a.b.c",
          "x"
        }) {
      assertThat(count(connection, forged)).as(forged).isZero();
    }
    assertThat(count(connection, good)).isEqualTo(2);
  }

  /** SQL of a stranger's in the application's own transaction. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select set_config('percred.jwt', '{\"sub\":\"ben\"}', true)",
        "select set_config('percred.jwt', regexp_replace(current_setting('percred.jwt'), '[.][^.]*[.]', '.eyJzdWIiOiJiZW4ifQ.'), true)",
        "select set_config('percred.verified', repeat('0', 64), false)",
        "set percred.jwt = 'a.b.c'",
        "set standard_conforming_strings = off",
        "create temporary table issuer_key (issuer text, kid text, algorithm text)",
        "set search_path = pg_temp, public",
        "set transform_null_equals = on",
        "set row_security = on"
      })
  void injectedSqlBecomesNobodyElse(String injected) throws Exception {
    Connection connection = connectWith();
    connection.setAutoCommit(false);
    as(
        Credential.of(token("ann")),
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(COUNT);
            statement.execute(injected);
            assertThat(number(statement, COUNT)).isIn(0, 2);
            assertThat(number(statement, "select count(*) from note where owner = 'ben'")).isZero();
          }
          connection.rollback();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from percred.issuer_key",
        "select * from percred.own_key",
        "insert into percred.issuer_key (issuer, kid, algorithm) values ('i', '', 'HS256')",
        "select percred.add_issuer_secret('i', '', null, repeat('k', 32)::bytea)",
        "select percred.claims_of('x')",
        "select percred.hmac('', '', '')",
        "set role percred_verifier",
        "create function percred.claim(text, text) returns text language sql return 'ben'",
        "create or replace function percred.claim(path text) returns text language sql return 'ben'"
      })
  void keysAndFunctionsAreTheVerifiersAlone(String sql) throws Exception {
    Connection connection = connectWith();
    as(
        Credential.of(token("ann")),
        () -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(
                    catchThrowableOfType(SQLException.class, () -> statement.execute(sql))
                        .getSQLState())
                .isEqualTo("42501");
          }
        });
  }

  @Test
  void withoutACallerThereIsNobody() throws Exception {
    Connection connection = connectWith("&percred.on-missing=shared");
    try (Statement statement = connection.createStatement()) {
      assertThat(number(statement, COUNT)).isZero();
      assertThat(
              number(
                  statement, "select count(*) from (select percred.claims() c) x where c is null"))
          .isOne();
    }
  }

  @Test
  void aRevokedKeyStopsAtOnce() throws Exception {
    Connection connection = connectWith();
    assertThat(count(connection, token("ann"))).isEqualTo(2);
    owner("delete from percred.issuer_key", true);
    assertThat(count(connection, token("ann"))).isZero();
  }

  @Test
  void theIssuersRsaKeyIsEnough() throws Exception {
    assumeThat(version()).as("hexadecimal numerics").isGreaterThanOrEqualTo(16);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    String modulus = base64(unsigned(key.getModulus().toByteArray()));
    owner(
        "select percred.add_issuer_key('https://issuer', 'shop', '{\"kty\":\"RSA\",\"kid\":\"r1\",\"e\":\"AQAB\",\"n\":\""
            + modulus
            + "\"}')",
        true);
    String signed =
        base64("{\"alg\":\"RS256\",\"kid\":\"r1\"}")
            + "."
            + base64(claims("ben", "https://issuer", "[\"shop\",\"x\"]", 300));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(pair.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    String token = signed + "." + base64(signature.sign());
    byte[] other = Base64.getUrlDecoder().decode(token.substring(signed.length() + 1));
    other[100] ^= 1;

    Connection connection = connectWith();
    for (int i = 0; i < 2; i++) {
      assertThat(count(connection, token)).isOne();
      assertThat(count(connection, signed + "." + base64(other))).isZero();
      assertThat(
              count(
                  connection,
                  hs256(
                      "{\"alg\":\"HS256\",\"kid\":\"r1\"}",
                      claims("ann", "https://issuer", "\"shop\"", 300),
                      Base64.getUrlDecoder().decode(modulus))))
          .isZero();
    }
  }

  @Test
  void rsaNeedsANumericThatReadsHexadecimal() throws Exception {
    assumeThat(version()).isLessThan(16);
    assertThat(
            catchThrowableOfType(
                    SQLException.class,
                    () -> owner("select percred.add_issuer_key('i', null, '{}')", true))
                .getSQLState())
        .isEqualTo("0A000");
  }

  /** Once for a statement, not for a row. */
  @Test
  void aPolicyAsksOncePerStatement() throws Exception {
    Connection connection = connectWith();
    as(
        Credential.of(token("ann")),
        () -> {
          StringBuilder plan = new StringBuilder();
          try (Statement statement = connection.createStatement();
              ResultSet lines = statement.executeQuery("explain (costs off) " + COUNT)) {
            while (lines.next()) {
              plan.append(lines.getString(1)).append('\n');
            }
          }
          assertThat(plan.toString()).contains("InitPlan");
        });
  }

  private Connection connectWith(String... more) throws Exception {
    String url = "jdbc:percred:" + server.url(database.name()).substring("jdbc:".length());
    return closing(
        DriverManager.getConnection(
            url + "?percred.setting=percred.jwt" + String.join("", more), appLogin()));
  }

  private int count(Connection connection, String token) throws Exception {
    return as(
        Credential.of(token),
        () -> {
          try (Statement statement = connection.createStatement()) {
            return number(statement, COUNT);
          }
        });
  }

  private static int number(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private int version() throws SQLException {
    try (Connection connection = server.connect("postgres", server.superuser())) {
      return connection.getMetaData().getDatabaseMajorVersion();
    }
  }

  private void owner(String sql, boolean superuser) throws SQLException {
    if (superuser) {
      server.execute(database.name(), sql);
    } else {
      server.execute(database.name(), "drop table if exists note");
      server.execute(database.name(), sql);
    }
  }

  private String script(String name) throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            getClass().getResourceAsStream("/io/percred/postgres/issuer/" + name), name)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return name.startsWith("un") ? "drop table if exists note;" + text : text;
    }
  }

  private static String token(String subject) throws Exception {
    return hs256(
        "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
        claims(subject, "https://issuer", "[\"shop\"]", 300),
        SECRET);
  }

  private static String claims(String subject, String issuer, String audience, int seconds) {
    return "{\"iss\":\""
        + issuer
        + "\",\"aud\":"
        + audience
        + ",\"sub\":\""
        + subject
        + "\",\"exp\":"
        + (Instant.now().getEpochSecond() + seconds)
        + "}";
  }

  private static String hs256(String header, String claims, byte[] secret) throws Exception {
    String signed = base64(header) + "." + base64(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] unsigned(byte[] bytes) {
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }
}

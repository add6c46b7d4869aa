package io.percred.snowflake.emulator;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link SnowflakeEmulator}. Confined to one thread. */
public final class EmulatorBuilder {
  // the library's half a second is too short for a busy machine
  private static final int JWKS_TIMEOUT_MS = 10_000;
  private static final int JWKS_MAX_BYTES = 1 << 20;

  private final Map<String, List<String>> roles = new LinkedHashMap<>();
  private final Map<String, String> passwords = new LinkedHashMap<>();
  private final Map<String, Accounts.ProgrammaticToken> programmatic = new LinkedHashMap<>();
  private final List<String> databases = new ArrayList<>();
  private AccessTokens.@Nullable Issuer issuer;
  private @Nullable TokenIssuer localIssuer;
  private String userClaim = "sub";
  private Clock clock = Clock.systemUTC();
  private Duration sessionTokenLifetime = Duration.ofHours(1);
  private Duration masterTokenLifetime = Duration.ofHours(4);
  private Duration queryHoldTime = Duration.ofSeconds(45);
  private double sampleDataScale = 0.01;
  private long seed = 1;
  private int port;

  EmulatorBuilder() {}

  /** Tells expiry of tokens and times in the access log. System time unless set. */
  public EmulatorBuilder clock(Clock chosen) {
    this.clock = chosen;
    return this;
  }

  /** The port at 127.0.0.1; 0, the default, takes a free one. */
  public EmulatorBuilder port(int chosen) {
    this.port = chosen;
    return this;
  }

  /**
   * Trusts this issuer in place of the emulator's own.
   *
   * @param audience the {@code aud} that tokens must have, or null for any
   * @param jwks where its keys are published; read when the first token comes
   */
  public EmulatorBuilder issuer(String name, @Nullable String audience, URI jwks) {
    try {
      JWKSource<SecurityContext> keys =
          JWKSourceBuilder.create(
                  jwks.toURL(),
                  new DefaultResourceRetriever(JWKS_TIMEOUT_MS, JWKS_TIMEOUT_MS, JWKS_MAX_BYTES))
              .rateLimited(false)
              .build();
      this.issuer = new AccessTokens.Issuer(name, audience, keys);
      return this;
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("Not a URL: " + jwks, e);
    }
  }

  /**
   * Trusts this issuer in place of the emulator's own.
   *
   * @param audience the {@code aud} that tokens must have, or null for any
   * @param jwks its keys, a JWKS document
   */
  public EmulatorBuilder issuer(String name, @Nullable String audience, String jwks) {
    try {
      this.issuer =
          new AccessTokens.Issuer(name, audience, new ImmutableJWKSet<>(JWKSet.parse(jwks)));
      return this;
    } catch (ParseException e) {
      throw new IllegalArgumentException("Not a JWKS document", e);
    }
  }

  /** The claim that names the user; {@code sub} unless set. */
  public EmulatorBuilder userClaim(String name) {
    this.userClaim = name;
    return this;
  }

  /**
   * A user with roles, the default one first. Once there is a user, others cannot log in with a
   * token; without any, every token's user exists, with the roles that the token names.
   */
  public EmulatorBuilder user(String name, String... grantedRoles) {
    List<String> granted = Arrays.stream(grantedRoles).map(Identity::upper).toList();
    roles.put(Identity.upper(name), granted.isEmpty() ? List.of("PUBLIC") : granted);
    return this;
  }

  /** A password for a user, such as a service account's. */
  public EmulatorBuilder password(String name, String password) {
    passwords.put(Identity.upper(name), password);
    return this;
  }

  /** A programmatic access token, restricted to a role. */
  public EmulatorBuilder programmaticAccessToken(
      String token, String name, String role, Instant expiresAt) {
    programmatic.put(
        token,
        new Accounts.ProgrammaticToken(Identity.upper(name), Identity.upper(role), expiresAt));
    return this;
  }

  /** A database with a schema PUBLIC. Without any there is one, DEMO. */
  public EmulatorBuilder database(String name) {
    databases.add(Identity.upper(name));
    return this;
  }

  /** How long a session token (1 h unless set) and a master token (4 h) are good. */
  public EmulatorBuilder tokenLifetimes(Duration session, Duration master) {
    this.sessionTokenLifetime = session;
    this.masterTokenLifetime = master;
    return this;
  }

  /** How long a request waits for its query before it answers "in progress"; 45 s unless set. */
  public EmulatorBuilder queryHoldTime(Duration chosen) {
    this.queryHoldTime = chosen;
    return this;
  }

  /**
   * TPC-H's scale factor for SNOWFLAKE_SAMPLE_DATA.TPCH_SF1; 0.01 (60,175 line items) unless set.
   */
  public EmulatorBuilder sampleDataScale(double factor) {
    this.sampleDataScale = factor;
    return this;
  }

  /** Seeds the faults that happen at a rate. */
  public EmulatorBuilder seed(long chosen) {
    this.seed = chosen;
    return this;
  }

  /**
   * Starts it.
   *
   * @throws IOException if the port cannot be had
   * @throws SQLException if DuckDB does not start
   */
  public SnowflakeEmulator start() throws IOException, SQLException {
    return new SnowflakeEmulator(this);
  }

  Clock clock() {
    return clock;
  }

  int port() {
    return port;
  }

  long seed() {
    return seed;
  }

  double sampleDataScale() {
    return sampleDataScale;
  }

  Duration queryHoldTime() {
    return queryHoldTime;
  }

  Duration sessionTokenLifetime() {
    return sessionTokenLifetime;
  }

  Duration masterTokenLifetime() {
    return masterTokenLifetime;
  }

  List<String> databases() {
    return databases.isEmpty() ? List.of("DEMO") : List.copyOf(databases);
  }

  boolean trustsLocalIssuer() {
    return issuer == null;
  }

  TokenIssuer localIssuer() {
    if (localIssuer == null) {
      localIssuer = new TokenIssuer("http://127.0.0.1/issuer", "snowflake-emulator", clock);
    }
    return localIssuer;
  }

  Accounts accounts() {
    AccessTokens.Issuer trusted = issuer;
    if (trusted == null) {
      TokenIssuer local = localIssuer();
      issuer(local.issuer(), local.audience(), local.jwks());
      trusted = issuer;
      issuer = null;
    }
    if (trusted == null) {
      throw new IllegalStateException("No issuer");
    }
    return new Accounts(
        new AccessTokens(trusted, userClaim, clock),
        new Accounts.Configured(roles, passwords, programmatic),
        clock);
  }
}

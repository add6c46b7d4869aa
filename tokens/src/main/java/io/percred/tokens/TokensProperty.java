package io.percred.tokens;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Strictness;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The properties of the suppliers and verifiers in this module. */
@SuppressWarnings("ImmutableEnumChecker") // Property types are immutable, but not annotated.
public enum TokensProperty implements PropertyDescriptor {
  JWT_SECRET(
      "percred.jwt.secret",
      new PropertyType.Secret(),
      null,
      "What signs the tokens: a passphrase of at least 32 bytes for HS256, or a JWK or JWK set.",
      FromUrl.keeps(Policy.VERIFICATION)),
  JWT_JWKS(
      "percred.jwt.jwks",
      new PropertyType.Text(),
      null,
      "Public keys that verify tokens: an https URL, file:PATH, env:NAME or the JWK set itself."
          + " Read again when a token names an unknown key, and every 5 minutes.",
      FromUrl.keeps(Policy.VERIFICATION)),
  JWT_AUDIENCE(
      "percred.jwt.audience",
      new PropertyType.WordList(),
      null,
      "The token must be for one of these audiences. One that names no audience is accepted, as"
          + " PostgREST does, unless percred.jwt.required-claims lists aud.",
      FromUrl.narrows(Strictness.subset(), Policy.VERIFICATION)),
  JWT_ISSUER(
      "percred.jwt.issuer",
      new PropertyType.Text(),
      null,
      "The token must come from exactly this issuer.",
      FromUrl.keeps(Policy.VERIFICATION)),
  JWT_REQUIRED_CLAIMS(
      "percred.jwt.required-claims",
      new PropertyType.WordList(),
      null,
      "Claims that must be present and not null, such as exp,sub,aud.",
      FromUrl.narrows(Strictness.superset(), Policy.VERIFICATION)),
  JWT_TYP(
      "percred.jwt.typ",
      new PropertyType.WordList(),
      null,
      "The typ in the header of a JSON Web Token must be one of these, such as at+jwt (RFC 9068)."
          + " Not set: anything goes.",
      FromUrl.narrows(Strictness.subset(), Policy.VERIFICATION)),
  JWT_LEEWAY(
      "percred.jwt.leeway",
      new PropertyType.TimeSpan(Duration.ZERO, Duration.ofMinutes(5)),
      "30s",
      "How far this machine's clock may be off when exp, nbf and iat are checked.",
      FromUrl.narrows(Strictness.smaller(), Policy.VERIFICATION)),
  REMOTE_URL(
      "percred.remote.url",
      new PropertyType.HttpAddress(),
      null,
      "Where percred.verifier=remote asks whether the caller may act as the login role now.",
      FromUrl.keeps(Policy.VERIFICATION)),
  INTROSPECTION_URL(
      "percred.introspection.url",
      new PropertyType.HttpAddress(),
      null,
      "The introspection endpoint (RFC 7662) of percred.verifier=introspection.",
      FromUrl.keeps(Policy.VERIFICATION)),
  BY_KIND_PAT(
      "percred.verifier.by-kind.pat",
      new PropertyType.Text(),
      null,
      "The verifier of tokens that begin with percred.pat-prefix; none configured: denied.",
      FromUrl.keeps(Policy.VERIFICATION)),
  BY_KIND_JWT(
      "percred.verifier.by-kind.jwt",
      new PropertyType.Text(),
      null,
      "The verifier of JSON Web Tokens; none configured: denied.",
      FromUrl.keeps(Policy.VERIFICATION)),
  BY_KIND_PASSWORD(
      "percred.verifier.by-kind.password",
      new PropertyType.Text(),
      null,
      "The verifier of everything else; none configured: denied.",
      FromUrl.keeps(Policy.VERIFICATION)),
  PAT_PREFIX(
      "percred.pat-prefix",
      new PropertyType.WordList(),
      null,
      "How personal access tokens begin, such as sbp_; several separated by commas.",
      FromUrl.keeps(Policy.VERIFICATION)),
  HTTP_TIMEOUT(
      "percred.http.timeout",
      new PropertyType.TimeSpan(Duration.ofMillis(50), Duration.ofMinutes(5)),
      "5s",
      "How long one HTTP call may take, connecting included.",
      FromUrl.narrows(Strictness.smaller())),
  HTTP_ALLOW_PLAINTEXT(
      "percred.http.allow-plaintext",
      new PropertyType.Flag(),
      "false",
      "Whether tokens may travel over plain HTTP to other machines. Refused in a URL.",
      FromUrl.waives(Strictness.words("false", "true"))),
  BREAKER_FAILURES(
      "percred.breaker.failures",
      new PropertyType.WholeNumber(1, 1000),
      "5",
      "After how many outages in a row calls to an endpoint are held back. What an answer says about"
          + " one token counts for that token alone.",
      FromUrl.keeps()),
  BREAKER_OPEN_FOR(
      "percred.breaker.open-for",
      new PropertyType.TimeSpan(Duration.ofMillis(100), Duration.ofHours(1)),
      "1s",
      "How long calls are held back before one call tries the endpoint again.",
      FromUrl.keeps()),
  OAUTH_ISSUER(
      "percred.oauth.issuer",
      new PropertyType.HttpAddress(),
      null,
      "The issuer whose discovery document names the token endpoint.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_TOKEN_ENDPOINT(
      "percred.oauth.token-endpoint",
      new PropertyType.HttpAddress(),
      null,
      "The token endpoint; spares the discovery.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_CLIENT_ID(
      "percred.oauth.client-id",
      new PropertyType.Text(),
      null,
      "The OAuth client percred acts as.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_CLIENT_SECRET(
      "percred.oauth.client-secret",
      new PropertyType.Secret(),
      null,
      "The client's secret; for client-auth=private-key-jwt its private key as JWK or PKCS#8 PEM.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_CLIENT_AUTH(
      "percred.oauth.client-auth",
      PropertyType.Choice.of(ClientAuth.class),
      "client-secret-basic",
      "How the client proves itself to the authorization server.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_SCOPE(
      "percred.oauth.scope",
      new PropertyType.Text(),
      null,
      "The scopes to ask for, separated by blanks.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_AUDIENCE(
      "percred.oauth.audience",
      new PropertyType.Text(),
      null,
      "For whom the token is wanted; sent as audience.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_SUBJECT_TOKEN_TYPE(
      "percred.oauth.subject-token-type",
      new PropertyType.Text(),
      "access_token",
      "What token-exchange calls the caller's token: access_token, jwt, id_token, or a full URN.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_REQUESTED_TOKEN_TYPE(
      "percred.oauth.requested-token-type",
      new PropertyType.Text(),
      null,
      "Which type of token token-exchange asks for, written as the subject-token-type is.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_REQUESTED_TOKEN_USE(
      "percred.oauth.requested-token-use",
      new PropertyType.Text(),
      "on_behalf_of",
      "What jwt-bearer sends as requested_token_use, as Microsoft Entra ID asks; none sends nothing.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_RESOURCE(
      "percred.oauth.resource",
      new PropertyType.WordList(),
      null,
      "Where the token is to be used; each is sent as resource (RFC 8707).",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_ASSERTION_AUDIENCE(
      "percred.oauth.assertion-audience",
      new PropertyType.Text(),
      null,
      "The aud of the client assertion of private-key-jwt, such as the issuer; not set: the address"
          + " that it is sent to.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_CLIENT_CERTIFICATE(
      "percred.oauth.client-certificate",
      new PropertyType.Secret(),
      null,
      "The X.509 certificate of the key of private-key-jwt in PEM; the client assertion then holds"
          + " its x5t and x5t#S256, as Microsoft Entra ID and AD FS ask.",
      FromUrl.keeps(Policy.CLIENT)),
  OAUTH_SUBJECT_SUPPLIER(
      "percred.oauth.subject-supplier",
      new PropertyType.Text(),
      "context",
      "Where token-exchange and jwt-bearer get the caller's token and refresh-token the refresh"
          + " token.",
      FromUrl.keeps(Policy.CLIENT)),
  SERVICE_OAUTH_ISSUER("percred.service.oauth.issuer", OAUTH_ISSUER, Policy.SERVICE),
  SERVICE_OAUTH_TOKEN_ENDPOINT(
      "percred.service.oauth.token-endpoint", OAUTH_TOKEN_ENDPOINT, Policy.SERVICE),
  SERVICE_OAUTH_CLIENT_ID("percred.service.oauth.client-id", OAUTH_CLIENT_ID, Policy.SERVICE),
  SERVICE_OAUTH_CLIENT_SECRET(
      "percred.service.oauth.client-secret", OAUTH_CLIENT_SECRET, Policy.SERVICE),
  SERVICE_OAUTH_CLIENT_AUTH("percred.service.oauth.client-auth", OAUTH_CLIENT_AUTH, Policy.SERVICE),
  SERVICE_OAUTH_SCOPE("percred.service.oauth.scope", OAUTH_SCOPE, Policy.SERVICE),
  SERVICE_OAUTH_AUDIENCE("percred.service.oauth.audience", OAUTH_AUDIENCE, Policy.SERVICE),
  SERVICE_OAUTH_SUBJECT_TOKEN_TYPE(
      "percred.service.oauth.subject-token-type", OAUTH_SUBJECT_TOKEN_TYPE, Policy.SERVICE),
  SERVICE_OAUTH_REQUESTED_TOKEN_TYPE(
      "percred.service.oauth.requested-token-type", OAUTH_REQUESTED_TOKEN_TYPE, Policy.SERVICE),
  SERVICE_OAUTH_REQUESTED_TOKEN_USE(
      "percred.service.oauth.requested-token-use", OAUTH_REQUESTED_TOKEN_USE, Policy.SERVICE),
  SERVICE_OAUTH_RESOURCE("percred.service.oauth.resource", OAUTH_RESOURCE, Policy.SERVICE),
  SERVICE_OAUTH_ASSERTION_AUDIENCE(
      "percred.service.oauth.assertion-audience", OAUTH_ASSERTION_AUDIENCE, Policy.SERVICE),
  SERVICE_OAUTH_CLIENT_CERTIFICATE(
      "percred.service.oauth.client-certificate", OAUTH_CLIENT_CERTIFICATE, Policy.SERVICE),
  SERVICE_OAUTH_SUBJECT_SUPPLIER(
      "percred.service.oauth.subject-supplier", OAUTH_SUBJECT_SUPPLIER, Policy.SERVICE),

  /** Owned and published by the driver; here only so that suppliers can read it. */
  TOKEN_SKEW(
      "percred.token.skew",
      new PropertyType.TimeSpan(Duration.ZERO, Duration.ofHours(1)),
      "30s",
      "How long before its expiry a token counts as expired.",
      FromUrl.narrows(Strictness.larger()));

  /** How a client proves itself (OpenID Connect Core 1.0, section 9). */
  public enum ClientAuth {
    CLIENT_SECRET_BASIC,
    CLIENT_SECRET_POST,
    PRIVATE_KEY_JWT,
    NONE
  }

  private final String key;
  private final PropertyType type;
  private final @Nullable String defaultValue;
  private final String description;

  @SuppressWarnings("ImmutableEnumChecker") // only records and functions without state
  private final FromUrl fromUrl;

  TokensProperty(
      String key,
      PropertyType type,
      @Nullable String defaultValue,
      String description,
      FromUrl fromUrl) {
    this.key = key;
    this.type = type;
    this.defaultValue = defaultValue;
    this.description = description;
    this.fromUrl = fromUrl;
  }

  TokensProperty(String key, TokensProperty twin, Policy policy) {
    this(
        key,
        twin.type,
        twin.defaultValue,
        "As " + twin.key + ", for percred.service.supplier.",
        FromUrl.keeps(policy));
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public PropertyType type() {
    return type;
  }

  @Override
  public @Nullable String defaultValue() {
    return defaultValue;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public FromUrl fromUrl() {
    return fromUrl;
  }
}

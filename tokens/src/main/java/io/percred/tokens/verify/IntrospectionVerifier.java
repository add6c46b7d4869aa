package io.percred.tokens.verify;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.token.TypelessAccessToken;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.PercredError;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.http.HttpAnswer;
import io.percred.tokens.http.HttpEndpoint;
import io.percred.tokens.http.Meaning;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.http.Question;
import io.percred.tokens.http.Reading;
import io.percred.tokens.http.UnusableAnswerException;
import io.percred.tokens.jwt.ClaimRules;
import io.percred.tokens.jwt.FrozenJson;
import io.percred.tokens.oauth.OAuthClient;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Asks the authorization server whether a token is active (RFC 7662), every time. What the server
 * tells about the token is judged by the same rules as the claims of a JSON Web Token, its times
 * included: servers have been seen to call a token active that had expired. Thread-safe.
 */
final class IntrospectionVerifier implements CredentialVerifier {
  static final String NAME = "introspection";

  /** What a 400 may say about percred's own client instead of the token. */
  private static final Set<String> OF_THE_CLIENT = Set.of("invalid_client", "unauthorized_client");

  private final HttpEndpoint endpoint;
  private final OAuthClient client;
  private final ClaimRules rules;
  private final Clock clock;

  IntrospectionVerifier(HttpEndpoint endpoint, OAuthClient client, ClaimRules rules, Clock clock) {
    this.endpoint = endpoint;
    this.client = client;
    this.rules = rules;
    this.clock = clock;
  }

  @Override
  public Verdict verify(Credential credential, Target target) {
    try {
      return endpoint.ask(
          new Question(credential.fingerprint(), false, () -> question(credential)),
          (answer, meaning) -> judge(answer, meaning, credential));
    } catch (OutageException e) {
      return e.outage().toVerdict();
    } catch (SQLException e) {
      return new Verdict.Misconfigured(
          PercredError.of(
              TokensError.BAD_VALUE,
              TokensProperty.OAUTH_CLIENT_SECRET.key(),
              "it can no longer be read or used"));
    }
  }

  private HttpRequest question(Credential credential) throws SQLException {
    ClientAuthentication proof = client.proofFor(endpoint.address());
    TypelessAccessToken token = new TypelessAccessToken(credential.token());
    HTTPRequest message =
        (proof == null
                ? new TokenIntrospectionRequest(endpoint.address(), token)
                : new TokenIntrospectionRequest(endpoint.address(), proof, token))
            .toHTTPRequest();
    HttpRequest.Builder request =
        endpoint.request().header("Content-Type", "application/x-www-form-urlencoded");
    String authorization = message.getAuthorization();
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request.POST(HttpRequest.BodyPublishers.ofString(message.getBody())).build();
  }

  private Reading<Verdict> judge(HttpAnswer answer, Meaning meaning, Credential credential)
      throws UnusableAnswerException {
    String status = "HTTP " + answer.status();
    return switch (meaning) {
      case ANSWER -> told(answer.json(), credential);
      case ERROR_CODE ->
          Reading.refusal(
              OF_THE_CLIENT.contains(errorIn(answer)) ? clientRefused(status) : denied(status));
      case DENIED -> Reading.refusal(denied(status));
      default ->
          // 401 and 403 are about this client: what is wrong with the token is said otherwise.
          Reading.refusal(
              answer.status() == 401 || answer.status() == 403
                  ? clientRefused(status)
                  : new Verdict.Misconfigured(
                      PercredError.of(
                          TokensError.WRONG_ENDPOINT,
                          endpoint.shown(),
                          status,
                          TokensProperty.INTROSPECTION_URL.key())));
    };
  }

  private Reading<Verdict> told(Map<String, Object> told, Credential credential)
      throws UnusableAnswerException {
    if (!(told.get("active") instanceof Boolean active)) {
      throw new UnusableAnswerException("HTTP 200 without active=true or false");
    }
    if (!active) {
      return Reading.refusal(denied("not active"));
    }
    Map<String, Object> claims = new LinkedHashMap<>(told);
    claims.remove("active");
    String problem = rules.problemWith(claims);
    if (problem == null) {
      problem = rules.problemAt(claims, clock.millis());
    }
    return problem == null
        ? Reading.good(
            new Verdict.Accepted(rules.vouch(credential, FrozenJson.of(claims), endpoint.shown())))
        : Reading.refusal(denied(problem));
  }

  private static String errorIn(HttpAnswer answer) {
    try {
      return String.valueOf(answer.json().get("error"));
    } catch (UnusableAnswerException e) {
      return "";
    }
  }

  private Verdict clientRefused(String status) {
    return new Verdict.Misconfigured(
        PercredError.of(
            TokensError.CLIENT_REFUSED, endpoint.shown(), String.valueOf(client.id()), status));
  }

  private Verdict denied(String reason) {
    return new Verdict.Denied(endpoint.shown(), reason);
  }
}

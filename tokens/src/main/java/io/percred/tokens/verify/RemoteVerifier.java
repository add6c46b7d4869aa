package io.percred.tokens.verify;

import com.nimbusds.jose.util.JSONObjectUtils;
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
import io.percred.tokens.jwt.TokenPrincipal;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks a provider of temporary access whether the bearer of the token may act as the login role
 * now, every time and without remembering the answer, so that a revocation holds at once.
 * Thread-safe.
 */
final class RemoteVerifier implements CredentialVerifier {
  static final String NAME = "remote";

  private final HttpEndpoint endpoint;

  RemoteVerifier(HttpEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public Verdict verify(Credential credential, Target target) {
    String role = target.loginRole();
    if (role == null) {
      return new Verdict.Misconfigured(PercredError.of(TokensError.NO_LOGIN_ROLE));
    }
    if (!isHeaderValue(credential.token())) {
      return denied("it is not a token that can be sent");
    }
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("role", role);
    if (target.clientAddress() != null) {
      question.put("rhost", target.clientAddress());
    }
    HttpRequest request =
        endpoint
            .request()
            .header("Authorization", "Bearer " + credential.token())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSONObjectUtils.toJSONString(question)))
            .build();
    try {
      return endpoint.ask(
          new Question(credential.fingerprint(), false, () -> request),
          (answer, meaning) -> judge(answer, meaning, credential, role));
    } catch (OutageException e) {
      return e.outage().toVerdict();
    } catch (SQLException e) {
      throw new IllegalStateException("The request is written already", e);
    }
  }

  private Reading<Verdict> judge(
      HttpAnswer answer, Meaning meaning, Credential credential, String role)
      throws UnusableAnswerException {
    return switch (meaning) {
      case ANSWER -> granted(answer.json(), credential, role);
      case DENIED -> Reading.refusal(denied("HTTP " + answer.status()));
      default ->
          Reading.refusal(
              new Verdict.Misconfigured(
                  PercredError.of(
                      TokensError.WRONG_ENDPOINT,
                      endpoint.shown(),
                      "HTTP " + answer.status(),
                      TokensProperty.REMOTE_URL.key())));
    };
  }

  private Reading<Verdict> granted(Map<String, Object> answer, Credential credential, String role)
      throws UnusableAnswerException {
    if (!(answer.get("user_role") instanceof Map<?, ?> granted)
        || !(granted.get("role") instanceof String name)) {
      throw new UnusableAnswerException("HTTP 200 without a user_role");
    }
    if (!name.equals(role)) {
      return Reading.refusal(denied("it does not grant the role " + role));
    }
    return Reading.good(
        new Verdict.Accepted(
            answer.get("user_id") instanceof String user && !user.isBlank()
                ? credential.withPrincipal(TokenPrincipal.of(endpoint.shown(), user, null))
                : credential));
  }

  private Verdict denied(String reason) {
    return new Verdict.Denied(endpoint.shown(), reason);
  }

  /** A password may hold anything; a header may not, and must not be cut or added to. */
  private static boolean isHeaderValue(String token) {
    return token.chars().allMatch(character -> character > ' ' && character < 127);
  }
}

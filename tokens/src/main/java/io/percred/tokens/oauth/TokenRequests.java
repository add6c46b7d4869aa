package io.percred.tokens.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.Settings;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.http.HttpAnswer;
import io.percred.tokens.http.HttpEndpoint;
import io.percred.tokens.http.Meaning;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.http.Question;
import io.percred.tokens.http.Reading;
import io.percred.tokens.http.SafeText;
import io.percred.tokens.http.UnusableAnswerException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a token endpoint for tokens and tells apart what can go wrong: the caller is refused, this
 * client is, or nobody can tell. Thread-safe.
 */
final class TokenRequests {
  /** Errors that are about this client and not about the caller (RFC 6749, section 5.2). */
  private static final Set<String> OF_THE_CLIENT =
      Set.of(
          "invalid_client",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope",
          "invalid_target");

  private static final Pattern CODE = Pattern.compile("[a-z0-9_.-]{1,40}");
  private static final Set<String> PASSING = Set.of("temporarily_unavailable", "server_error");

  private final TokenEndpoint endpoint;
  private final OAuthClient client;
  private final Clock clock;
  private final @Nullable Scope scope;

  TokenRequests(TokenEndpoint endpoint, OAuthClient client, Settings settings, Clock clock) {
    this.endpoint = endpoint;
    this.client = client;
    this.clock = clock;
    this.scope = Scope.parse(settings.text(TokensProperty.OAUTH_SCOPE));
  }

  /**
   * A request.
   *
   * @param grant what entitles to a token
   * @param subject the caller's token that is part of the grant, or null if no caller is involved
   * @param extra more parameters
   */
  record Wanted(
      AuthorizationGrant grant, @Nullable Credential subject, Map<String, List<String>> extra) {

    /** Whether the server may take a second request for theft (RFC 9700, section 4.14.2). */
    boolean isSingleUse() {
      return grant instanceof RefreshTokenGrant;
    }
  }

  private record Refusal(TokensError error, String reason) {}

  /**
   * Sends one request.
   *
   * @param replacement told the refresh token that comes back, whatever else does
   * @throws SupplyException if no token was issued
   */
  Credential send(Wanted wanted, Consumer<Credential> replacement) throws SupplyException {
    try {
      HttpEndpoint target = endpoint.now();
      Instant askedAt = clock.instant();
      Question question =
          new Question(aboutWhom(wanted), wanted.isSingleUse(), () -> written(wanted, target));
      Object outcome =
          target.ask(
              question,
              (answer, meaning) ->
                  meaning == Meaning.ANSWER
                      ? issued(answer, wanted, askedAt, replacement)
                      : Reading.refusal(refusal(answer, wanted)));
      if (outcome instanceof Credential issued) {
        return issued;
      }
      throw refused(target, (Refusal) outcome);
    } catch (OutageException e) {
      throw new SupplyException(e.outage().toError());
    } catch (SQLException e) {
      // The secret was readable when the supplier was created and is no more.
      String problem = "it can no longer be read or used";
      throw new SupplyException(
          PercredError.of(
              TokensError.BAD_VALUE, TokensProperty.OAUTH_CLIENT_SECRET.key(), problem));
    }
  }

  private static Object aboutWhom(Wanted wanted) {
    return wanted.subject == null ? Question.NOBODY : wanted.subject.fingerprint();
  }

  private SupplyException refused(HttpEndpoint target, Refusal refusal) {
    PercredError error =
        refusal.error == TokensError.CLIENT_REFUSED
            ? PercredError.of(
                refusal.error, target.shown(), String.valueOf(client.id()), refusal.reason)
            : PercredError.of(refusal.error, target.shown(), refusal.reason);
    return new SupplyException(error);
  }

  private HttpRequest written(Wanted wanted, HttpEndpoint target) throws SQLException {
    URI address = target.address();
    ClientAuthentication proof = client.proofFor(address);
    String id = client.id();
    TokenRequest.Builder builder;
    if (proof != null) {
      builder = new TokenRequest.Builder(address, proof, wanted.grant);
    } else if (id != null) {
      builder = new TokenRequest.Builder(address, new ClientID(id), wanted.grant);
    } else {
      builder = new TokenRequest.Builder(address, wanted.grant);
    }
    if (scope != null && !scope.isEmpty()) {
      builder.scope(scope);
    }
    wanted.extra.forEach(
        (name, values) -> builder.customParameter(name, values.toArray(String[]::new)));
    HTTPRequest message = builder.build().toHTTPRequest();
    HttpRequest.Builder request =
        target.request().header("Content-Type", "application/x-www-form-urlencoded");
    String authorization = message.getAuthorization();
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request.POST(HttpRequest.BodyPublishers.ofString(message.getBody())).build();
  }

  /** Any success will do: some answer 201, and what was presented is spent. */
  private Reading<Object> issued(
      HttpAnswer answer, Wanted wanted, Instant askedAt, Consumer<Credential> replacement)
      throws UnusableAnswerException {
    TokenAnswer tokens = new TokenAnswer(answer.json());
    if (tokens.isError()) {
      return Reading.refusal(refusal(answer, wanted));
    }
    Credential next = tokens.refreshToken();
    if (next != null) {
      replacement.accept(next);
    }
    return Reading.good(tokens.accessToken(askedAt));
  }

  /** Without an error code a refusal is about the caller, or the client if there is no caller. */
  private Refusal refusal(HttpAnswer answer, Wanted wanted) throws UnusableAnswerException {
    if (!(errorIn(answer) instanceof Map<?, ?> body)
        || !(body.get("error") instanceof String code)) {
      boolean ofTheClient = wanted.subject == null || answer.status() == 401;
      return new Refusal(
          ofTheClient ? TokensError.CLIENT_REFUSED : TokensError.GRANT_REFUSED,
          "HTTP " + answer.status());
    }
    if (PASSING.contains(code)) {
      throw new UnusableAnswerException(code);
    }
    boolean ofTheClient = wanted.subject == null || OF_THE_CLIENT.contains(code);
    return new Refusal(
        ofTheClient ? TokensError.CLIENT_REFUSED : TokensError.GRANT_REFUSED,
        shown(code, body.get("error_description"), wanted.subject));
  }

  private static @Nullable Object errorIn(HttpAnswer answer) {
    try {
      return answer.json();
    } catch (UnusableAnswerException e) {
      return null;
    }
  }

  /**
   * Code and description, without what was sent: servers have been seen to send it back. A code
   * that is none is not shown at all.
   */
  private String shown(String code, @Nullable Object description, @Nullable Credential subject) {
    String known = CODE.matcher(code).matches() ? code : "an error without a proper code";
    if (!(description instanceof String words)) {
      return known;
    }
    String text = words;
    String token = subject == null ? "" : subject.token();
    for (String secret : List.of(client.secretOrEmpty(), token)) {
      if (!secret.isEmpty()) {
        text = text.replace(secret, "…");
        text = text.replace(URLEncoder.encode(secret, StandardCharsets.UTF_8), "…");
      }
    }
    return known + " (" + SafeText.of(text) + ")";
  }
}

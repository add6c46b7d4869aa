package io.percred.snowflake.emulator;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Leads each request to the service that answers it.
 *
 * @param issuer answers at {@code /issuer/…} if there is one
 */
record Routes(
    SessionRegistry sessions,
    LoginService logins,
    QueryService queries,
    Faults faults,
    @Nullable TokenIssuer issuer)
    implements HttpFront.Handler {

  @Override
  public Answer answer(ApiCall call) throws Exception {
    return switch (call.endpoint()) {
      case LOGIN -> logins.login(call);
      case RENEWAL -> logins.renew(call);
      case CLOSE -> {
        sessions.close(call.token());
        yield Answer.success();
      }
      case QUERY -> query(querySession(call), call);
      case RESULT -> {
        Session session = sessions.bySessionToken(call.token());
        Answer answer = queries.result(session, id(call, "/queries/"));
        sessions.requireLive(session);
        yield answer;
      }
      case MONITORING ->
          queries.status(sessions.bySessionToken(call.token()), id(call, "/monitoring/queries/"));
      case ABORT ->
          queries.abort(
              sessions.bySessionToken(call.token()),
              String.valueOf(ApiCall.text(call.body(), "requestId")));
      case HEARTBEAT -> {
        sessions.bySessionToken(call.token());
        yield Answer.success();
      }
      case CHUNK -> found(queries.chunk(sessions.live(), id(call, "/chunks/")));
      case TELEMETRY -> Answer.success(JsonParser.parseString("\"Log Received\""));
      case ISSUER -> issuer == null ? Answer.status(404) : issue(issuer, call);
      case OTHER -> Answer.status(404);
    };
  }

  /** A query whose session was lost while it ran is not answered as a cancelled one. */
  private Answer query(Session session, ApiCall call) throws Exception {
    Answer answer = queries.query(session, call);
    sessions.requireLive(session);
    Faults.Unanswered unanswered = faults.unanswered();
    if (unanswered == null) {
      return answer;
    }
    if (unanswered.end() == Faults.End.LOST) {
      sessions.lose(each -> each == session);
    } else {
      sessions.expireTokens(each -> each == session, unanswered.end() == Faults.End.EXPIRED);
    }
    return switch (unanswered.how()) {
      case IN_PROGRESS -> queries.inProgress(session);
      case UNAVAILABLE -> Answer.status(503);
      case CUT -> Answer.NONE;
    };
  }

  private Session querySession(ApiCall call) throws SnowflakeError {
    Session session = sessions.bySessionToken(call.token());
    if (faults.sessionVanishes()) {
      sessions.lose(each -> each == session);
      throw SnowflakeError.sessionGone();
    }
    return session;
  }

  /** {@code /issuer/jwks} and {@code /issuer/token?sub=alice&role=ANALYST&seconds=3600}. */
  private static Answer issue(TokenIssuer issuer, ApiCall call) {
    if (call.path().equals("/issuer/jwks")) {
      return Answer.json(JsonParser.parseString(issuer.jwks()).getAsJsonObject());
    }
    if (!call.path().equals("/issuer/token") || call.parameter("sub").isEmpty()) {
      return Answer.status(404);
    }
    String role = call.parameters().getOrDefault("role", "PUBLIC");
    String lifetime = call.parameters().getOrDefault("seconds", "3600");
    if (!lifetime.matches("\\d{1,9}")) {
      return Answer.status(400);
    }
    long seconds = Long.parseLong(lifetime);
    JsonObject json = new JsonObject();
    json.addProperty(
        "access_token", issuer.token(call.parameter("sub"), role, Duration.ofSeconds(seconds)));
    json.addProperty("token_type", "Bearer");
    json.addProperty("expires_in", seconds);
    return Answer.json(json);
  }

  private static Answer found(@Nullable Answer answer) {
    return answer == null ? Answer.status(404) : answer;
  }

  private static String id(ApiCall call, String prefix) {
    String rest = call.path().substring(prefix.length());
    return rest.endsWith("/result") ? rest.substring(0, rest.length() - "/result".length()) : rest;
  }
}

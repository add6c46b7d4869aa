package io.percred.snowflake.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Logins and the renewal of session tokens. Thread-safe. */
final class LoginService {
  private static final String OAUTH = "OAUTH";
  private static final String PROGRAMMATIC = "PROGRAMMATIC_ACCESS_TOKEN";

  private final Accounts accounts;
  private final SessionRegistry sessions;
  private final Engine engine;
  private final SessionCommands commands;
  private final Faults faults;
  private final Audit audit;

  /** Where logins are noted. */
  record Audit(AccessLog log, AtomicLong refused, Clock clock) {
    void note(String authenticator, @Nullable String user, @Nullable String errorCode) {
      log.add(new AccessLog.Login(clock.instant(), user, authenticator, errorCode));
      if (errorCode != null) {
        refused.incrementAndGet();
      }
    }
  }

  /** What the session service needs besides the accounts. */
  record Backend(SessionRegistry sessions, Engine engine, SessionCommands commands) {}

  LoginService(Accounts accounts, Backend backend, Faults faults, Audit audit) {
    this.accounts = accounts;
    this.sessions = backend.sessions();
    this.engine = backend.engine();
    this.commands = backend.commands();
    this.faults = faults;
    this.audit = audit;
  }

  /** A login request: a session, or the reason why there is none. */
  Answer login(ApiCall call) throws SQLException {
    JsonElement wrapped = call.body().get("data");
    JsonObject data =
        wrapped != null && wrapped.isJsonObject() ? wrapped.getAsJsonObject() : new JsonObject();
    String named = ApiCall.text(data, "AUTHENTICATOR");
    String authenticator = named == null ? "SNOWFLAKE" : named.toUpperCase(Locale.ROOT);
    try {
      faults.meetLogin();
      Identity identity = withRole(authenticate(authenticator, data), call.parameter("roleName"));
      Session session = open(identity, call, data);
      audit.note(authenticator, session.user(), null);
      return Answer.success(opened(session));
    } catch (SnowflakeError e) {
      audit.note(authenticator, null, e.code());
      JsonObject next = new JsonObject();
      next.addProperty("nextAction", "RETRY_LOGIN");
      next.addProperty("authnMethod", authenticator.equals(PROGRAMMATIC) ? "PAT" : authenticator);
      next.add("signInOptions", new JsonObject());
      return Answer.bareError(e, next);
    }
  }

  /** Exchanges the master token for new tokens. */
  Answer renew(ApiCall call) throws SnowflakeError {
    Session session = sessions.renew(call.token());
    JsonObject data = new JsonObject();
    data.addProperty("sessionToken", session.tokens().session());
    data.addProperty("validityInSecondsST", sessions.sessionTokenLifetime().toSeconds());
    data.addProperty("masterToken", session.tokens().master());
    data.addProperty("validityInSecondsMT", sessions.masterTokenLifetime().toSeconds());
    data.addProperty("sessionId", session.id);
    return Answer.success(data);
  }

  private Identity authenticate(String authenticator, JsonObject data) throws SnowflakeError {
    String loginName = ApiCall.text(data, "LOGIN_NAME");
    String token = ApiCall.text(data, "TOKEN");
    return switch (authenticator) {
      case OAUTH -> accounts.byAccessToken(token, loginName);
      case PROGRAMMATIC -> accounts.byProgrammaticToken(token, loginName);
      case "SNOWFLAKE" -> accounts.byPassword(loginName, ApiCall.text(data, "PASSWORD"));
      default ->
          throw new SnowflakeError(
              "390144", "08001", "The emulator has no authenticator " + authenticator + ".");
    };
  }

  private static Identity withRole(Identity identity, String asked) throws SnowflakeError {
    if (asked.isEmpty()) {
      return identity;
    }
    String role = Identity.upper(asked);
    if (!identity.allows(role)) {
      throw Accounts.roleDenied();
    }
    return new Identity(identity.user(), role, identity.roles());
  }

  private Session open(Identity identity, ApiCall call, JsonObject data)
      throws SnowflakeError, SQLException {
    Session session = sessions.create(identity, engine.connect());
    boolean done = false;
    try {
      JsonElement parameters = data.get("SESSION_PARAMETERS");
      if (parameters != null && parameters.isJsonObject()) {
        session.parameters.adopt(parameters.getAsJsonObject());
      }
      if (!call.parameter("warehouse").isEmpty()) {
        session.warehouse(Identity.upper(call.parameter("warehouse")));
      }
      useNamespace(session, call);
      session.publishContext();
      session.execute("SET TimeZone = " + Names.literal(session.parameters.text("TIMEZONE")));
      sessions.open(session);
      done = true;
      return session;
    } finally {
      if (!done) {
        session.close();
      }
    }
  }

  /**
   * A database or schema that does not exist leaves the session without, unless validation is on.
   */
  private void useNamespace(Session session, ApiCall call) throws SnowflakeError, SQLException {
    String database = call.parameter("databaseName");
    if (database.isEmpty()) {
      return;
    }
    String schema = call.parameter("schemaName");
    try {
      commands.choose(session, database, schema.isEmpty() ? null : schema);
    } catch (SnowflakeError e) {
      JsonPrimitive strict = session.parameters.get("CLIENT_VALIDATE_DEFAULT_PARAMETERS");
      if (strict != null && strict.getAsBoolean()) {
        throw new SnowflakeError(
            "390201",
            "08001",
            "The requested database or schema does not exist or not authorized: " + database);
      }
    }
  }

  private JsonObject opened(Session session) {
    JsonObject data = new JsonObject();
    data.addProperty("token", session.tokens().session());
    data.addProperty("masterToken", session.tokens().master());
    data.addProperty("validityInSeconds", sessions.sessionTokenLifetime().toSeconds());
    data.addProperty("masterValidityInSeconds", sessions.masterTokenLifetime().toSeconds());
    data.addProperty("displayUserName", session.user());
    data.addProperty("serverVersion", "9.0.0");
    data.addProperty("firstLogin", false);
    // another value would change the configuration of every connection in the driver's JVM
    data.addProperty("healthCheckInterval", 45);
    data.add("newClientForUpgrade", JsonNull.INSTANCE);
    data.addProperty("sessionId", session.id);
    JsonArray parameters = session.parameters.json();
    data.add("parameters", parameters);
    JsonObject info = new JsonObject();
    info.addProperty("databaseName", session.database());
    info.addProperty("schemaName", session.schema());
    info.addProperty("warehouseName", session.warehouse());
    info.addProperty("roleName", session.role());
    data.add("sessionInfo", info);
    return data;
  }
}

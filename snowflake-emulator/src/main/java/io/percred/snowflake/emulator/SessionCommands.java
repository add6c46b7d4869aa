package io.percred.snowflake.emulator;

import com.google.gson.JsonPrimitive;
import io.percred.snowflake.emulator.SqlToken.Kind;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statements that change the session itself: USE, ALTER SESSION, SET, UNSET. Stateless. */
final class SessionCommands {
  private static final String DONE = "Statement executed successfully.";

  private final Engine engine;

  SessionCommands(Engine engine) {
    this.engine = engine;
  }

  Result run(Session session, StatementKind kind, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    switch (kind) {
      case USE -> use(session, tokens);
      case ALTER_SESSION -> {
        return Result.status(kind, DONE).withChanged(alterSession(session, tokens));
      }
      case SET -> setVariable(session, tokens);
      case UNSET -> session.execute("RESET VARIABLE " + name(tokens, 1));
      default -> throw new IllegalArgumentException("No command of the session: " + kind);
    }
    return Result.status(kind, DONE);
  }

  private void use(Session session, List<SqlToken> tokens) throws SnowflakeError, SQLException {
    switch (name(tokens, 1)) {
      case "ROLE" -> useRole(session, name(tokens, 2));
      case "WAREHOUSE" -> {
        session.warehouse(name(tokens, 2));
        session.publishNamespace();
      }
      case "SECONDARY" -> {
        if (!name(tokens, 2).equals("ROLES")) {
          throw SnowflakeError.syntax(name(tokens, 2));
        }
      }
      case "DATABASE" -> useSchema(session, name(tokens, 2), null);
      case "SCHEMA" -> useNames(session, tokens.subList(2, tokens.size()), true);
      default -> useNames(session, tokens.subList(1, tokens.size()), false);
    }
  }

  private void useNames(Session session, List<SqlToken> names, boolean schemaIfSingle)
      throws SnowflakeError, SQLException {
    if (names.size() == 3 && names.get(1).is(".")) {
      useSchema(session, names.get(0).name(), names.get(2).name());
    } else if (names.size() != 1) {
      throw SnowflakeError.syntax("<EOF>");
    } else if (!schemaIfSingle) {
      useSchema(session, names.get(0).name(), null);
    } else if (session.database() == null) {
      throw new SnowflakeError(
          "090105",
          "22000",
          "Cannot perform USE SCHEMA. This session does not have a current database.");
    } else {
      useSchema(session, session.database(), names.get(0).name());
    }
  }

  private static void useRole(Session session, String role) throws SnowflakeError, SQLException {
    if (!session.identity.allows(role)) {
      throw new SnowflakeError(
          "003013",
          "42501",
          "SQL access control error:\nRequested role '"
              + role
              + "' is not assigned to the executing user. Specify another role to activate.");
    }
    session.role(role);
    session.publishContext();
  }

  private void useSchema(Session session, String database, @Nullable String schema)
      throws SnowflakeError, SQLException {
    choose(session, database, schema);
    session.publishNamespace();
  }

  /**
   * Chooses a database and a schema (PUBLIC if null), told without regard to case; SQL sees them
   * once they are published.
   */
  void choose(Session session, String database, @Nullable String schema)
      throws SnowflakeError, SQLException {
    String foundDatabase = engine.findDatabase(database);
    if (foundDatabase == null) {
      throw SnowflakeError.missingObject("Database", database);
    }
    String wanted = schema == null ? "PUBLIC" : schema;
    String foundSchema = engine.findSchema(foundDatabase, wanted);
    if (foundSchema == null && schema != null) {
      throw SnowflakeError.missingObject("Schema", database + "." + schema);
    }
    session.namespace(foundDatabase, foundSchema);
  }

  private static Map<String, JsonPrimitive> alterSession(Session session, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    Map<String, JsonPrimitive> changed = new LinkedHashMap<>();
    boolean unset = name(tokens, 2).equals("UNSET");
    for (int i = 3; i < tokens.size(); i += 1) {
      String name = name(tokens, i);
      if (tokens.get(i).is(",")) {
        continue;
      }
      if (unset) {
        session.parameters.unset(name);
      } else {
        session.parameters.set(name, value(tokens, i + 2));
        i += 2;
      }
      JsonPrimitive now = session.parameters.get(name);
      changed.put(name, now == null ? new JsonPrimitive("") : now);
    }
    if (changed.containsKey("AUTOCOMMIT") && session.autocommit()) {
      session.end(true);
    }
    if (changed.containsKey("TIMEZONE")) {
      session.execute("SET TimeZone = " + Names.literal(session.parameters.text("TIMEZONE")));
    }
    return changed;
  }

  private static JsonPrimitive value(List<SqlToken> tokens, int index) throws SnowflakeError {
    if (index >= tokens.size() || !tokens.get(index - 1).is("=")) {
      throw SnowflakeError.syntax("<EOF>");
    }
    SqlToken token = tokens.get(index);
    return switch (token.kind()) {
      case NUMBER -> new JsonPrimitive(Long.parseLong(token.text()));
      case WORD -> {
        String word = token.text().toLowerCase(Locale.ROOT);
        yield word.equals("true") || word.equals("false")
            ? new JsonPrimitive(Boolean.parseBoolean(word))
            : new JsonPrimitive(token.text());
      }
      default -> new JsonPrimitive(token.name());
    };
  }

  private static void setVariable(Session session, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    if (tokens.size() < 4 || tokens.get(1).kind() != Kind.WORD || !tokens.get(2).is("=")) {
      throw SnowflakeError.syntax("SET");
    }
    session.execute(
        "SET VARIABLE "
            + name(tokens, 1)
            + " = "
            + Dialect.rewrite(tokens.subList(3, tokens.size())));
  }

  private static String name(List<SqlToken> tokens, int index) throws SnowflakeError {
    if (index >= tokens.size()) {
      throw SnowflakeError.syntax("<EOF>");
    }
    return tokens.get(index).name();
  }
}

package io.percred.snowflake.emulator;

import java.util.List;
import java.util.Set;

/** What a statement does, and the number by which the driver knows it. */
enum StatementKind {
  SELECT(0x1000),
  EXPLAIN(0x1000),
  CALL(0x1000),
  INSERT(0x3100),
  UPDATE(0x3200),
  DELETE(0x3300),
  MERGE(0x3400),
  TRUNCATE(0x6000),
  ALTER_SESSION(0x4100),
  SET(0x4200),
  UNSET(0x4200),
  USE(0x4300),
  SHOW(0x4400),
  DESCRIBE(0x4500),
  BEGIN(0x5000),
  COMMIT(0x5000),
  ROLLBACK(0x5000),
  DDL(0x6000);

  private static final Set<String> CREATABLE =
      Set.of("TABLE", "VIEW", "SCHEMA", "DATABASE", "SEQUENCE", "INDEX");
  private static final Set<String> MODIFIERS =
      Set.of("OR", "REPLACE", "TEMP", "TEMPORARY", "TRANSIENT", "LOCAL", "GLOBAL", "SECURE");

  final int id;

  StatementKind(int id) {
    this.id = id;
  }

  boolean isDml() {
    return this == INSERT || this == UPDATE || this == DELETE || this == MERGE;
  }

  /** The kind told by the first words; anything that Snowflake has not is refused. */
  static StatementKind of(List<SqlToken> tokens) throws SnowflakeError {
    if (tokens.isEmpty()) {
      throw new SnowflakeError("000900", "42601", "SQL compilation error:\nEmpty SQL statement.");
    }
    int first = 0;
    while (first < tokens.size() - 1 && tokens.get(first).is("(")) {
      first++;
    }
    return switch (tokens.get(first).name()) {
      case "SELECT", "VALUES", "WITH" -> SELECT;
      case "EXPLAIN" -> EXPLAIN;
      case "CALL" -> CALL;
      case "INSERT" -> INSERT;
      case "UPDATE" -> UPDATE;
      case "DELETE" -> DELETE;
      case "MERGE" -> MERGE;
      case "TRUNCATE" -> TRUNCATE;
      case "SET" -> SET;
      case "UNSET" -> UNSET;
      case "USE" -> USE;
      case "SHOW" -> SHOW;
      case "DESC", "DESCRIBE" -> DESCRIBE;
      case "BEGIN", "START" -> BEGIN;
      case "COMMIT" -> COMMIT;
      case "ROLLBACK" -> ROLLBACK;
      case "ALTER" ->
          tokens.size() > 1 && tokens.get(1).is("SESSION") ? ALTER_SESSION : ddl(tokens);
      case "CREATE", "DROP", "COMMENT" -> ddl(tokens);
      default -> throw SnowflakeError.syntax(tokens.get(first).text());
    };
  }

  private static StatementKind ddl(List<SqlToken> tokens) throws SnowflakeError {
    if (tokens.get(0).is("COMMENT")) {
      return DDL;
    }
    for (SqlToken token : tokens.subList(1, tokens.size())) {
      if (CREATABLE.contains(token.name())) {
        return DDL;
      }
      if (!MODIFIERS.contains(token.name())) {
        throw SnowflakeError.unsupported(tokens.get(0).name() + " " + token.name());
      }
    }
    throw SnowflakeError.syntax("<EOF>");
  }
}

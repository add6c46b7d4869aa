package io.percred.demo;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;

/** The server logs every statement with its parameters, and no token. */
final class ServerLogScene implements Scene {
  private static final int REQUESTS = 30;

  @Override
  public String title() {
    return "Tokens in the server's log at log_statement=all";
  }

  @Override
  public void play(Stage stage) throws Exception {
    Path log = stage.server().log();
    if (log == null) {
      throw new SceneFailedException("The server's log cannot be read");
    }
    String database = "alter database " + Stage.DATABASE;
    stage.server().execute("postgres", database + " set log_statement = 'all'");
    long before = Files.size(log);
    try {
      visit(stage);
    } finally {
      stage.server().execute("postgres", database + " reset log_statement");
    }
    byte[] all = Files.readAllBytes(log);
    int from = (int) before;
    String written = new String(all, from, all.length - from, StandardCharsets.UTF_8);
    long statements = written.lines().filter(line -> line.contains(" contact")).count();
    long tokens =
        Stage.EMPLOYEES.stream().filter(caller -> written.contains(caller.token())).count();
    stage.say(
        "The log names table contact %d times; of %d tokens that were used it holds %d.",
        statements, Stage.EMPLOYEES.size(), tokens);
    if (statements < REQUESTS || tokens != 0) {
      throw new SceneFailedException("Every statement was expected in the log, and no token");
    }
  }

  private static void visit(Stage stage) throws Exception {
    try (HikariDataSource pool = stage.pool()) {
      for (int i = 0; i < REQUESTS; i++) {
        Employee caller = Stage.EMPLOYEES.get(i % Stage.EMPLOYEES.size());
        CallerScope request = CallerContext.open(caller.credential());
        try (Connection connection = pool.getConnection()) {
          Work work = i % 2 == 0 ? Work.AUTOCOMMIT : Work.TRANSACTIONS;
          if (!work.visit(connection).isOf(caller)) {
            throw new SceneFailedException(caller.name() + " saw rows of others");
          }
        } finally {
          request.close();
        }
      }
    }
  }
}

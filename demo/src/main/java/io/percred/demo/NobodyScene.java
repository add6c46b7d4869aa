package io.percred.demo;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import java.sql.Connection;
import java.sql.SQLException;

/** Without a caller nothing reaches the database, and the connection stays good. */
final class NobodyScene implements Scene {
  private static final String REFUSED = "28000";

  @Override
  public String title() {
    return "The same query while nobody is calling";
  }

  @Override
  public void play(Stage stage) throws Exception {
    Employee caller = Stage.EMPLOYEES.get(0);
    try (HikariDataSource pool = stage.pool();
        Connection connection = pool.getConnection()) {
      int before = visit(connection, caller).backend();
      SQLException refusal = refusal(connection);
      stage.say("%s", refusal.getMessage());
      stage.say("SQLState %s, code %s", refusal.getSQLState(), Percred.codeOf(refusal));
      Visit after = visit(connection, caller);
      if (!REFUSED.equals(refusal.getSQLState())) {
        throw new SceneFailedException("SQLSTATE " + REFUSED + " was expected");
      }
      if (after.backend() != before || !after.isOf(caller)) {
        throw new SceneFailedException("The connection did not outlive the refusal");
      }
      stage.say(
          "Connection %d was not harmed: %s's next query on it got %s.",
          before, caller.name(), after.rows());
    }
  }

  private static Visit visit(Connection connection, Employee caller) throws SQLException {
    CallerScope request = CallerContext.open(caller.credential());
    try {
      return Visit.on(connection);
    } finally {
      request.close();
    }
  }

  private static SQLException refusal(Connection connection) throws SceneFailedException {
    try {
      Visit visit = Visit.on(connection);
      throw new SceneFailedException("Nobody was calling, and got " + visit.rows());
    } catch (SQLException refusal) {
      return refusal;
    }
  }
}

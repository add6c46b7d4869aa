package io.percred.demo;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.rig.PostgresServer;
import io.percred.rig.WireProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** How often a client has to wait for the server, with percred and without. */
final class NetworkTurnsScene implements Scene {
  private static final int REPETITIONS = 10;

  /** Some work on a connection that is in autocommit. */
  private record Job(String name, Action action) {
    interface Action {
      void on(Connection connection) throws SQLException;
    }
  }

  private static final List<Job> JOBS =
      List.of(
          new Job("statement in autocommit", Visit::on),
          new Job("transaction of 3 statements", NetworkTurnsScene::transaction),
          new Job("batch of 100 inserts", NetworkTurnsScene::batch),
          new Job("metadata of a table", NetworkTurnsScene::metadata));

  @Override
  public String title() {
    return "Network turns: how often the client waits for the server";
  }

  @Override
  public void play(Stage stage) throws Exception {
    try (WireProxy proxy = WireProxy.to(stage.server())) {
      String url = proxy.url(Stage.DATABASE);
      List<Integer> without = measure(proxy, url);
      List<Integer> with = measure(proxy, Stage.percredUrl(url));
      stage.say("%-34s %15s %13s", REPETITIONS + " times", "without percred", "with percred");
      for (int i = 0; i < JOBS.size(); i++) {
        stage.say("%-34s %15d %13d", JOBS.get(i).name(), without.get(i), with.get(i));
      }
      if (!with.equals(without)) {
        throw new SceneFailedException("percred added network turns");
      }
      stage.say("Counted by a proxy in front of the server. percred added none.");
    }
  }

  private static List<Integer> measure(WireProxy proxy, String url) throws SQLException {
    List<Integer> turns = new ArrayList<>();
    for (Job job : JOBS) {
      CallerScope request = CallerContext.open(Stage.EMPLOYEES.get(0).credential());
      try (Connection connection =
          DriverManager.getConnection(
              url, PostgresServer.APP.user(), PostgresServer.APP.password())) {
        int before = proxy.turns();
        for (int i = 0; i < REPETITIONS; i++) {
          job.action().on(connection);
        }
        turns.add(proxy.turns() - before);
      } finally {
        request.close();
      }
    }
    return turns;
  }

  private static void transaction(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    for (int i = 0; i < 3; i++) {
      Visit.on(connection);
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  /** Into a table without policies: without percred there is no caller to pass them. */
  private static void batch(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into note (text) values (?)")) {
      for (int i = 0; i < 100; i++) {
        statement.setString(1, "note " + i);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void metadata(Connection connection) throws SQLException {
    try (var columns = connection.getMetaData().getColumns(null, "public", "contact", "%")) {
      while (columns.next()) {
        columns.getString("COLUMN_NAME");
      }
    }
  }
}

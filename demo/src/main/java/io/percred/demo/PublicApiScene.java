package io.percred.demo;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.Request;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies, functions and a hook as people write them for PostgREST serve a Java application. */
final class PublicApiScene implements Scene {
  private static final String CONTACTS =
      "select string_agg(name, ', ' order by id) from api.contact";

  @Override
  public String title() {
    return "A public API written for PostgREST: tokens with roles, minted and revoked in SQL";
  }

  @Override
  public void play(Stage stage) throws Exception {
    try (PublicApi api = PublicApi.on(stage.server());
        Connection connection = PublicApi.connect(stage.server())) {
      Credential alices = api.mint("alice");
      Credential bobs = api.mint("bob");
      Caller program = through(PublicApi.PROXY_SECRET, alices);
      show(stage, connection, "alice's program", program, "Ines, Ivar, Ida");
      show(
          stage, connection, "bob's program", through(PublicApi.PROXY_SECRET, bobs), "Jane, Jonas");
      show(stage, connection, "... not through the proxy", through(null, bobs), "PT403");
      show(stage, connection, "alice herself", Caller.of(api.login("alice")), "Ines, Ivar, Ida");
      long begin = System.nanoTime();
      String slow = answer(connection, program, "select pg_sleep(5)::text");
      double seconds = (System.nanoTime() - begin) / 1e9;
      stage.say("%-28s %s after %.1f s", "a query of 5 s", slow, seconds);
      expect("57014", slow);
      api.revoke("alice");
      show(stage, connection, "alice's program, revoked", program, "PT401");
      show(stage, connection, "alice herself", Caller.of(api.login("alice")), "Ines, Ivar, Ida");
      stage.say(
          "One connection, whose login may do nothing itself. The role's own statement_timeout"
              + " ended the slow query.");
    }
  }

  private static void show(
      Stage stage, Connection connection, String who, Caller caller, String expected)
      throws SceneFailedException {
    String answer = answer(connection, caller, CONTACTS);
    stage.say("%-28s %s", who, answer);
    expect(expected, answer);
  }

  private static void expect(String expected, String answer) throws SceneFailedException {
    if (!answer.startsWith(expected)) {
      throw new SceneFailedException(expected + " was expected, not " + answer);
    }
  }

  /** The first value, or SQLSTATE and message of the failure. */
  private static String answer(Connection connection, Caller caller, String query) {
    CallerScope request = CallerContext.open(caller);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return String.valueOf(row.getString(1));
    } catch (SQLException e) {
      return e.getSQLState() + " " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    } finally {
      request.close();
    }
  }

  private static Caller through(@Nullable String proxySecret, Credential credential) {
    Map<String, String> headers =
        proxySecret == null ? Map.of() : Map.of("X-Proxy-Secret", proxySecret);
    return new Caller(credential, Map.of(), new Request("GET", "/contact", headers, Map.of()));
  }
}

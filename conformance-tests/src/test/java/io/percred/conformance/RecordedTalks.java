package io.percred.conformance;

import static io.percred.conformance.PostgresIT.ALICE;
import static io.percred.conformance.PostgresIT.BOB;
import static io.percred.conformance.PostgresIT.WHO;
import static io.percred.conformance.PostgresIT.ask;
import static io.percred.conformance.PostgresIT.assertFails;
import static io.percred.conformance.PostgresIT.execute;
import static io.percred.conformance.PostgresIT.insert;
import static io.percred.conformance.PostgresIT.who;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** What a connection is used for while it is recorded; short, because each is replayed often. */
final class RecordedTalks {
  private static final int LARGE = 20_000;
  private static final int WAIT_MILLIS = 10_000;

  private RecordedTalks() {}

  /** One use of a connection. */
  @FunctionalInterface
  interface Talk {
    void over(Connection connection, ScriptedCaller caller) throws Exception;
  }

  /** All of them, by name. */
  static Map<String, Talk> all(Connection bystander) {
    Map<String, Talk> talks = new LinkedHashMap<>();
    talks.put("autocommit", RecordedTalks::autocommit);
    talks.put("prepared", RecordedTalks::prepared);
    talks.put("transaction", RecordedTalks::transaction);
    talks.put("batch", RecordedTalks::batch);
    talks.put("texts", RecordedTalks::texts);
    talks.put("calls", RecordedTalks::calls);
    talks.put("errors", RecordedTalks::errors);
    talks.put("refusals", RecordedTalks::refusals);
    talks.put("copy", RecordedTalks::copy);
    talks.put(
        "notifications", (connection, caller) -> notifications(connection, caller, bystander));
    talks.put("large row", RecordedTalks::largeRow);
    talks.put("large object", RecordedTalks::largeObject);
    talks.put("session", RecordedTalks::session);
    return talks;
  }

  private static void autocommit(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    assertThat(who(connection)).isEqualTo(ALICE.token());
    caller.is(BOB);
    assertThat(who(connection)).isEqualTo(BOB.token());
    insert(connection, "grüße");
    caller.isNobody();
    execute(connection, "select 1");
    execute(connection, "");
    assertThat(connection.isValid(10)).isTrue();
  }

  private static void prepared(Connection connection, ScriptedCaller caller) throws Exception {
    try (PreparedStatement statement = connection.prepareStatement(WHO + " where ? > 0")) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(3);
      for (int i = 1; i <= 6; i++) {
        caller.is(i % 2 == 0 ? ALICE : BOB);
        statement.setInt(1, i);
        statement.executeQuery().close();
      }
    }
    caller.is(ALICE);
    assertThat(who(connection)).isEqualTo(ALICE.token());
  }

  private static void transaction(Connection connection, ScriptedCaller caller) throws Exception {
    connection.setAutoCommit(false);
    caller.is(ALICE);
    Savepoint savepoint = connection.setSavepoint();
    insert(connection, "dropped");
    connection.rollback(savepoint);
    insert(connection, "kept");
    assertThat(who(connection)).isEqualTo(ALICE.token());
    connection.commit();
    caller.is(BOB);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(2);
      try (var rows = statement.executeQuery("select seen from seen_row where n <= 5")) {
        assertThat(PostgresIT.column(rows, 1)).hasSize(5).containsOnly(BOB.token());
      }
    }
    caller.isNobody();
    connection.rollback();
  }

  private static void batch(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    try (PreparedStatement statement =
        connection.prepareStatement("insert into entry (note) values (?)")) {
      for (int i = 0; i < 20; i++) {
        statement.setString(1, "number " + i);
        statement.addBatch();
      }
      assertThat(statement.executeBatch()).hasSize(20);
    }
  }

  private static void texts(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    execute(connection, "insert into entry (note) values ('text'); select 1; " + WHO);
    execute(connection, "begin; insert into entry (note) values ('text'); commit");
    caller.is(BOB);
    execute(connection, "begin; " + WHO);
    execute(connection, "select 'in a block'");
    execute(connection, "/* the end */ rollback");
  }

  private static void calls(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    execute(connection, "call add_entry('called')");
    assertFails("2D000", () -> execute(connection, "call add_and_commit('x')"));
    caller.is(BOB);
    try (CallableStatement call = connection.prepareCall("call add_entry(?)")) {
      call.setString(1, "called");
      call.execute();
      call.execute();
    }
  }

  private static void errors(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    assertFails("22012", () -> ask(connection, "select 1 / 0"));
    assertFails("42601", () -> execute(connection, "selekt"));
    execute(connection, "do $$ begin raise notice 'I am %', seen(); end $$");
    assertFails("22012", () -> execute(connection, "select 1; select 1 / 0; select 2"));
    connection.setAutoCommit(false);
    assertFails("22012", () -> ask(connection, "select 1 / 0"));
    assertFails("25P02", () -> ask(connection, "select 1"));
    connection.commit();
    insert(connection, "fails at commit");
    assertFails("23514", connection::commit);
  }

  private static void refusals(Connection connection, ScriptedCaller caller) throws Exception {
    caller.isNobody();
    assertFails("28000", () -> who(connection));
    assertFails("28000", () -> execute(connection, "call add_entry('x')"));
    assertFails("28000", () -> execute(connection, "select 1; select seen()"));
    caller.is(ALICE);
    assertThat(who(connection)).isEqualTo(ALICE.token());
    connection.setAutoCommit(false);
    caller.isNobody();
    assertFails("28000", () -> who(connection));
    connection.rollback();
    caller.is(ALICE);
    insert(connection, "of Alice");
    caller.is(BOB);
    assertFails("28000", () -> insert(connection, "of Bob"));
    assertFails("25P02", () -> insert(connection, "of Bob"));
    connection.rollback();
  }

  private static void copy(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
    String in = "copy entry (note) from stdin";
    assertThat(copies.copyIn(in, new StringReader("row\n".repeat(3)))).isEqualTo(3);
    assertFails("22P04", () -> copies.copyIn(in, new StringReader("one\ttwo\n")));
    connection.setAutoCommit(false);
    assertThat(copies.copyIn(in, new StringReader("row\n"))).isEqualTo(1);
    connection.commit();
    connection.setAutoCommit(true);
    StringWriter out = new StringWriter();
    String query = "copy (select seen from seen_row where n <= 3) to stdout";
    assertThat(copies.copyOut(query, out)).isEqualTo(3);
    caller.isNobody();
    assertFails("28000", () -> copies.copyIn(in, new StringReader("row\n")));
  }

  private static void notifications(
      Connection connection, ScriptedCaller caller, Connection bystander) throws Exception {
    PGConnection listening = connection.unwrap(PGConnection.class);
    execute(connection, "listen news");
    assertThat(listening.getNotifications(1)).isNullOrEmpty();
    execute(bystander, "notify news, 'of somebody'");
    assertThat(listening.getNotifications(WAIT_MILLIS)).hasSize(1);
    caller.is(ALICE);
    execute(connection, "notify news, 'of Alice'");
    assertThat(listening.getNotifications(1)).hasSize(1);
    assertThat(listening.getNotifications(1)).isNullOrEmpty();
    assertThat(who(connection)).isEqualTo(ALICE.token());
  }

  private static void largeRow(Connection connection, ScriptedCaller caller) throws Exception {
    caller.is(ALICE);
    try (PreparedStatement statement = connection.prepareStatement("select ?, " + LARGE)) {
      statement.setString(1, "x".repeat(LARGE));
      try (var rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).hasSize(LARGE);
      }
    }
    assertThat(ask(connection, "select repeat('y', " + LARGE + ")")).hasSize(LARGE);
    assertThat(who(connection)).isEqualTo(ALICE.token());
  }

  private static void largeObject(Connection connection, ScriptedCaller caller) throws Exception {
    connection.setAutoCommit(false);
    caller.is(ALICE);
    LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
    long oid = objects.createLO();
    try (LargeObject object = objects.open(oid, LargeObjectManager.READWRITE)) {
      object.write("content".getBytes(StandardCharsets.UTF_8));
      object.seek(0);
      assertThat(object.read(7)).hasSize(7);
    }
    objects.delete(oid);
    connection.commit();
  }

  private static void session(Connection connection, ScriptedCaller caller) throws SQLException {
    execute(connection, "set application_name = 'replayed'");
    caller.is(ALICE);
    execute(connection, "set standard_conforming_strings = off");
    assertThat(ask(connection, "select '\\'' || seen()")).endsWith(ALICE.token());
    execute(connection, "reset standard_conforming_strings");
    try (PreparedStatement show = connection.prepareStatement("show timezone")) {
      show.unwrap(PGStatement.class).setPrepareThreshold(1);
      show.executeQuery().close();
      execute(connection, "deallocate all");
      caller.is(BOB);
      assertThat(who(connection)).isEqualTo(BOB.token());
      show.executeQuery().close();
    }
    execute(connection, "discard all");
    assertThat(who(connection)).isEqualTo(BOB.token());
  }
}

package io.percred.conformance;

import io.percred.conformance.RandomCaller.Person;
import io.percred.conformance.RandomTally.Finding;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;
import org.postgresql.copy.PGCopyInputStream;

/**
 * What one caller does with a connection. Every statement that answers says who it is asked by and
 * carries a number that must come back. Confined to one thread.
 */
final class RandomActs {
  static final String SETUP = "31s";

  /** Who, whose rows, and what is left in the session. */
  private static final String QUESTION =
      """
      select ?::bigint, current_setting('app.who', true),
        (select string_agg(distinct owner, '+') from own),
        current_setting('search_path'), nullif(current_setting('probe.mark', true), ''),
        (select string_agg(c, '+') from pg_catalog.pg_listening_channels() c),
        current_setting('lock_timeout')
      """;

  private final Connection connection;
  private final String me;
  private final Random random;
  private final RandomTally tally;

  RandomActs(Connection connection, Person person, Random random, RandomTally tally) {
    this.connection = connection;
    this.me = person.name();
    this.random = random;
    this.tally = tally;
  }

  /** Does one thing. */
  void one(String way) throws SQLException {
    int act = random.nextInt(20);
    tally.does(connection, way + "/" + me + " " + nameOf(act));
    switch (act) {
      case 0 -> abandonCopyStream();
      case 1 -> abandonCopyOut();
      case 2 -> abandonCopyIn();
      case 3 -> cancelled();
      case 4 -> timedOut();
      case 5 -> execute("set probe.mark = '" + me + "'");
      case 6 -> execute("set search_path = mine_" + me + ", shop");
      case 7 -> execute("listen heard_by_" + me);
      case 8 -> execute("notify heard_by_" + me + ", '" + me + "'");
      case 9 -> heard();
      case 10 -> scratch();
      case 11 -> failing();
      case 12 -> savepoint();
      case 13 -> cursor();
      case 14 -> batch();
      case 15 -> warning();
      case 16 -> insert();
      case 17 -> tally.count("valid " + connection.isValid(1));
      default -> ask();
    }
  }

  private static String nameOf(int act) {
    return switch (act) {
      case 0 -> "abandons a copy's stream";
      case 1 -> "abandons a copy out";
      case 2 -> "abandons a copy in";
      case 3 -> "cancels";
      case 4 -> "lets a statement time out";
      case 5 -> "sets a mark";
      case 6 -> "sets search_path";
      case 7 -> "listens";
      case 8 -> "notifies";
      case 9 -> "reads notifications";
      case 10 -> "uses a temporary table";
      case 11 -> "fails";
      case 12 -> "rolls back to a savepoint";
      case 13 -> "reads by cursor";
      case 14 -> "sends a batch";
      case 15 -> "is warned";
      case 16 -> "inserts";
      case 17 -> "asks isValid";
      default -> "asks";
    };
  }

  /** What somebody tries whom percred must refuse; an answer is a finding. */
  void uninvited(int attempt) throws SQLException {
    try {
      switch (attempt) {
        case 0 -> {
          ask();
          tally.finds(Finding.FOREIGN_ROW, connection, me + " was answered");
        }
        case 1 -> insert();
        case 2 -> execute("lock table shop.own in row exclusive mode");
        case 3 -> connection.setSchema("public");
        case 4 -> execute("listen heard_by_all");
        default -> execute("set application_name = 'forged'");
      }
    } finally {
      if (attempt > 2 && !connection.getAutoCommit()) {
        connection.commit();
      }
    }
  }

  private void ask() throws SQLException {
    long number = random.nextLong();
    try (PreparedStatement statement = connection.prepareStatement(QUESTION)) {
      statement.setLong(1, number);
      try (ResultSet row = statement.executeQuery()) {
        answered(row.next() ? row : null, number);
      }
    }
  }

  private void answered(@Nullable ResultSet row, long number) throws SQLException {
    tally.count("answers");
    if (row == null || row.getMetaData().getColumnCount() != 7) {
      another(null);
      return;
    }
    if (row.getLong(1) != number) {
      another(row.getString(2));
      return;
    }
    expect(Finding.FOREIGN_ROW, "who", row.getString(2), me);
    expect(Finding.FOREIGN_ROW, "owners", row.getString(3), null, me);
    expect(Finding.FOREIGN_STATE, "search_path", row.getString(4), "shop", "mine_" + me + ", shop");
    expect(Finding.FOREIGN_STATE, "mark", row.getString(5), null, me);
    expect(Finding.FOREIGN_STATE, "channels", row.getString(6), null, "heard_by_" + me);
    expect(Finding.LOST_SETUP, "lock_timeout", row.getString(7), SETUP);
  }

  private void expect(
      Finding finding, String what, @Nullable String seen, @Nullable String... allowed)
      throws SQLException {
    for (String each : allowed) {
      if (Objects.equals(seen, each)) {
        return;
      }
    }
    finds(finding, what + " is " + seen);
  }

  /**
   * The answer to another question: of one's own, which pgjdbc gives without percred too, or
   * foreign.
   *
   * @param whose who was named in it, or null if nobody was
   */
  private void another(@Nullable String whose) throws SQLException {
    if (whose == null ? !tally.isNewTo(connection, me) : me.equals(whose)) {
      outOfStep();
    } else {
      finds(Finding.FOREIGN_ANSWER, "an answer to " + whose);
    }
  }

  /** pgjdbc took its own caller's earlier answer for the one that was due. */
  private void outOfStep() {
    tally.count("out of step");
  }

  private void finds(Finding finding, String details) throws SQLException {
    tally.finds(finding, connection, me + ": " + details);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    tally.count("statements");
  }

  private void insert() throws SQLException {
    String note = Long.toString(random.nextLong());
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into shop.own (note) values (?) returning note, owner")) {
      statement.setString(1, note);
      try (ResultSet row = statement.executeQuery()) {
        tally.count("answers");
        if (!row.next()) {
          another(null);
        } else if (!note.equals(row.getString(1))) {
          another(row.getString(2));
        } else {
          expect(Finding.FOREIGN_ROW, "stamp", row.getString(2), me);
        }
      }
    }
  }

  private PGConnection driver() throws SQLException {
    return connection.unwrap(PGConnection.class);
  }

  private String copied() {
    return "copy (select current_setting('app.who'), n from generate_series(1, "
        + (random.nextBoolean() ? 50 : 20_000)
        + ") n) to stdout";
  }

  private void abandonCopyStream() throws SQLException {
    PGCopyInputStream stream = new PGCopyInputStream(driver(), copied());
    try {
      int first = stream.read();
      if (first >= 0 && first != me.charAt(0)) {
        finds(Finding.FOREIGN_ROW, "a copy begins with " + (char) first);
      }
      stream.close();
    } catch (IOException e) {
      throw new SQLException(e.getMessage(), "08006", e);
    }
  }

  private void abandonCopyOut() throws SQLException {
    CopyOut copy = driver().getCopyAPI().copyOut(copied());
    if (copy == null) {
      outOfStep();
      return;
    }
    copy.readFromCopy();
    // One that is not even cancelled keeps pgjdbc waiting for it for ever, percred or not.
    copy.cancelCopy();
  }

  private void abandonCopyIn() throws SQLException {
    CopyIn copy = driver().getCopyAPI().copyIn("copy shop.own (note) from stdin");
    if (copy == null) {
      outOfStep();
      return;
    }
    byte[] line = "copied\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    copy.writeToCopy(line, 0, line.length);
    if (random.nextBoolean()) {
      copy.flushCopy();
    }
    if (random.nextBoolean()) {
      copy.cancelCopy();
    } else {
      copy.endCopy();
    }
  }

  /** A cancel from another thread, which may come at any time, also too late. */
  private void cancelled() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<Void> cancel =
          CompletableFuture.runAsync(
              () -> {
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  tally.count("cancel failed");
                }
              },
              CompletableFuture.delayedExecutor(
                  random.nextInt(12), TimeUnit.MILLISECONDS, ForkJoinPool.commonPool()));
      try {
        statement.execute("select pg_sleep(0.006)");
      } finally {
        if (random.nextBoolean()) {
          cancel.join();
        }
      }
    }
  }

  private void timedOut() throws SQLException {
    if (random.nextInt(10) > 0) {
      execute("set statement_timeout = " + (1 + random.nextInt(4)));
      execute("select pg_sleep(0.006)");
    } else {
      connection.setNetworkTimeout(Runnable::run, 4);
      execute("select pg_sleep(0.02)");
    }
  }

  private void heard() throws SQLException {
    PGNotification[] heard = driver().getNotifications();
    for (PGNotification each : heard == null ? new PGNotification[0] : heard) {
      tally.count("notifications");
      expect(Finding.FOREIGN_STATE, "notification", each.getParameter(), me);
    }
  }

  private void scratch() throws SQLException {
    execute("create temporary table if not exists scratch (owner text)");
    execute("insert into pg_temp.scratch values ('" + me + "')");
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select string_agg(distinct owner, '+') from pg_temp.scratch")) {
      row.next();
      expect(Finding.FOREIGN_STATE, "temporary table", row.getString(1), me);
    }
  }

  private void failing() throws SQLException {
    try {
      execute("select 1 / 0");
    } catch (SQLException e) {
      tally.count("expected failures");
      if (connection.getAutoCommit()) {
        ask();
      } else {
        throw e;
      }
    }
  }

  private void savepoint() throws SQLException {
    if (connection.getAutoCommit()) {
      return;
    }
    insert();
    Savepoint savepoint = connection.setSavepoint();
    try {
      execute(random.nextBoolean() ? "select 1 / 0" : "set probe.mark = '" + me + "'");
    } catch (SQLException e) {
      tally.count("expected failures");
    }
    connection.rollback(savepoint);
    ask();
  }

  private void cursor() throws SQLException {
    int base = random.nextInt(1_000_000);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select n, current_setting('app.who') from generate_series(?, ?) n")) {
      statement.setInt(1, base);
      statement.setInt(2, base + 20);
      statement.setFetchSize(3);
      int left = random.nextInt(25);
      try (ResultSet rows = statement.executeQuery()) {
        for (int n = base; left > 0 && rows.next(); n++, left--) {
          tally.count("answers");
          if (rows.getInt(1) != n) {
            finds(Finding.FOREIGN_ANSWER, "another row of a cursor");
          }
          expect(Finding.FOREIGN_ROW, "row", rows.getString(2), me);
        }
      }
    }
  }

  private void batch() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into shop.own (note) values (?)", Statement.RETURN_GENERATED_KEYS)) {
      for (int i = 0; i < 5; i++) {
        statement.setString(1, "batch " + i);
        statement.addBatch();
      }
      statement.executeBatch();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        while (keys.next()) {
          tally.count("answers");
          expect(Finding.FOREIGN_ROW, "stamp", keys.getString("owner"), me);
        }
      }
    }
  }

  private void warning() throws SQLException {
    execute("do $$ begin raise warning '" + me + "'; end $$");
    for (SQLWarning each = connection.getWarnings(); each != null; each = each.getNextWarning()) {
      if (each.getSQLState().equals("01000")) {
        expect(Finding.FOREIGN_STATE, "warning", each.getMessage(), me);
      }
    }
  }
}

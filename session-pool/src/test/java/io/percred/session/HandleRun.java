package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.session.HandleModel.Use;
import io.percred.spi.PercredError;
import io.percred.spi.Target;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;

/** One random sequence of calls, on handles and on their models. */
final class HandleRun implements AutoCloseable {
  private static final Target TARGET = new Target("jdbc:h2:mem", null, null);
  private static final String[] CALLERS = {"ALICE", "BOB", "CAROL"};
  private static final String SEEN = "select current_user, current_schema, count(*) from item";
  private static final String ROWS = "select id, author, text from item order by id";
  private static final String INSERT = "insert into item (text) values ('x')";
  private static final String INSERT_ONE = "insert into item (text) values (?)";
  private static final List<String> TEXTS =
      List.of(
          SEEN,
          SEEN,
          ROWS,
          ROWS,
          INSERT,
          INSERT,
          INSERT,
          "update item set text = text || 'y' where author = current_user",
          "delete from item where author = current_user and mod(id, 3) = 0",
          "insert into item (text) values ('x'), (null)",
          "select no_such_column from item",
          "begin",
          "begin",
          "commit",
          "rollback",
          "set schema other",
          "set schema public",
          "set @a = 1; begin; " + INSERT,
          "set @a = 1; " + INSERT);
  private static final String CONTENT =
      "select listagg(id || author || text, ' ') within group (order by id) from ";

  /** What a call answers, for people. */
  private interface Answer {
    @Nullable Object get() throws SQLException;
  }

  private interface Reading {
    Object of(ResultSet rows) throws SQLException;
  }

  /** A handle and its model. */
  private static final class Side {
    private final int number;
    private Connection handle;
    private HandleModel model;
    private final List<Stmt> statements = new ArrayList<>();
    private final List<Rows> rows = new ArrayList<>();
    private @Nullable Saved saved;

    private Side(int number, Connection handle, HandleModel model) {
      this.number = number;
      this.handle = handle;
      this.model = model;
    }
  }

  private record Stmt(int number, Statement real, StatementModel model) {}

  private record Rows(
      ResultSet real, ResultSet plain, @Nullable Stmt of, String owner, Connection session) {}

  private record Saved(Savepoint real, Savepoint plain, Connection session) {}

  private final Random random;
  private final TestContext context = new TestContext();
  private final FaultyVendor vendor = new FaultyVendor(CALLERS);
  private final H2Vendor plainDatabase = new H2Vendor(CALLERS);
  private final SessionPool pool;
  private final List<Side> sides = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final int max;
  private @Nullable String caller;
  private @Nullable String armed;
  private int made;
  private boolean killed;

  HandleRun(Random random) throws SQLException {
    this.random = random;
    // Enough mostly, as who must wait does so in real time; one for each handle at least.
    this.max = random.nextInt(40) == 0 ? 3 : CALLERS.length * 2;
    this.pool =
        new SessionPool(
            vendor,
            new SessionBounds(
                max,
                max,
                random.nextInt(4) == 0 ? Duration.ZERO : Duration.ofMinutes(5),
                Duration.ofDays(30),
                Duration.ofSeconds(30),
                Duration.ZERO),
            TARGET,
            context.clock,
            context.listener());
    for (H2Vendor database : List.of(vendor, plainDatabase)) {
      database.asAdmin("set default_lock_timeout 1");
      database.asAdmin("create schema other");
      for (String schema : List.of("public", "other")) {
        database.asAdmin(
            "create table "
                + schema
                + ".item (id int generated always as identity primary key,"
                + " author varchar default current_user, text varchar not null)");
      }
    }
    for (int number = 1; number <= 2; number++) {
      sides.add(new Side(number, newHandle(), new HandleModel(plainDatabase)));
    }
    call("ALICE");
  }

  private Connection newHandle() {
    return pool.connect(context, TARGET, "shape");
  }

  /** One call, or what happens around it. */
  void step() throws SQLException {
    Side side = sides.get(random.nextInt(sides.size()));
    int dice = random.nextInt(100);
    if (dice < 8) {
      call(random.nextInt(8) == 0 ? null : CALLERS[random.nextInt(CALLERS.length)]);
    } else if (dice < 14) {
      surroundings();
    } else if (dice < 24 || side.statements.isEmpty()) {
      make(side);
    } else if (dice < 60) {
      statement(side, side.statements.get(random.nextInt(side.statements.size())));
    } else if (dice < 68 && !side.rows.isEmpty()) {
      rows(side, side.rows.get(random.nextInt(side.rows.size())));
    } else if (dice < 76) {
      transaction(side);
    } else if (dice < 86) {
      property(side);
    } else {
      connection(side);
    }
    if (side.model.inDoubt) {
      side.model.inDoubt = false;
      endRequest(side);
    }
    look(side);
    invariants();
  }

  private void call(@Nullable String next) {
    log.add("caller is " + next);
    caller = next;
    context.call(next == null ? null : vendor.credential(next));
    sides.forEach(side -> side.model.caller = next);
  }

  private void surroundings() throws SQLException {
    switch (random.nextInt(4)) {
      case 0 -> {
        log.add("sessions are killed");
        disarm();
        killed = true;
        vendor.killSessions();
        for (Side side : sides) {
          side.model.kill();
        }
      }
      case 1 -> {
        log.add("idle timeout passes");
        context.clock.advance(Duration.ofMinutes(6));
        pool.sweep();
      }
      case 2 -> {
        log.add("lifetime passes");
        context.clock.advance(Duration.ofDays(31));
        pool.sweep();
        sides.forEach(side -> side.model.expire());
      }
      default -> {
        disarm();
        // A call is made twice at most: dead sessions that nobody has met yet would be the first.
        if (!killed) {
          armed = List.of("commit", "rollback", "setAutoCommit").get(random.nextInt(3));
          vendor.failing = armed;
          log.add("next " + armed + " fails");
        }
      }
    }
  }

  private void disarm() {
    armed = null;
    vendor.failing = null;
  }

  private void make(Side side) {
    int kind = random.nextInt(5);
    String text =
        switch (kind) {
          case 2 -> INSERT_ONE;
          case 3 -> SEEN;
          case 4 -> random.nextInt(3) == 0 ? "select no_such_column" : INSERT;
          default -> null;
        };
    StatementModel.Maker maker =
        connection ->
            switch (kind) {
              case 0 -> connection.createStatement();
              case 1 ->
                  connection.createStatement(
                      ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
              default -> connection.prepareStatement(text, Statement.RETURN_GENERATED_KEYS);
            };
    StatementModel model = new StatementModel(side.model, text, maker);
    Statement[] real = new Statement[1];
    String answer =
        both(
            side,
            "s" + (made + 1) + " = " + (text == null ? "statement" : text),
            () -> {
              real[0] = maker.on(side.handle);
              return "made";
            },
            model::make);
    if (answer.equals("made")) {
      side.statements.add(new Stmt(++made, real[0], model));
      if (text != null && text.contains("?")) {
        bind(side, side.statements.get(side.statements.size() - 1));
      }
    }
    if (side.statements.size() > 5) {
      side.statements.remove(0);
    }
  }

  private void bind(Side side, Stmt stmt) {
    String value = "v" + random.nextInt(100);
    setting(
        side,
        stmt,
        "parameter",
        statement -> StatementModel.prepared(statement).setString(1, value));
  }

  private interface Setting {
    void on(Statement statement) throws SQLException;
  }

  private void setting(Side side, Stmt stmt, String name, Setting setting) {
    StatementModel.Call<Object> call =
        statement -> {
          setting.on(statement);
          return "set";
        };
    both(side, name(stmt, name), () -> call.on(stmt.real), () -> stmt.model.set(name, call));
  }

  private void statement(Side side, Stmt stmt) throws SQLException {
    switch (random.nextInt(14)) {
      case 0 -> {
        both(
            side,
            name(stmt, "close"),
            () -> {
              stmt.real.close();
              return "closed";
            },
            stmt.model::close);
      }
      case 1 -> batch(side, stmt);
      case 2 -> setting(side, stmt, "maxRows", statement -> statement.setMaxRows(2));
      case 3 -> {
        if (stmt.model.text == null || !stmt.model.text.contains("?")) {
          setting(side, stmt, "closeOnCompletion", Statement::closeOnCompletion);
        } else {
          bind(side, stmt);
        }
      }
      case 4 -> asked(side, stmt, "getUpdateCount", Statement::getUpdateCount);
      case 5 -> asked(side, stmt, "getMaxRows", Statement::getMaxRows);
      case 6 -> asked(side, stmt, "getMoreResults", Statement::getMoreResults);
      case 7 -> {
        asked(side, stmt, "isCloseOnCompletion", Statement::isCloseOnCompletion);
        opened(side, stmt, "getGeneratedKeys", false, Statement::getGeneratedKeys);
      }
      case 8 -> opened(side, stmt, "getResultSet", false, Statement::getResultSet);
      default -> execute(side, stmt);
    }
  }

  private void asked(Side side, Stmt stmt, String name, StatementModel.Call<Object> call) {
    both(side, name(stmt, name), () -> call.on(stmt.real), () -> stmt.model.look(call));
  }

  private void execute(Side side, Stmt stmt) throws SQLException {
    String prepared = stmt.model.text;
    String text = prepared == null ? TEXTS.get(random.nextInt(TEXTS.size())) : prepared;
    if (text.contains("begin") && !side.model.autoCommits()) {
      // H2 alone has auto-commit on after a BEGIN with it off.
      return;
    }
    if (text.startsWith("set schema") && side.model.isSchemaPending()) {
      // Which of two schemas comes back if the later one is refused is left open.
      return;
    }
    SqlEffect effect = vendor.effectOf(text);
    if (text.startsWith("select") && random.nextInt(3) > 0) {
      opened(
          side,
          stmt,
          "executeQuery " + text,
          true,
          statement ->
              prepared == null
                  ? statement.executeQuery(text)
                  : StatementModel.prepared(statement).executeQuery());
      return;
    }
    StatementModel.Call<Object> call =
        statement ->
            prepared == null
                ? statement.execute(text)
                : StatementModel.prepared(statement).execute();
    String answer =
        both(
            side,
            name(stmt, "execute " + text),
            () -> call.on(stmt.real),
            () -> stmt.model.execute(effect, call));
    if (answer.equals("true")) {
      opened(side, stmt, "getResultSet", false, Statement::getResultSet);
    } else if (answer.equals("false")) {
      asked(side, stmt, "getUpdateCount", Statement::getUpdateCount);
    }
  }

  /** A call that answers with rows: read to the end, or left open. */
  private void opened(
      Side side, Stmt stmt, String name, boolean executes, StatementModel.Call<ResultSet> call)
      throws SQLException {
    ResultSet[] found = new ResultSet[2];
    String answer =
        both(
            side,
            name(stmt, name),
            () -> (found[0] = call.on(stmt.real)) == null ? "none" : "rows",
            () ->
                (found[1] =
                            executes
                                ? stmt.model.execute(SqlEffect.NONE, call)
                                : stmt.model.look(call))
                        == null
                    ? "none"
                    : "rows");
    if (answer.equals("rows")) {
      check(found[0].getStatement() == stmt.real, "rows lead back to their statement");
      opened(side, found[0], found[1], stmt);
    }
  }

  private void opened(Side side, ResultSet real, ResultSet plain, @Nullable Stmt stmt)
      throws SQLException {
    Rows rows =
        new Rows(
            real,
            plain,
            stmt,
            String.valueOf(caller),
            Objects.requireNonNull(side.model.session()));
    if (random.nextBoolean()) {
      while (read(side, rows, "next", HandleRun::nextRow).startsWith("[")) {
        // The next one.
      }
      close(side, rows);
    } else {
      side.rows.add(rows);
      if (side.rows.size() > 3) {
        side.rows.remove(0);
      }
    }
  }

  private static Object nextRow(ResultSet rows) throws SQLException {
    if (!rows.next()) {
      return "end";
    }
    List<@Nullable String> values = new ArrayList<>();
    for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
      values.add(rows.getString(column));
    }
    return values;
  }

  private String read(Side side, Rows rows, String name, Reading reading) {
    return both(
        side,
        name,
        () -> reading.of(rows.real),
        () -> {
          if (side.model.isDead() && side.model.holds(rows.session) && !rows.plain.isClosed()) {
            throw side.model.lost();
          }
          return reading.of(rows.plain);
        });
  }

  private void close(Side side, Rows rows) {
    both(
        side,
        "rows.close",
        () -> {
          rows.real.close();
          return "closed";
        },
        () -> {
          rows.plain.close();
          return "closed";
        });
  }

  private void rows(Side side, Rows rows) {
    Stmt stmt = rows.of;
    switch (random.nextInt(4)) {
      case 0 -> close(side, rows);
      case 1 -> {
        if (stmt != null && !side.model.isDead()) {
          Reading update =
              updated -> {
                updated.updateString("TEXT", "updated");
                updated.updateRow();
                return "updated";
              };
          both(
              side,
              "rows.updateRow",
              () -> update.of(rows.real),
              () -> {
                rows.plain.updateString("TEXT", "updated");
                return side.model.run(
                    new Use(rows.owner, true, SqlEffect.NONE, false),
                    session -> {
                      rows.plain.updateRow();
                      return "updated";
                    });
              });
        }
      }
      default -> read(side, rows, "rows.next", HandleRun::nextRow);
    }
  }

  private void batch(Side side, Stmt stmt) {
    if (stmt.model.text != null && !stmt.model.text.startsWith("insert")) {
      return;
    }
    boolean prepared = stmt.model.text != null;
    switch (random.nextInt(5)) {
      case 0 ->
          both(
              side,
              name(stmt, "clearBatch"),
              () -> {
                stmt.real.clearBatch();
                return "cleared";
              },
              stmt.model::clearBatch);
      case 1, 2 -> {
        String text =
            List.of(INSERT, INSERT, "insert into item (no_such_column) values (1)", "set @b = 2")
                .get(random.nextInt(4));
        StatementModel.Call<Object> call =
            statement -> {
              if (prepared) {
                StatementModel.prepared(statement).addBatch();
              } else {
                statement.addBatch(text);
              }
              return "added";
            };
        both(
            side,
            name(stmt, "addBatch " + (prepared ? "" : text)),
            () -> call.on(stmt.real),
            () -> stmt.model.addBatch(prepared ? SqlEffect.NONE : vendor.effectOf(text), call));
      }
      default -> {
        StatementModel.Call<String> call = batch -> Arrays.toString(batch.executeBatch());
        both(
            side,
            name(stmt, "executeBatch"),
            () -> call.on(stmt.real),
            () -> stmt.model.executeBatch(call));
      }
    }
  }

  private void transaction(Side side) {
    switch (random.nextInt(6)) {
      case 0, 1 -> ending(side, "commit", Connection::commit, () -> side.model.end(true));
      case 2 -> ending(side, "rollback", Connection::rollback, () -> side.model.end(false));
      case 3 -> save(side);
      default -> {
        // A transaction that only a longer text knows of is committed when a property is set after
        // auto-commit was switched off within it.
        boolean on = random.nextInt(3) == 0 || side.model.isChanged();
        setting(side, JdbcProperty.AUTO_COMMIT, on);
      }
    }
  }

  private interface Ending {
    void on(Connection connection) throws SQLException;
  }

  private interface ModelEnding {
    void end() throws SQLException;
  }

  private void ending(Side side, String name, Ending real, ModelEnding model) {
    both(
        side,
        name,
        () -> {
          real.on(side.handle);
          return "done";
        },
        () -> {
          model.end();
          return "done";
        });
  }

  private void setting(Side side, JdbcProperty property, @Nullable Object value) {
    ending(
        side,
        "set " + property + " " + value,
        handle -> write(handle, property, value),
        () -> side.model.set(property, value));
  }

  private static void write(Connection handle, JdbcProperty property, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      handle.setSchema(null);
    } else {
      property.write(handle, value);
    }
  }

  private void save(Side side) {
    Saved saved = side.saved;
    if (saved == null || !side.model.holds(saved.session) || !side.model.isInTransaction()) {
      Savepoint[] found = new Savepoint[2];
      String answer =
          both(
              side,
              "setSavepoint",
              () -> (found[0] = side.handle.setSavepoint()) == null ? "none" : "saved",
              () ->
                  (found[1] = side.model.run(Use.WORKING, Connection::setSavepoint)) == null
                      ? "none"
                      : "saved");
      if (answer.equals("saved")) {
        side.saved = new Saved(found[0], found[1], Objects.requireNonNull(side.model.session()));
      }
      return;
    }
    side.saved = null;
    boolean back = random.nextBoolean();
    both(
        side,
        back ? "rollback to savepoint" : "release savepoint",
        () -> {
          leave(side.handle, saved.real, back);
          return "left";
        },
        () ->
            side.model.run(
                Use.WORKING,
                session -> {
                  if (back && "rollback".equals(side.model.fault)) {
                    throw new SQLException("a fault", "58030");
                  }
                  leave(session, saved.plain, back);
                  return "left";
                }));
  }

  private static void leave(Connection connection, Savepoint savepoint, boolean back)
      throws SQLException {
    if (back) {
      connection.rollback(savepoint);
    } else {
      connection.releaseSavepoint(savepoint);
    }
  }

  private void property(Side side) {
    switch (random.nextInt(5)) {
      case 0 -> setting(side, JdbcProperty.READ_ONLY, random.nextBoolean());
      case 1 ->
          setting(
              side,
              JdbcProperty.TRANSACTION_ISOLATION,
              random.nextBoolean()
                  ? Connection.TRANSACTION_READ_COMMITTED
                  : Connection.TRANSACTION_REPEATABLE_READ);
      case 2 ->
          setting(
              side,
              JdbcProperty.HOLDABILITY,
              random.nextBoolean()
                  ? ResultSet.HOLD_CURSORS_OVER_COMMIT
                  : ResultSet.CLOSE_CURSORS_AT_COMMIT);
      default -> {
        int schema = random.nextInt(6);
        if (schema == 0 && !side.model.isChanged()) {
          setting(side, JdbcProperty.SCHEMA, "NO_SUCH_SCHEMA");
        } else if (schema > 1) {
          setting(side, JdbcProperty.SCHEMA, schema > 3 ? "OTHER" : "PUBLIC");
        } else if (!side.model.isChanged()) {
          // What SQL has made of the session's own schema is not undone by forgetting the handle's.
          setting(side, JdbcProperty.SCHEMA, null);
        }
      }
    }
  }

  private void connection(Side side) throws SQLException {
    switch (random.nextInt(12)) {
      case 0, 1 -> endRequest(side);
      case 2, 3 ->
          ending(side, "clearWarnings", Connection::clearWarnings, side.model::clearWarnings);
      case 4 -> ending(side, "close", Connection::close, side.model::close);
      case 5 -> unwrap(side);
      case 6, 7 -> metadata(side);
      default -> getters(side);
    }
    if (side.model.isClosed() && random.nextBoolean()) {
      log.add("h" + side.number + " is a new handle");
      side.handle = newHandle();
      side.model = new HandleModel(plainDatabase);
      side.model.caller = caller;
      side.statements.clear();
      side.rows.clear();
      side.saved = null;
    }
  }

  private void endRequest(Side side) {
    ending(side, "endRequest", Connection::endRequest, side.model::endRequest);
  }

  private void unwrap(Side side) {
    if (!userName(side).equals(caller)) {
      // What is reached that way is not guarded: nobody would replace a session that is gone.
      return;
    }
    both(
        side,
        "unwrap",
        () -> insert(side.handle.unwrap(JdbcConnection.class)),
        () ->
            insert(
                side.model.run(
                    Use.WORKING,
                    session -> {
                      side.model.unwrapped();
                      return session.unwrap(JdbcConnection.class);
                    })));
  }

  private static Object insert(Connection bare) throws SQLException {
    try (Statement statement = bare.createStatement()) {
      return statement.executeUpdate(INSERT);
    }
  }

  private void metadata(Side side) throws SQLException {
    if (random.nextBoolean()) {
      userName(side);
      return;
    }
    ResultSet[] found = new ResultSet[2];
    String answer =
        both(
            side,
            "getTableTypes",
            () -> (found[0] = tableTypes(side.handle)) == null ? "none" : "rows",
            () ->
                (found[1] = side.model.run(Use.WORKING, HandleRun::tableTypes)) == null
                    ? ""
                    : "rows");
    if (answer.equals("rows")) {
      side.model.addRows(found[1]);
      opened(side, found[0], found[1], null);
    }
  }

  private String userName(Side side) {
    return both(
        side,
        "getUserName",
        () -> side.handle.getMetaData().getUserName(),
        () -> side.model.run(Use.LOOKING, session -> session.getMetaData().getUserName()));
  }

  private static ResultSet tableTypes(Connection connection) throws SQLException {
    return connection.getMetaData().getTableTypes();
  }

  private void getters(Side side) {
    both(
        side,
        "getAutoCommit",
        () -> side.handle.getAutoCommit(),
        () -> side.model.get(JdbcProperty.AUTO_COMMIT));
    both(
        side,
        "isReadOnly",
        () -> side.handle.isReadOnly(),
        () -> side.model.get(JdbcProperty.READ_ONLY));
    both(
        side,
        "getTransactionIsolation",
        () -> side.handle.getTransactionIsolation(),
        () -> side.model.get(JdbcProperty.TRANSACTION_ISOLATION));
    both(
        side,
        "getHoldability",
        () -> side.handle.getHoldability(),
        () -> side.model.get(JdbcProperty.HOLDABILITY));
    if (!side.model.isAtRest()) {
      // At rest the session may be somebody else's meanwhile, and the answer the handle's own.
      both(side, "getSchema", () -> side.handle.getSchema(), side.model::schema);
    }
  }

  /** What can be looked at without asking the session. */
  private void look(Side side) throws SQLException {
    for (Stmt stmt : side.statements) {
      check(
          stmt.real.isClosed() == stmt.model.isClosed(),
          name(stmt, "isClosed is not " + stmt.model.isClosed()));
    }
    for (Rows rows : side.rows) {
      check(
          rows.real.isClosed() == rows.plain.isClosed(),
          "rows.isClosed is not " + rows.plain.isClosed());
    }
    check(side.handle.isClosed() == side.model.isClosed(), "handle.isClosed");
  }

  private void invariants() throws SQLException {
    SessionSnapshot seen = pool.snapshot();
    check(seen.opened() == vendor.logins.get(), "a login is not counted: " + seen);
    check(seen.live() + seen.opening() <= max, "too many sessions: " + seen);
    check(vendor.live() <= seen.live(), "a session is not counted: " + seen);
    long holding = sides.stream().filter(side -> side.model.holds()).count();
    check(seen.borrowed() <= holding, "a session is leased to nobody: " + seen);
    for (String table : List.of("public.item", "other.item")) {
      String real = vendor.queryAsAdmin(CONTENT + table);
      String plain = plainDatabase.queryAsAdmin(CONTENT + table);
      check(Objects.equals(real, plain), "committed is " + real + ", not " + plain);
    }
  }

  private static String name(Stmt stmt, String call) {
    return "s" + stmt.number + "." + call;
  }

  /** Makes a call on the handle and on its model; both must answer the same. */
  private String both(Side side, String what, Answer real, Answer model) {
    log.add("h" + side.number + " " + what);
    String answered = said(real);
    if (armed != null && vendor.failing == null) {
      side.model.fault = armed;
      armed = null;
    }
    String expected = said(model);
    side.model.fault = null;
    log.add("    " + answered);
    check(answered.equals(expected), "expected " + expected);
    return answered;
  }

  private static String said(Answer answer) {
    try {
      return String.valueOf(answer.get());
    } catch (BatchUpdateException e) {
      return "error in batch " + Arrays.toString(e.getUpdateCounts());
    } catch (SQLException e) {
      String code = PercredError.stableCodeOf(e);
      return code == null ? "error " + e.getSQLState() : code;
    }
  }

  private void check(boolean holds, String what) {
    assertThat(holds).as(() -> what + " after\n" + String.join("\n", log)).isTrue();
  }

  /** Closes the handles and the pool: nothing is left, and no lock. */
  void end() throws SQLException {
    disarm();
    for (Side side : sides) {
      side.handle.close();
      side.model.close();
      look(side);
    }
    invariants();
    pool.close();
    check(pool.snapshot().live() == 0 && vendor.live() == 0, "left: " + pool.snapshot());
    vendor.asAdmin("alter table public.item add column last int");
    vendor.asAdmin("alter table other.item add column last int");
  }

  @Override
  public void close() throws SQLException {
    pool.close();
    vendor.close();
    plainDatabase.close();
  }
}

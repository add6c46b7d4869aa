package io.percred.session;

import io.percred.session.HandleModel.Use;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a statement of a handle should do, see {@link HandleModel}. */
final class StatementModel {
  /** A call on the plain statement. */
  interface Call<T> {
    T on(Statement statement) throws SQLException;
  }

  /** How a connection makes it. */
  interface Maker {
    Statement on(Connection connection) throws SQLException;
  }

  final @Nullable String text;
  private final HandleModel handle;
  private final Maker maker;
  private final Map<String, Call<?>> settings = new LinkedHashMap<>();
  private String owner = "";
  private @Nullable Connection session;
  private @Nullable Statement plain;
  private boolean batched;
  private boolean batchChanges;
  private boolean closed;

  /**
   * A statement that {@link #make} makes.
   *
   * @param text what was prepared, or null
   */
  StatementModel(HandleModel handle, @Nullable String text, Maker maker) {
    this.handle = handle;
    this.text = text;
    this.maker = maker;
  }

  String make() throws SQLException {
    handle.run(Use.LOOKING, this::makeOn);
    handle.add(this);
    return "made";
  }

  private Statement makeOn(Connection connection) throws SQLException {
    owner = String.valueOf(handle.caller);
    session = connection;
    Statement made = maker.on(connection);
    plain = made;
    for (Call<?> setting : settings.values()) {
      setting.on(made);
    }
    return made;
  }

  <T> T look(Call<T> call) throws SQLException {
    return run(false, SqlEffect.NONE, call);
  }

  <T> T execute(SqlEffect effect, Call<T> call) throws SQLException {
    return run(true, effect, call);
  }

  String set(String name, Call<?> setting) throws SQLException {
    look(setting);
    settings.put(name, setting);
    return "set";
  }

  String addBatch(SqlEffect effect, Call<?> adding) throws SQLException {
    look(adding);
    batched = true;
    batchChanges |= effect != SqlEffect.NONE;
    return "added";
  }

  String clearBatch() throws SQLException {
    look(
        statement -> {
          statement.clearBatch();
          return "";
        });
    batchEnded();
    return "cleared";
  }

  <T> T executeBatch(Call<T> call) throws SQLException {
    T counts = execute(batchChanges ? SqlEffect.CHANGES_SESSION : SqlEffect.NONE, call);
    // Drivers differ in what a failed batch leaves behind: it counts as a batch until it is
    // cleared.
    batchEnded();
    return counts;
  }

  private void batchEnded() {
    batched = false;
    batchChanges = false;
  }

  private <T> T run(boolean executes, SqlEffect effect, Call<T> call) throws SQLException {
    requireOpen();
    try {
      return handle.run(
          new Use(owner, executes, effect, !batched),
          connection -> {
            if (!handle.holds(session)) {
              if (batched) {
                throw PercredError.of(SessionError.SESSION_LOST, owner, "batch").toSqlException();
              }
              makeOn(connection);
            }
            return call.on(Objects.requireNonNull(plain));
          });
    } catch (SQLException e) {
      if (SessionHold.isLost(e)) {
        // A batch that went with an earlier session is refused before this one is asked for
        // anything.
        handle.inDoubt |= batched;
        batchEnded();
      }
      throw e;
    }
  }

  private void requireOpen() throws SQLException {
    if (isDone()) {
      throw UnitOfWork.closed("statement");
    }
    handle.requireOpen();
  }

  boolean isClosed() {
    return isDone() || handle.isClosed();
  }

  private boolean isDone() {
    // The driver closes it with its rows, if it was told to; once closed it stays so.
    closed |= plain != null && HandleModel.isClosed(plain);
    return closed;
  }

  boolean isOpenOn(@Nullable Connection connection) {
    return session != null && session == connection && !isDone();
  }

  String close() throws SQLException {
    closed = true;
    if (plain != null) {
      plain.close();
    }
    return "closed";
  }

  /** The session serves somebody else: the statement takes another one with its next call. */
  void leave(Connection left) throws SQLException {
    if (session == left && plain != null) {
      isDone();
      plain.close();
      plain = null;
      session = null;
    }
  }

  static PreparedStatement prepared(Statement statement) {
    return (PreparedStatement) statement;
  }
}

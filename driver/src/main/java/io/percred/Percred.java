package io.percred;

import io.percred.catalogue.Installed;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.HeldConnection;
import io.percred.spi.HistoryEntry;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What applications ask percred about. */
public final class Percred {
  private Percred() {}

  /**
   * The stable code, such as {@code PERCRED-101}, of a failure that percred caused, whether percred
   * threw it or the target's driver made it of what percred answered; null for any other failure.
   * Looks into causes, suppressed exceptions and {@linkplain SQLException#getNextException() next
   * exceptions} too, so that what frameworks wrap is found.
   *
   * <p>{@link SQLException#getErrorCode()} is the number of the code where percred itself throws:
   * while connecting, from its DataSources and from handles on sessions. Where percred answers in
   * the server's place, pgjdbc makes the exception, and its error code is always 0; the stable code
   * stands in the {@code routine} of its {@code ServerErrorMessage}.
   */
  public static @Nullable String codeOf(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> open = new ArrayDeque<>();
    open.add(failure);
    while (!open.isEmpty()) {
      Throwable each = open.remove();
      if (!seen.add(each)) {
        continue;
      }
      if (each instanceof SQLException exception) {
        String code = codeOfOne(exception);
        if (code != null) {
          return code;
        }
        addIfPresent(open, exception.getNextException());
      }
      addIfPresent(open, each.getCause());
      Collections.addAll(open, each.getSuppressed());
    }
    return null;
  }

  /**
   * The last things percred did on a connection, oldest first, whatever pool wraps it: whom each
   * transaction was bound to, what was refused and cleared. Holds principals and digests, no
   * secret; empty if percred has nothing to do with the connection, or keeps no history of it.
   *
   * @throws SQLException if the connection cannot tell
   */
  public static List<HistoryEntry> historyOf(Connection connection) throws SQLException {
    for (DatabaseAdapter adapter : Installed.onThisThread().adapters().all()) {
      HeldConnection held = adapter.held(connection);
      if (held != null) {
        return held.history();
      }
    }
    return List.of();
  }

  private static @Nullable String codeOfOne(SQLException exception) {
    String own = PercredError.stableCodeOf(exception);
    if (own != null) {
      return own;
    }
    for (DatabaseAdapter adapter : Installed.onThisThread().adapters().all()) {
      String vendors = adapter.stableCodeOf(exception);
      if (vendors != null) {
        return vendors;
      }
    }
    return null;
  }

  private static void addIfPresent(Deque<Throwable> open, @Nullable Throwable failure) {
    if (failure != null) {
      open.add(failure);
    }
  }
}

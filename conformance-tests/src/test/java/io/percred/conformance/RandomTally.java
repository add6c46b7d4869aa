package io.percred.conformance;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.postgresql.PGConnection;

/**
 * What random callers saw, counted, and what was done on each physical connection of late, to tell
 * it with a finding. Thread-safe.
 */
final class RandomTally {
  /** What must never be seen. */
  enum Finding {
    /** A row of somebody else's, or one that nobody should have got. */
    FOREIGN_ROW,
    /** An answer to another statement. */
    FOREIGN_ANSWER,
    /** Something that another caller left in the session. */
    FOREIGN_STATE,
    /** What the pool set on the connection is not there. */
    LOST_SETUP
  }

  private static final int REMEMBERED = 14;
  private static final int TOLD = 12;

  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
  private final Map<Finding, Queue<String>> found = new ConcurrentSkipListMap<>();
  private final Map<PGConnection, Deque<String>> acts =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Counts something that may happen. */
  void count(String what) {
    counts.computeIfAbsent(what, any -> new LongAdder()).increment();
  }

  long counted(String what) {
    LongAdder counted = counts.get(what);
    return counted == null ? 0 : counted.sum();
  }

  /** Remembers what is done on a connection. */
  void does(Connection connection, String act) throws SQLException {
    Deque<String> last =
        acts.computeIfAbsent(connection.unwrap(PGConnection.class), any -> new ArrayDeque<>());
    synchronized (last) {
      if (last.size() == REMEMBERED) {
        last.removeFirst();
      }
      last.addLast(act);
    }
    count("acts");
  }

  /** Whether what was done last on the connection was not this caller's. */
  boolean isNewTo(Connection connection, String caller) throws SQLException {
    Deque<String> last = acts.get(connection.unwrap(PGConnection.class));
    List<String> known = last == null ? List.of() : snapshot(last);
    // The act that goes on is the last one.
    return known.size() > 1 && !known.get(known.size() - 2).contains("/" + caller + " ");
  }

  /** Something was seen that must not be. */
  void finds(Finding finding, Connection connection, String details) throws SQLException {
    count("found " + finding);
    Deque<String> last = acts.get(connection.unwrap(PGConnection.class));
    String told = details + ", after " + (last == null ? "nothing" : snapshot(last));
    Queue<String> known = found.computeIfAbsent(finding, any -> new ConcurrentLinkedQueue<>());
    if (known.size() < TOLD) {
      known.add(told);
    }
  }

  /** The first ones of a kind, each with what went before it on its connection. */
  List<String> found(Finding finding) {
    Queue<String> known = found.get(finding);
    return known == null ? List.of() : List.copyOf(known);
  }

  private static List<String> snapshot(Deque<String> last) {
    synchronized (last) {
      return List.copyOf(last);
    }
  }

  @Override
  public String toString() {
    return new TreeMap<>(counts).toString();
  }
}

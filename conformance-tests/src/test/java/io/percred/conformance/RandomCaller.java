package io.percred.conformance;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * One thread of an application: takes a connection for whoever its request is from, does what
 * applications do on it, in any order, and gives it back in whatever state. Confined to one thread.
 */
final class RandomCaller implements Runnable {
  /**
   * Somebody who asks.
   *
   * @param name what the database must see
   */
  record Person(String name, Credential credential) {}

  /**
   * A way to get connections.
   *
   * @param name how it is configured
   */
  record Way(String name, DataSource source) {}

  private static final String NOBODY = "nobody";
  private static final String FORGER = "forger";

  private final Random random;
  private final List<Person> people;
  private final Credential forged;
  private final List<Way> ways;
  private final RandomTally tally;
  private final BooleanSupplier goesOn;

  RandomCaller(
      Random random,
      List<Person> people,
      Credential forged,
      List<Way> ways,
      RandomTally tally,
      BooleanSupplier goesOn) {
    this.random = random;
    this.people = people;
    this.forged = forged;
    this.ways = ways;
    this.tally = tally;
    this.goesOn = goesOn;
  }

  @Override
  public void run() {
    while (goesOn.getAsBoolean()) {
      Way way = ways.get(random.nextInt(ways.size()));
      int kind = random.nextInt(10);
      try {
        if (kind == 0) {
          uninvited(way, NOBODY);
        } else if (kind == 1) {
          CallerScope scope = CallerContext.open(forged);
          try {
            uninvited(way, FORGER);
          } finally {
            scope.close();
          }
        } else {
          Person me = people.get(random.nextInt(people.size()));
          CallerScope scope = CallerContext.open(me.credential());
          try {
            request(way, me);
          } finally {
            scope.close();
          }
        }
      } catch (SQLException e) {
        tally.count("failed " + stateOf(e));
      } catch (NoSuchElementException
          | IllegalStateException
          | NullPointerException
          | ClassCastException e) {
        // pgjdbc lost its place among answers that it had not read.
        tally.count("failed in the driver, " + e.getClass().getSimpleName());
      }
    }
  }

  private void request(Way way, Person me) throws SQLException {
    try (Connection connection = way.source().getConnection()) {
      RandomActs acts = new RandomActs(connection, me, random, tally);
      boolean transaction = random.nextBoolean();
      connection.setAutoCommit(!transaction);
      for (int left = 1 + random.nextInt(4); left > 0; left--) {
        acts.one(way.name());
      }
      if (transaction) {
        end(connection);
      }
    }
  }

  /** A transaction ends, or is left to the pool. */
  private void end(Connection connection) throws SQLException {
    switch (random.nextInt(4)) {
      case 0 -> connection.rollback();
      case 1 -> {}
      default -> connection.commit();
    }
  }

  /** Whoever is not let in tries what he can; nothing of it may be answered or stay. */
  private void uninvited(Way way, String name) throws SQLException {
    try (Connection connection = way.source().getConnection()) {
      connection.setAutoCommit(random.nextBoolean());
      int attempt = random.nextInt(name.equals(NOBODY) ? 3 : 6);
      tally.does(connection, way.name() + "/" + name + " tries " + attempt);
      new RandomActs(connection, new Person(name, forged), random, tally).uninvited(attempt);
      if (!connection.getAutoCommit()) {
        end(connection);
      }
    }
  }

  private static String stateOf(SQLException e) {
    String code = Percred.codeOf(e);
    return e.getSQLState() + (code == null ? "" : " " + code);
  }
}

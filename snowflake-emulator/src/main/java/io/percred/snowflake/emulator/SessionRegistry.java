package io.percred.snowflake.emulator;

import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The live sessions and their exact count. Thread-safe. */
final class SessionRegistry {
  private final Clock clock;
  private final Duration sessionTokenLifetime;
  private final Duration masterTokenLifetime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Session> bySessionToken = new HashMap<>();
  private final Map<String, Session> byMasterToken = new HashMap<>();
  private long lastId = 1000;
  private Count count = new Count(0, 0, 0, 0);

  /** Sessions so far; live ones are those in the map. */
  record Count(long opened, long closed, long lost, long peakLive) {
    long live() {
      return opened - closed - lost;
    }
  }

  SessionRegistry(Clock clock, Duration sessionTokenLifetime, Duration masterTokenLifetime) {
    this.clock = clock;
    this.sessionTokenLifetime = sessionTokenLifetime;
    this.masterTokenLifetime = masterTokenLifetime;
  }

  Duration sessionTokenLifetime() {
    return sessionTokenLifetime;
  }

  Duration masterTokenLifetime() {
    return masterTokenLifetime;
  }

  /** A session that is not yet counted or found; {@link #open} does that once it is prepared. */
  Session create(Identity identity, Connection connection) {
    lock.lock();
    try {
      return new Session(++lastId, identity, connection, newTokens());
    } finally {
      lock.unlock();
    }
  }

  void open(Session session) {
    lock.lock();
    try {
      index(session);
      long live = count.live() + 1;
      count =
          new Count(
              count.opened() + 1, count.closed(), count.lost(), Math.max(count.peakLive(), live));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The session that a request's token belongs to.
   *
   * @throws SnowflakeError 390111 if there is none, 390112 if its session token has expired
   */
  Session bySessionToken(String token) throws SnowflakeError {
    lock.lock();
    try {
      Session session = bySessionToken.get(token);
      if (session == null) {
        throw SnowflakeError.sessionGone();
      }
      if (!clock.instant().isBefore(session.tokens().sessionUntil())) {
        throw new SnowflakeError(
            SnowflakeError.SESSION_TOKEN_EXPIRED,
            "08001",
            "Session token has expired. Session token must be renewed.");
      }
      return session;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives the session new tokens in exchange for its master token.
   *
   * @throws SnowflakeError 390115 for an unknown master token, 390114 for an expired one
   */
  Session renew(String masterToken) throws SnowflakeError {
    lock.lock();
    try {
      Session session = byMasterToken.get(masterToken);
      if (session == null) {
        throw new SnowflakeError(
            SnowflakeError.MASTER_TOKEN_INVALID, "08001", "Master token is invalid.");
      }
      if (!clock.instant().isBefore(session.tokens().masterUntil())) {
        throw new SnowflakeError(
            SnowflakeError.MASTER_TOKEN_EXPIRED,
            "08001",
            "Authentication token has expired. The user must authenticate again.");
      }
      unindex(session);
      session.tokens(newTokens());
      index(session);
      return session;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Requires that a session was not lost meanwhile.
   *
   * @throws SnowflakeError 390111 if it was
   */
  void requireLive(Session session) throws SnowflakeError {
    lock.lock();
    try {
      if (byMasterToken.get(session.tokens().master()) != session) {
        throw SnowflakeError.sessionGone();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the session at the client's wish.
   *
   * @throws SnowflakeError 390111 if there is no such session, 390112 if its session token has
   *     expired
   */
  void close(String sessionToken) throws SnowflakeError {
    Session session;
    lock.lock();
    try {
      Session ending = bySessionToken.get(sessionToken);
      if (ending != null && !clock.instant().isBefore(ending.tokens().masterUntil())) {
        // With its master token a session is over, whoever hears of it.
        lose(each -> each == ending);
      }
      session = bySessionToken(sessionToken);
      unindex(session);
      count = new Count(count.opened(), count.closed() + 1, count.lost(), count.peakLive());
    } finally {
      lock.unlock();
    }
    session.close();
  }

  /** Makes sessions vanish: their tokens answer 390111 from now on. */
  int lose(Predicate<Session> which) {
    List<Session> victims = new ArrayList<>();
    lock.lock();
    try {
      for (Session session : List.copyOf(bySessionToken.values())) {
        if (which.test(session)) {
          unindex(session);
          victims.add(session);
        }
      }
      count =
          new Count(
              count.opened(), count.closed(), count.lost() + victims.size(), count.peakLive());
    } finally {
      lock.unlock();
    }
    victims.forEach(Session::close);
    return victims.size();
  }

  /**
   * Ends the validity of tokens now: the session tokens only, or the master tokens as well.
   *
   * @param which whose tokens
   */
  void expireTokens(Predicate<Session> which, boolean masterToo) {
    lock.lock();
    try {
      Instant now = clock.instant();
      for (Session session : bySessionToken.values().stream().filter(which).toList()) {
        Session.Tokens tokens = session.tokens().withSessionUntil(now);
        session.tokens(masterToo ? tokens.withMasterUntil(now) : tokens);
      }
    } finally {
      lock.unlock();
    }
  }

  Count count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  List<Session> live() {
    lock.lock();
    try {
      return List.copyOf(bySessionToken.values());
    } finally {
      lock.unlock();
    }
  }

  private Session.Tokens newTokens() {
    Instant now = clock.instant();
    return new Session.Tokens(
        "session-" + UUID.randomUUID(),
        now.plus(sessionTokenLifetime),
        "master-" + UUID.randomUUID(),
        now.plus(masterTokenLifetime));
  }

  private void index(Session session) {
    bySessionToken.put(session.tokens().session(), session);
    byMasterToken.put(session.tokens().master(), session);
  }

  private void unindex(Session session) {
    bySessionToken.remove(session.tokens().session());
    byMasterToken.remove(session.tokens().master());
  }
}

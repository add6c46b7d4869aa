package io.percred.rig;

import io.percred.rig.PoolerServer.Action;
import io.percred.rig.StrictPooler.Rule;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A client of a {@link StrictPooler}: its prepared statements, and what it may not do. */
final class PoolerClient implements Runnable {
  private static final int PROTOCOL_MAJOR = 3;

  /** Kinds of authentication that want an answer of the client. */
  private static final String ANSWERED = "\3\5\12\13";

  private final StrictPooler pooler;
  private final Socket socket;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, PoolerMessage> statements = new HashMap<>();
  private @Nullable DataOutputStream out;
  private volatile @Nullable PoolerServer server;
  private String login = "";
  private boolean groupOpen;
  private boolean stuck;

  /** Whether a group failed that the pooler tore, so that the rest of it is skipped here. */
  private boolean ignoring;

  PoolerClient(StrictPooler pooler, Socket socket) {
    this.pooler = pooler;
    this.socket = socket;
  }

  @Override
  public void run() {
    try (socket) {
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
      out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
      if (logIn(in)) {
        PoolerMessage message = PoolerMessage.read(in);
        while (message.type() != 'X' && take(message)) {
          message = PoolerMessage.read(in);
        }
      }
    } catch (IOException e) {
      // The client went away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      abandon();
    }
  }

  /** In the middle of a transaction its server connection is of no use to others. */
  private void abandon() {
    PoolerServer last = server;
    if (last == null) {
      return;
    }
    last.lock().lock();
    try {
      if (last.serves(this)) {
        last.close();
      }
    } finally {
      last.lock().unlock();
    }
  }

  /** Over a connection of its own, which may be kept for all. */
  private boolean logIn(DataInputStream in) throws IOException {
    PoolerMessage startup = PoolerMessage.readFirst(in);
    while (startup.number() >> 16 != PROTOCOL_MAJOR) {
      if (startup.length() > 4) {
        return false;
      }
      socket.getOutputStream().write('N');
      startup = PoolerMessage.readFirst(in);
    }
    login = loginOf(startup);
    PoolerServer own = new PoolerServer(pooler, login, pooler.connect());
    own.send(startup);
    PoolerMessage answer;
    do {
      answer = own.read();
      if (answer.type() == 'Z') {
        own.start();
        if (!pooler.donate(login, own)) {
          own.close();
        }
      }
      answer(answer);
      if (answer.type() == 'R' && ANSWERED.indexOf(answer.number()) >= 0) {
        own.send(PoolerMessage.read(in));
      }
    } while (answer.type() != 'Z' && answer.type() != 'E');
    return answer.type() == 'Z';
  }

  private static String loginOf(PoolerMessage startup) {
    StringBuilder found = new StringBuilder();
    int at = 4;
    while (startup.at(at) != 0) {
      String name = startup.string(at);
      String value = startup.string(startup.end(at) + 1);
      if (name.equals("user") || name.equals("database")) {
        found.append(name).append('=').append(value).append(' ');
      }
      at = startup.end(startup.end(at) + 1) + 1;
    }
    return found.toString();
  }

  /** Takes a message; whether the client may stay. */
  private boolean take(PoolerMessage message) throws IOException, InterruptedException {
    char type = message.type();
    if ((type == 'Q' || type == 'F') && groupOpen && pooler.has(Rule.WANTS_SYNC)) {
      return drop("a simple message came in front of the Sync of extended ones");
    }
    boolean torn = type == 'P' && groupOpen && pooler.has(Rule.TEARS_GROUPS);
    groupOpen = type != 'S' && type != 'Q' && type != 'F';
    if (ignoring && type != 'S') {
      return true;
    }
    stuck |= type == 'F' && pooler.has(Rule.STICKS_IN_CALLS);
    if (stuck || (type == 'F' && pooler.has(Rule.LEAVES_CALLS_OUT))) {
      return true;
    }
    while (true) {
      PoolerServer to = linked();
      // While it is held, the server cannot be given back before it owes an answer to this.
      to.lock().lock();
      try {
        if (to.serves(this)) {
          ignoring = torn && !to.tear();
          return ignoring || pass(to, message);
        }
      } finally {
        to.lock().unlock();
      }
    }
  }

  private PoolerServer linked() throws InterruptedException {
    PoolerServer current = server;
    if (current == null) {
      current = pooler.take(login);
      server = current;
      current.link(this);
    }
    return current;
  }

  private boolean pass(PoolerServer to, PoolerMessage message) throws IOException {
    switch (message.type()) {
      case 'P' -> {
        String name = message.string(0);
        if (!name.isEmpty()) {
          if (statements.putIfAbsent(name, message) != null) {
            return drop("prepared statement name is already in use: " + name);
          }
          to.prepare(serverName(message), message, true);
          return true;
        }
      }
      case 'B' -> {
        return named(to, message, message.end(0) + 1);
      }
      case 'D' -> {
        return message.at(0) == 'S' ? named(to, message, 1) : sent(to, message, Action.FORWARD);
      }
      case 'C' -> {
        boolean tracked = message.at(0) == 'S' && message.at(1) != 0;
        if (tracked) {
          statements.remove(message.string(1));
        }
        return sent(to, message, tracked ? Action.FAKE : Action.FORWARD);
      }
      case 'd', 'c', 'f', 'H' -> {
        to.send(message);
        return true;
      }
      default -> {}
    }
    return sent(to, message, Action.FORWARD);
  }

  /** A message that names a statement there. */
  private boolean named(PoolerServer to, PoolerMessage message, int at) throws IOException {
    String name = message.string(at);
    if (name.isEmpty()) {
      return sent(to, message, Action.FORWARD);
    }
    PoolerMessage parse = statements.get(name);
    if (parse == null) {
      return drop("prepared statement did not exist: " + name);
    }
    String known = serverName(parse);
    to.prepare(known, parse, false);
    return sent(to, message.with(at, known), Action.FORWARD);
  }

  private String serverName(PoolerMessage parse) {
    return pooler.nameOf(parse.rest(parse.end(0)));
  }

  private static boolean sent(PoolerServer to, PoolerMessage message, Action action)
      throws IOException {
    to.send(message, action, null);
    return true;
  }

  private boolean drop(String reason) {
    pooler.drops(reason);
    String fields = "SFATAL\0VFATAL\0C08P01\0M" + reason + "\0\0";
    answer(new PoolerMessage('E', fields.getBytes(StandardCharsets.UTF_8)));
    return false;
  }

  void forgetAll() {
    statements.clear();
  }

  /** The server connection is somebody else's from now on. */
  void released() {
    server = null;
  }

  void answer(PoolerMessage message) {
    lock.lock();
    try {
      DataOutputStream to = out;
      if (to != null) {
        message.write(to);
        to.flush();
      }
    } catch (IOException e) {
      close();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // Nobody is left to tell.
    }
  }
}

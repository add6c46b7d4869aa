package io.percred.rig;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A server connection of a {@link StrictPooler}: which answers it owes, and which of them the
 * client gets. Thread-safe.
 */
final class PoolerServer {
  private static final String WHOLE = "SQF";

  /** What happens to the answer of a message. */
  enum Action {
    FORWARD,
    SKIP,
    /** The server never gets the message; the answer is made here. */
    FAKE
  }

  /**
   * An answer that is owed.
   *
   * @param type the type of the message
   * @param prepared the server's name of the statement that it prepares, or null
   */
  private record Owed(char type, Action action, @Nullable String prepared) {}

  private final StrictPooler pooler;
  private final String login;
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private final Deque<Owed> owed = new ArrayDeque<>();
  private final Set<String> prepared = new HashSet<>();
  private @Nullable PoolerClient client;
  private boolean skipping;
  private boolean inBlock;
  private boolean failed;

  PoolerServer(StrictPooler pooler, String login, Socket socket) throws IOException {
    this.pooler = pooler;
    this.login = login;
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  PoolerMessage read() throws IOException {
    return PoolerMessage.read(in);
  }

  /** Sends a message whose answer nobody keeps account of. */
  void send(PoolerMessage message) throws IOException {
    lock.lock();
    try {
      message.write(out);
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  /** The login is over: whoever takes the connection gets its answers. */
  void start() {
    pooler.run(this::answer);
  }

  /** Guards whom it serves and what it owes. */
  ReentrantLock lock() {
    return lock;
  }

  boolean serves(PoolerClient whom) {
    return client == whom;
  }

  void link(PoolerClient next) {
    lock.lock();
    try {
      client = next;
    } finally {
      lock.unlock();
    }
  }

  /** Sends a message of the client and keeps account of its answer. */
  void send(PoolerMessage message, Action action, @Nullable String prepares) throws IOException {
    lock.lock();
    try {
      if (message.type() == 'S') {
        failed &= action == Action.SKIP;
        skipping = false;
      }
      if (!skipping) {
        owed.add(new Owed(message.type(), action, prepares));
      }
      if (action != Action.FAKE) {
        message.write(out);
        out.flush();
      }
      fake();
    } finally {
      lock.unlock();
    }
  }

  /** Makes sure that the server has the statement. */
  void prepare(String name, PoolerMessage parse, boolean wanted) throws IOException {
    lock.lock();
    try {
      boolean there = !prepared.add(name);
      if (!there) {
        send(parse.with(0, name), wanted ? Action.FORWARD : Action.SKIP, name);
      } else if (wanted) {
        send(parse, Action.FAKE, null);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Outside of a block, ends the transaction of a group in its middle, and waits for the answers.
   *
   * @return whether all went well until there
   */
  boolean tear() throws IOException, InterruptedException {
    if (inBlock) {
      return true;
    }
    send(new PoolerMessage('S'), Action.SKIP, null);
    while (!owed.isEmpty() && isOpen()) {
      answered.await();
    }
    return !failed;
  }

  /** Whether it can still be used. */
  boolean isOpen() {
    return !socket.isClosed();
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no more use.
    }
  }

  private void answer() {
    try {
      while (true) {
        answered(read());
      }
    } catch (IOException e) {
      close();
      pooler.lost(login);
      PoolerClient last = client;
      if (last != null) {
        last.close();
      }
    }
  }

  private void answered(PoolerMessage message) throws IOException {
    lock.lock();
    try {
      Owed head = owed.peek();
      boolean whole = head != null && WHOLE.indexOf(head.type()) >= 0;
      boolean wanted = head == null || head.action() != Action.SKIP;
      switch (message.type()) {
        case '1', '2', '3', 'I', 's', 'n', 'T', 'C' -> {
          if (!whole && owed.poll() == null) {
            throw new IOException("An answer to nothing");
          }
          forgetAll(message);
        }
        case 'E' -> {
          failed = true;
          if (head != null && !whole) {
            skip();
          }
        }
        case 'Z' -> {
          owed.poll();
          inBlock = message.at(0) != 'I';
        }
        default -> {}
      }
      if (wanted || message.type() == 'E') {
        forward(message);
      }
      fake();
      answered.signalAll();
      if (wanted && message.type() == 'Z' && message.at(0) == 'I' && owed.isEmpty()) {
        release();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The server skips everything up to the next Sync. */
  private void skip() {
    while (!owed.isEmpty() && owed.peek().type() != 'S') {
      String name = owed.poll().prepared();
      if (name != null) {
        prepared.remove(name);
      }
    }
    skipping = owed.isEmpty();
  }

  private void forgetAll(PoolerMessage message) {
    if (message.type() == 'C'
        && (message.string(0).equals("DEALLOCATE ALL")
            || message.string(0).equals("DISCARD ALL"))) {
      prepared.clear();
      if (client != null) {
        client.forgetAll();
      }
    }
  }

  private void fake() {
    while (!owed.isEmpty() && owed.peek().action() == Action.FAKE) {
      char type = owed.poll().type();
      forward(new PoolerMessage(type == 'P' ? '1' : '3'));
    }
  }

  private void forward(PoolerMessage message) {
    if (client != null) {
      client.answer(message);
    }
  }

  private void release() {
    if (client != null) {
      client.released();
      client = null;
      pooler.giveBack(login, this);
    }
  }
}

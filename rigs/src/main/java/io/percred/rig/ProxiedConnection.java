package io.percred.rig;

import io.percred.rig.WireProxy.Cut;
import io.percred.rig.WireProxy.Side;
import io.percred.rig.WireProxy.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link WireProxy}. Thread-safe. */
public final class ProxiedConnection {
  private static final int CHUNK = 64 * 1024;

  private static final byte[] GOODBYE = {'X', 0, 0, 0, 4};

  private final Socket client;
  private final Socket server;
  private final Duration oneWayDelay;
  private final @Nullable Cut cut;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Said> recording = new ArrayList<>();
  private @Nullable Side lastSpeaker;
  private int turns;

  ProxiedConnection(Socket client, Socket server, Duration oneWayDelay, @Nullable Cut cut) {
    this.client = client;
    this.server = server;
    this.oneWayDelay = oneWayDelay;
    this.cut = cut;
  }

  /** What one side said before the other one spoke again. Immutable. */
  public static final class Said {
    private final Side by;
    private final byte[] bytes;

    Said(Side by, byte[] bytes) {
      this.by = by;
      this.bytes = bytes;
    }

    /** Who said it. */
    public Side by() {
      return by;
    }

    /** What was said; a copy. */
    public byte[] bytes() {
      return bytes.clone();
    }
  }

  /** How often the client began to speak and wait for an answer. */
  public int turns() {
    lock.lock();
    try {
      return turns;
    } finally {
      lock.unlock();
    }
  }

  /** What was said so far, in order; two entries in a row are never by the same side. */
  public List<Said> recording() {
    lock.lock();
    try {
      List<Said> merged = new ArrayList<>();
      ByteArrayOutputStream current = new ByteArrayOutputStream();
      for (int i = 0; i < recording.size(); i++) {
        Said said = recording.get(i);
        current.writeBytes(said.bytes());
        if (i + 1 == recording.size() || recording.get(i + 1).by() != said.by()) {
          merged.add(new Said(said.by(), current.toByteArray()));
          current.reset();
        }
      }
      return merged;
    } finally {
      lock.unlock();
    }
  }

  /** Everything one side said. */
  public byte[] saidBy(Side side) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    recording().stream()
        .filter(said -> said.by() == side)
        .forEach(said -> all.writeBytes(said.bytes()));
    return all.toByteArray();
  }

  void start(Executor threads) {
    threads.execute(() -> forward(Side.CLIENT, client, server, threads));
    threads.execute(() -> forward(Side.SERVER, server, client, threads));
  }

  void close() {
    closeQuietly(client);
    closeQuietly(server);
  }

  private void forward(Side side, Socket from, Socket to, Executor threads) {
    try (DelayLine line = new DelayLine(to.getOutputStream(), oneWayDelay, threads, this::close)) {
      pump(side, from.getInputStream(), line);
    } catch (IOException e) {
      // One side went away: so does the other, below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  private void pump(Side side, InputStream in, DelayLine line)
      throws IOException, InterruptedException {
    CutPoint cutPoint = new CutPoint(side, cut);
    byte[] chunk = new byte[CHUNK];
    for (int read = in.read(chunk); read >= 0; read = cutPoint.reached() ? -1 : in.read(chunk)) {
      int passing = cutPoint.passing(chunk, read);
      record(side, chunk, passing);
      line.send(chunk, passing);
    }
  }

  /** Terminate: nobody waits for an answer to it. */
  private static boolean isGoodbye(byte[] chunk, int length) {
    return length == GOODBYE.length && Arrays.equals(chunk, 0, length, GOODBYE, 0, length);
  }

  private void record(Side side, byte[] chunk, int length) {
    lock.lock();
    try {
      if (side == Side.CLIENT && lastSpeaker != Side.CLIENT && !isGoodbye(chunk, length)) {
        turns++;
      }
      lastSpeaker = side;
      byte[] said = new byte[length];
      System.arraycopy(chunk, 0, said, 0, length);
      recording.add(new Said(side, said));
    } finally {
      lock.unlock();
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nobody is left to tell.
    }
  }

  /** Counts towards the cut in one direction; confined to the thread that forwards. */
  private static final class CutPoint {
    private final @Nullable Cut cut;
    private final MessageBoundaries boundaries;
    private long counted;
    private boolean reached;

    CutPoint(Side side, @Nullable Cut cut) {
      this.cut = cut != null && cut.from() == side ? cut : null;
      this.boundaries = new MessageBoundaries(side);
      this.reached = this.cut != null && this.cut.count() == 0;
    }

    /** How many of the bytes may pass. */
    int passing(byte[] chunk, int length) {
      Cut wanted = cut;
      if (wanted == null) {
        return length;
      }
      if (reached) {
        return 0;
      }
      for (int i = 0; i < length; i++) {
        boolean ends = boundaries.endsWith(chunk[i]);
        if (wanted.unit() == Unit.BYTES || ends) {
          counted++;
        }
        if (counted == wanted.count()) {
          reached = true;
          return i + 1;
        }
      }
      return length;
    }

    boolean reached() {
      return reached;
    }
  }
}

package io.percred.rig;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a network with latency: what is sent arrives one delay later, however much is
 * under way, as on a wire. One thread sends, another one delivers.
 */
final class DelayLine implements AutoCloseable {
  /** More than any conversation has under way; then the sender waits, as for a full window. */
  private static final int CAPACITY = 1024;

  /** What was sent at one time. */
  private static final class Packet {
    private final byte[] bytes;
    private final long arrives;
    private final boolean last;

    /**
     * @param arrives when it is delivered, by the nano clock
     * @param last whether nothing comes behind it
     */
    Packet(byte[] bytes, long arrives, boolean last) {
      this.bytes = bytes;
      this.arrives = arrives;
      this.last = last;
    }

    void awaitArrival() throws InterruptedException {
      for (long left = arrives - System.nanoTime(); left > 0; left = arrives - System.nanoTime()) {
        LockSupport.parkNanos(left);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    }
  }

  private final OutputStream out;
  private final long delay;
  private final BlockingQueue<Packet> underWay = new ArrayBlockingQueue<>(CAPACITY);
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * Starts delivering.
   *
   * @param lost runs if something cannot be delivered
   */
  DelayLine(OutputStream out, Duration delay, Executor threads, Runnable lost) {
    this.out = out;
    this.delay = delay.toNanos();
    if (this.delay > 0) {
      threads.execute(() -> deliver(lost));
    } else {
      ended.countDown();
    }
  }

  /** Sends the first {@code length} bytes. */
  void send(byte[] bytes, int length) throws IOException, InterruptedException {
    if (delay == 0) {
      out.write(bytes, 0, length);
      out.flush();
      return;
    }
    Packet packet = new Packet(Arrays.copyOf(bytes, length), System.nanoTime() + delay, false);
    while (!underWay.offer(packet, 1, TimeUnit.SECONDS)) {
      if (ended.getCount() == 0) {
        throw new IOException("Nothing is delivered any more");
      }
    }
  }

  /** Nothing more is sent: waits until everything under way has arrived, or is lost. */
  @Override
  public void close() {
    Packet end = new Packet(new byte[0], System.nanoTime(), true);
    try {
      while (ended.getCount() > 0 && !underWay.offer(end, 1, TimeUnit.SECONDS)) {
        // The line is full, and may yet be lost.
      }
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(Runnable lost) {
    try {
      boolean more = true;
      while (more) {
        Packet next = underWay.take();
        next.awaitArrival();
        out.write(next.bytes);
        out.flush();
        more = !next.last;
      }
    } catch (IOException e) {
      lost.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      lost.run();
    } finally {
      ended.countDown();
    }
  }
}

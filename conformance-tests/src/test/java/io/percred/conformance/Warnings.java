package io.percred.conformance;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/** Collects what is logged as a warning or worse. */
final class Warnings extends Handler {
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

  /** The next one, which may be on its way on another thread. */
  String next() throws InterruptedException {
    String message = messages.poll(20, TimeUnit.SECONDS);
    return message == null ? "nothing was said" : message;
  }

  /** Those that came meanwhile. */
  List<String> more() {
    return List.copyOf(messages);
  }

  @Override
  public void publish(LogRecord entry) {
    if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
      messages.add(new SimpleFormatter().formatMessage(entry));
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}

package io.percred.postgres.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The one filtered stream per direction that a socket hands out. Thread-safe. */
final class FilteredStreams {
  private final StreamFilter filter;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable InputStream input;
  private @Nullable OutputStream output;

  FilteredStreams(StreamFilter filter) {
    this.filter = filter;
  }

  InputStream input(Socket raw) throws IOException {
    // Asked every time, so that a closed or shut down socket says so as it always did.
    InputStream stream = raw.getInputStream();
    lock.lock();
    try {
      InputStream filtered = input;
      if (filtered == null) {
        filtered = filter.input(stream);
        input = filtered;
      }
      return filtered;
    } finally {
      lock.unlock();
    }
  }

  OutputStream output(Socket raw) throws IOException {
    OutputStream stream = raw.getOutputStream();
    lock.lock();
    try {
      OutputStream filtered = output;
      if (filtered == null) {
        filtered = filter.output(stream);
        output = filtered;
      }
      return filtered;
    } finally {
      lock.unlock();
    }
  }
}

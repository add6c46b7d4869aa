package io.percred.tokens.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads what a program prints, keeps the beginning and lets the rest go by. */
final class BoundedOutput {
  private final int limit;
  private final CompletableFuture<byte[]> read = new CompletableFuture<>();

  private BoundedOutput(int limit) {
    this.limit = limit;
  }

  static BoundedOutput of(InputStream stream, int limit, Executor executor) {
    BoundedOutput output = new BoundedOutput(limit);
    executor.execute(() -> output.drain(stream));
    return output;
  }

  /** The beginning, once the program has closed its end. */
  String text(long millis) throws InterruptedException, TimeoutException {
    try {
      return new String(read.get(millis, TimeUnit.MILLISECONDS), StandardCharsets.UTF_8);
    } catch (ExecutionException e) {
      return "";
    }
  }

  private void drain(InputStream stream) {
    try (stream) {
      byte[] kept = stream.readNBytes(limit);
      byte[] rest = new byte[8192];
      while (stream.read(rest) >= 0) {
        // A program that cannot get rid of its output never ends.
      }
      read.complete(kept);
    } catch (IOException e) {
      read.completeExceptionally(e);
    }
  }
}

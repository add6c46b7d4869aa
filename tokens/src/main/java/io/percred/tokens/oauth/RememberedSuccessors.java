package io.percred.tokens.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows. It outlives suppliers, as grants do: a pool that is opened again
 * presents what its predecessor got. Only replacements that took place are kept, so that no caller
 * without a grant can push others out. Thread-safe.
 */
final class RememberedSuccessors implements Successors {
  static final RememberedSuccessors OF_PROCESS = new RememberedSuccessors();

  private static final int MOST = 20_000;

  private final Cache<Key, ReentrantLock> turns = Caffeine.newBuilder().weakValues().build();

  /** The one longest not asked for goes first. */
  private final Map<Key, Credential> successors =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Credential> eldest) {
          return size() > MOST;
        }
      };

  private record Key(String authority, String fingerprint) {
    static Key of(String authority, Credential token) {
      return new Key(authority, token.fingerprint());
    }
  }

  @Override
  public Credential latest(String authority, Credential given) {
    synchronized (successors) {
      Credential latest = given;
      @Nullable Credential next = successors.get(Key.of(authority, given));
      while (next != null) {
        latest = next;
        next = successors.get(Key.of(authority, next));
      }
      return latest;
    }
  }

  @Override
  public void replaced(String authority, Replaced replaced) {
    synchronized (successors) {
      successors.put(Key.of(authority, replaced.given()), replaced.next());
      successors.put(Key.of(authority, replaced.sent()), replaced.next());
      // What the server issued last is good, even if it has been seen before.
      successors.remove(Key.of(authority, replaced.next()));
    }
  }

  @Override
  public Turn turnOf(String authority, Credential token, Duration patience) throws SupplyException {
    ReentrantLock turn = turns.get(Key.of(authority, token), absent -> new ReentrantLock());
    try {
      if (turn.tryLock(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS)) {
        return turn::unlock;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw tooLate();
  }

  static SupplyException tooLate() {
    return new SupplyException(
        PercredError.of(
            TokensError.DEADLINE_PASSED, "refresh-token", "another call presents the same token"));
  }

  /** Shows nothing: it holds tokens. */
  @Override
  public String toString() {
    return "RememberedSuccessors";
  }
}

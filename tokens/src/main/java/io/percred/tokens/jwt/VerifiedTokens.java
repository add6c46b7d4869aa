package io.percred.tokens.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.percred.spi.Credential;
import io.percred.spi.Verdict;
import io.percred.tokens.http.OutageException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens whose signatures were good, by fingerprint. Bounded by the memory that they take and
 * not by their number: a token may have twelve characters of claims or twelve thousand.
 * Thread-safe.
 */
final class VerifiedTokens {
  /** Some thousands of tokens of ordinary size. */
  static final int MOST_BYTES = 8 << 20;

  /** Fingerprint, entry of the cache, verdict, credential, principal, times. */
  private static final int BYTES_OF_AN_ENTRY = 768;

  private final Cache<String, Verified> tokens =
      Caffeine.newBuilder()
          .maximumWeight(MOST_BYTES)
          .weigher((String fingerprint, Verified token) -> token.bytes())
          .build();

  /**
   * A token whose signature is good under {@code keys}, which are in force as long as {@code
   * source} says so.
   */
  record Verified(
      Verdict.Accepted accepted, ValidityTimes times, KeySource source, VerificationKeys keys) {
    boolean isInForce() throws OutageException {
      return source.current() == keys;
    }

    /** What it takes of memory, rather too much than too little. */
    int bytes() {
      Credential credential = accepted.credential();
      long bytes =
          BYTES_OF_AN_ENTRY
              + bytesOf(credential.token())
              + 2 * bytesOf(credential.principal())
              + bytesOf(credential.claims());
      return (int) Math.min(Integer.MAX_VALUE, bytes);
    }
  }

  @Nullable Verified get(Credential credential) {
    return tokens.getIfPresent(credential.fingerprint());
  }

  void put(Credential credential, Verified token) {
    tokens.put(credential.fingerprint(), token);
  }

  void forget(Credential credential) {
    tokens.invalidate(credential.fingerprint());
  }

  void clear() {
    tokens.invalidateAll();
  }

  /** What all of them weigh, after what is too much was let go. */
  long weight() {
    tokens.cleanUp();
    return tokens.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  private static long bytesOf(@Nullable Object json) {
    long bytes = 16;
    if (json instanceof String text) {
      bytes = 48 + 2L * text.length();
    } else if (json instanceof Map<?, ?> object) {
      bytes = 128;
      for (Map.Entry<?, ?> member : object.entrySet()) {
        bytes += 64 + bytesOf(member.getKey()) + bytesOf(member.getValue());
      }
    } else if (json instanceof List<?> array) {
      bytes = 96;
      for (Object element : array) {
        bytes += 8 + bytesOf(element);
      }
    }
    return bytes;
  }
}

package io.percred.conformance;

import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.ssl.NonValidatingFactory;
import org.postgresql.ssl.WrappedFactory;

/** A user's own {@code sslfactory}, which must keep being asked and keep its argument. */
public final class CountingSslFactory extends WrappedFactory {
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final AtomicReference<@Nullable String> ARGUMENT = new AtomicReference<>();

  /** pgjdbc's convention: one constructor with {@code sslfactoryarg}. */
  public CountingSslFactory(String argument) throws GeneralSecurityException {
    MADE.incrementAndGet();
    ARGUMENT.set(argument);
    factory = new NonValidatingFactory(null);
  }

  static int made() {
    return MADE.get();
  }

  static @Nullable String lastArgument() {
    return ARGUMENT.get();
  }
}

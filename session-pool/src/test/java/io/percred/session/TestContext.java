package io.percred.session;

import io.percred.spi.AdapterContext;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Resolution;
import io.percred.spi.Settings;
import io.percred.spi.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A context whose caller the test sets, with a verifier that denies what was revoked. */
final class TestContext implements AdapterContext {
  private volatile boolean kept;

  enum Refusal implements ErrorCode {
    NO_CREDENTIAL(901),
    REVOKED(902);

    private final int number;

    Refusal(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }

    @Override
    public String sqlState() {
      return "28000";
    }

    @Override
    public String message() {
      return name();
    }

    @Override
    public String remedy() {
      return "none";
    }
  }

  final MovableClock clock = new MovableClock();
  final AtomicInteger resolved = new AtomicInteger();
  final List<PercredEvent> events = Collections.synchronizedList(new ArrayList<>());
  final Set<String> revoked = Collections.synchronizedSet(new HashSet<>());

  /** What a supplier has in the place of a token that the database did not take. */
  final Map<String, Credential> renewals = new HashMap<>();

  /** Whether the caller has one credential only. */
  volatile boolean fixed;

  private final Map<String, String> given = new HashMap<>();

  @SuppressWarnings("ThreadLocalUsage") // one per test, on its few threads
  private final ThreadLocal<@Nullable Credential> caller = new ThreadLocal<>();

  private volatile Resolution withoutCaller =
      new Resolution.Refused(PercredError.of(Refusal.NO_CREDENTIAL));

  void call(@Nullable Credential credential) {
    caller.set(credential);
  }

  TestContext with(PropertyDescriptor property, String value) {
    given.put(property.key(), value);
    return this;
  }

  TestContext with(String key, String value) {
    given.put(key, value);
    return this;
  }

  TestContext onMissing(Resolution resolution) {
    withoutCaller = resolution;
    return this;
  }

  @Override
  public CredentialResolver resolver() {
    return new Calling(caller::get);
  }

  @Override
  public PercredListener listener() {
    return events::add;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  /** From now on whoever calls kept a handle that another caller has by now. */
  void keepBeyondCheckout() {
    kept = true;
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<? extends T> factory) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Settings settings() {
    return new Given();
  }

  /** Decides for the credential that {@code caller} holds when it is asked. */
  private final class Calling implements CredentialResolver {
    private final Supplier<@Nullable Credential> caller;

    private Calling(Supplier<@Nullable Credential> caller) {
      this.caller = caller;
    }

    @Override
    public boolean isAnothersCall() {
      return kept;
    }

    @Override
    public boolean hasCaller() {
      return caller.get() != null;
    }

    @Override
    public boolean isFixed() {
      return fixed;
    }

    @Override
    public Object callerKey() {
      Credential credential = caller.get();
      return credential == null ? "nobody" : credential;
    }

    @Override
    public Resolution resolve(Target target) {
      resolved.incrementAndGet();
      Credential credential = caller.get();
      if (credential == null) {
        return withoutCaller;
      }
      return revoked.contains(credential.token())
          ? new Resolution.Refused(PercredError.of(Refusal.REVOKED))
          : new Resolution.Bind(credential, Caller.of(credential), false);
    }

    @Override
    public boolean rejected(Credential credential) {
      Credential renewed = renewals.get(credential.token());
      if (renewed != null) {
        call(renewed);
      }
      return renewed != null;
    }

    @Override
    public CredentialResolver pinned() {
      Credential now = caller.get();
      return new Calling(() -> now);
    }
  }

  private final class Given implements Settings {
    @Override
    public @Nullable String text(PropertyDescriptor property) {
      return given.getOrDefault(property.key(), property.defaultValue());
    }

    @Override
    public boolean isGiven(PropertyDescriptor property) {
      return given.containsKey(property.key());
    }

    @Override
    public boolean isFromUrl(PropertyDescriptor property) {
      return false;
    }

    @Override
    public boolean flag(PropertyDescriptor property) {
      return Boolean.parseBoolean(text(property));
    }

    @Override
    public int wholeNumber(PropertyDescriptor property) {
      return Integer.parseInt(Objects.requireNonNull(text(property)));
    }

    @Override
    public Duration timeSpan(PropertyDescriptor property) {
      return Objects.requireNonNull(
          PropertyType.TimeSpan.parse(Objects.requireNonNull(text(property))));
    }

    @Override
    public <E extends Enum<E>> E choice(PropertyDescriptor property, Class<E> constants) {
      return Stream.of(constants.getEnumConstants())
          .filter(each -> PropertyType.Choice.wordOf(each).equals(text(property)))
          .findFirst()
          .orElseThrow();
    }

    @Override
    public List<String> words(PropertyDescriptor property) {
      return List.of();
    }

    @Override
    public @Nullable String secret(PropertyDescriptor property) {
      return text(property);
    }

    @Override
    public Map<String, String> family(PropertyDescriptor property) {
      return Map.of();
    }
  }
}

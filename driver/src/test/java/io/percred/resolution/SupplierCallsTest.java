package io.percred.resolution;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.refusal;
import static io.percred.recording.Recorded.refusalCode;
import static io.percred.recording.Recorded.resolver;
import static io.percred.recording.Recorded.source;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.recording.AllowedHost;
import io.percred.recording.RecordingAdapter;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredEvent;
import io.percred.spi.Resolution;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.spi.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where suppliers run, for how long, and what happens to those that misbehave. */
@Timeout(60)
@ExtendWith(AllowedHost.class)
class SupplierCallsTest {
  private final List<PercredDataSource> sources = new ArrayList<>();

  @AfterEach
  void closeSources() {
    sources.forEach(PercredDataSource::close);
  }

  @Test
  void supplierThatMayBlockInheritsNothingOfWhoCalledFirst() throws Exception {
    InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
    PercredDataSource source = source("");
    source.setTokenSupplier(context -> user.get() == null ? null : Credential.of(user.get()));
    user.set("token-of-whoever-is-first");
    try {
      assertThat(refusalCode(resolver(source))).isEqualTo("PERCRED-101");
    } finally {
      user.remove();
    }
  }

  @Test
  void supplierThatOnlyLooksRunsOnTheCallingThread() throws Exception {
    AtomicReference<Thread> seen = new AtomicReference<>();
    CredentialResolver resolver =
        resolver(
            with(
                "",
                looking(
                    context -> {
                      seen.set(Thread.currentThread());
                      return Credential.of("t");
                    })));
    assertThat(token(resolver)).isEqualTo("t");
    assertThat(seen.get()).isSameAs(Thread.currentThread());
  }

  @Test
  void supplierThatMayBlockRunsElsewhereWithTheCallersSnapshotAndDeadline() throws Exception {
    AtomicReference<Thread> seen = new AtomicReference<>();
    AtomicReference<Duration> left = new AtomicReference<>();
    CredentialResolver resolver =
        resolver(
            with(
                "?percred.supplier.timeout=20s",
                context -> {
                  seen.set(Thread.currentThread());
                  left.set(Duration.between(Instant.now(), context.deadline()));
                  assertThat(context.target()).isEqualTo(RecordingAdapter.TARGET);
                  assertThat(CallerContext.current().credential()).isNull();
                  return context.caller().credential();
                }));
    CallerScope scope = CallerContext.open(Credential.of("alices"));
    assertThat(token(resolver)).isEqualTo("alices");
    scope.close();
    Thread worker = Objects.requireNonNull(seen.get());
    assertThat(worker).isNotSameAs(Thread.currentThread());
    assertThat(worker.isDaemon()).isTrue();
    assertThat(worker.getName()).startsWith("percred-supplier-");
    assertThat(left.get()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(20));
  }

  @Test
  void supplierThatHangsIsGivenUpAtItsDeadlineAndInterrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CredentialResolver resolver =
        resolver(
            with(
                "?percred.supplier.timeout=50ms",
                context -> {
                  hang(interrupted);
                  return Credential.of("late");
                }));
    SQLException refusal = refusal(resolver);
    assertThat(Percred.codeOf(refusal)).isEqualTo("PERCRED-123");
    assertThat(refusal.getSQLState()).isEqualTo("58000");
    assertFailure(refusal).hasMessageContaining("within 50ms").hasMessageContaining("1 call");
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void hangingSuppliersDoNotUseMoreThanTheirThreads() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    CredentialResolver resolver =
        resolver(
            with(
                "?percred.supplier.timeout=300ms",
                context -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  awaitWhateverHappens(release);
                  running.decrementAndGet();
                  return null;
                }));
    int callers = SupplierCalls.THREADS * 2;
    ExecutorService executor = Executors.newFixedThreadPool(callers);
    try {
      List<Future<String>> outcomes = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        outcomes.add(executor.submit(() -> refusalCode(resolver)));
      }
      for (Future<String> each : outcomes) {
        assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("PERCRED-123");
      }
      assertThat(most.get()).isEqualTo(SupplierCalls.THREADS);
    } finally {
      release.countDown();
      executor.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supplierThatThrowsIsRefusedWithoutItsText(boolean blocking) throws Exception {
    TokenSupplier failing =
        context -> {
          throw new IllegalArgumentException(
              "invalid header value: t0ken", new IllegalStateException("t0ken"));
        };
    CredentialResolver resolver = resolver(with("", blocking ? failing : looking(failing)));
    SQLException refusal = refusal(resolver);
    assertThat(Percred.codeOf(refusal)).isEqualTo("PERCRED-122");
    assertThat(refusal.getSQLState()).isEqualTo("58000");
    assertFailure(refusal)
        .hasMessageContaining("IllegalArgumentException")
        .hasStackTraceContaining("SupplierCallsTest")
        .hasStackTraceContaining("IllegalStateException");
    for (Throwable each = refusal; each != null; each = each.getCause()) {
      assertThat(each.getMessage()).doesNotContain("t0ken");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supplierThatThrowsAnErrorIsRefusedToo(boolean blocking) throws Exception {
    TokenSupplier failing =
        context -> {
          throw new NoClassDefFoundError("x");
        };
    assertThat(refusalCode(resolver(with("", blocking ? failing : looking(failing)))))
        .isEqualTo("PERCRED-122");
  }

  @Test
  void supplierThatReturnsNullHasNone() throws Exception {
    assertThat(refusalCode(resolver(with("", context -> null)))).isEqualTo("PERCRED-101");
  }

  @Test
  void supplierThatSaysWhyIsQuoted() throws Exception {
    CredentialResolver resolver = resolver(with("", context -> context.supplyFrom("property")));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-122");
    assertFailure(refusal(resolver)).hasMessageContaining("property:NAME");
  }

  @Test
  void interruptedThreadIsRefusedAndStaysInterrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CredentialResolver resolver =
        resolver(
            with(
                "",
                context -> {
                  hang(interrupted);
                  return null;
                }));
    Thread.currentThread().interrupt();
    String code = refusalCode(resolver);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(code).isEqualTo("PERCRED-126");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supplierThatUsesPercredConnectionIsRefusedInsideItsOwnCall(boolean blocking)
      throws Exception {
    AtomicReference<CredentialResolver> own = new AtomicReference<>();
    AtomicReference<Resolution> inside = new AtomicReference<>();
    TokenSupplier recursive =
        context -> {
          inside.set(Objects.requireNonNull(own.get()).resolve(RecordingAdapter.TARGET));
          return Credential.of("t");
        };
    CredentialResolver resolver = resolver(with("", blocking ? recursive : looking(recursive)));
    own.set(resolver);
    assertThat(token(resolver)).isEqualTo("t");
    assertThat(inside.get())
        .isInstanceOfSatisfying(
            Resolution.Refused.class,
            refused -> {
              assertThat(refused.error().code().number()).isEqualTo(105);
              assertThat(refused.error().code().sqlState()).isEqualTo("28000");
            });
    assertThat(token(resolver)).as("afterwards the thread is free again").isEqualTo("t");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supplierThatOpensPercredConnectionIsRefused(boolean blocking) throws Exception {
    AtomicReference<@Nullable String> code = new AtomicReference<>();
    PercredDataSource other = source("");
    TokenSupplier recursive =
        context -> {
          try {
            other.getConnection().close();
          } catch (SQLException e) {
            code.set(Percred.codeOf(e));
          }
          return null;
        };
    assertThat(refusalCode(resolver(with("", blocking ? recursive : looking(recursive)))))
        .isEqualTo("PERCRED-101");
    assertThat(code.get()).isEqualTo("PERCRED-105");
  }

  @Test
  void verifierThatUsesPercredConnectionIsRefused() throws Exception {
    AtomicReference<CredentialResolver> own = new AtomicReference<>();
    AtomicReference<Resolution> inside = new AtomicReference<>();
    PercredDataSource source = with("", looking(context -> Credential.of("t")));
    source.setCredentialVerifier(
        (credential, target) -> {
          inside.set(Objects.requireNonNull(own.get()).resolve(target));
          return new Verdict.Accepted(credential);
        });
    own.set(resolver(source));
    assertThat(token(own.get())).isEqualTo("t");
    assertThat(inside.get()).isInstanceOf(Resolution.Refused.class);
  }

  @Test
  void supplierMayAskAnotherForTheSameCallerWithinItsOwnTime() throws Exception {
    AtomicReference<Instant> outer = new AtomicReference<>();
    CredentialResolver resolver =
        resolver(
            with(
                "",
                context -> {
                  outer.set(context.deadline());
                  Credential subject = context.supplyFrom("context");
                  return subject == null ? null : Credential.of("for " + subject.token());
                }));
    CallerScope scope = CallerContext.open(Credential.of("alices"));
    assertThat(token(resolver)).isEqualTo("for alices");
    scope.close();
    assertThat(outer.get()).isNotNull();
  }

  @Test
  void unknownSupplierAskedByAnotherIsAnError() throws Exception {
    CredentialResolver resolver = resolver(with("", context -> context.supplyFrom("nothing:x")));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-122");
    assertFailure(refusal(resolver)).hasMessageContaining("\"nothing\"");
  }

  @Test
  void whatUrlNamesForAnotherSupplierIsHeldToTheRulesOfUrls() throws Exception {
    CredentialResolver resolver =
        resolver(with("?percred.prefix=see+env:PATH", context -> context.supplyFrom("env:PATH")));
    assertFailure(refusal(resolver)).hasMessageContaining("PERCRED_ALLOWED_VARIABLES");
    assertThat(token(resolver(with("", context -> context.supplyFrom("env:PATH")))))
        .isEqualTo(System.getenv("PATH"));
  }

  @Test
  void failureIsHeardByTheListener() throws Exception {
    List<PercredEvent> heard = new ArrayList<>();
    PercredDataSource source =
        with(
            "",
            looking(
                context -> {
                  throw new IllegalStateException();
                }));
    source.setPercredListener(heard::add);
    assertThat(refusalCode(resolver(source))).isEqualTo("PERCRED-122");
    assertThat(heard.get(0))
        .isInstanceOfSatisfying(
            PercredEvent.Supplied.class,
            event -> {
              assertThat(event.error()).isNotNull();
              assertThat(event.principal()).isNull();
            });
  }

  @Test
  void suppliersOfClosedDataSourceAreNotAsked() throws Exception {
    PercredDataSource source = with("", context -> Credential.of("t"));
    CredentialResolver resolver = resolver(source);
    assertThat(token(resolver)).isEqualTo("t");
    source.close();
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-124");
  }

  private PercredDataSource with(String parameters, TokenSupplier supplier) {
    PercredDataSource source = source(parameters);
    source.setTokenSupplier(supplier);
    sources.add(source);
    return source;
  }

  private static TokenSupplier looking(TokenSupplier supplier) {
    return new TokenSupplier() {
      @Override
      public @Nullable Credential supply(SupplyContext context) throws SupplyException {
        return supplier.supply(context);
      }

      @Override
      public boolean mayBlock() {
        return false;
      }
    };
  }

  private static void hang(CountDownLatch interrupted) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  private static void awaitWhateverHappens(CountDownLatch release) {
    boolean done = false;
    while (!done) {
      try {
        release.await();
        done = true;
      } catch (InterruptedException e) {
        // A supplier that ignores being given up.
      }
    }
  }
}

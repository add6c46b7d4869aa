package io.percred.benchmarks;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.spi.AdapterContext;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What the driver does for a transaction before anything is written: supplier, verifier and policy
 * once, and the caller's key, which is also compared at every later statement.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH calls the methods in order.
public class ResolutionBenchmark {
  private static final Target TARGET =
      new Target("jdbc:postgresql://db.example/shop", "authenticator", "127.0.0.1");

  /** The verifier behind the supplier {@code context}. */
  @Param({"none", "jwt"})
  public String verifier;

  private final PercredDataSource dataSource = new PercredDataSource();
  private SignedTokens issuer;
  // Kept, because a configuration ends with the last connection that holds its context.
  private AdapterContext context;
  private CredentialResolver resolver;
  private CallerScope scope;

  /** Configures a driver and checks that it binds. */
  @Setup
  public void configure() throws Exception {
    issuer = SignedTokens.of("RS256");
    Map<String, String> properties = new HashMap<>(issuer.properties());
    properties.put("percred.supplier", "context");
    properties.put("percred.verifier", verifier);
    context = ContextAdapter.configured(dataSource, properties);
    resolver = context.resolver();
  }

  /** Opens the caller's context on the thread that measures. */
  @Setup(Level.Iteration)
  public void openContext() {
    scope = CallerContext.open(Credential.of(issuer.token(), "alice"));
    if (!(resolver.resolve(TARGET) instanceof Resolution.Bind)) {
      throw new IllegalStateException("The caller should be bound");
    }
  }

  /** Closes what was opened for the iteration. */
  @TearDown(Level.Iteration)
  public void closeContext() {
    scope.close();
  }

  /** Ends the verifier's threads. */
  @TearDown
  public void close() {
    issuer.close();
    dataSource.close();
  }

  /** Per transaction. */
  @Benchmark
  public void resolve(Blackhole sink) {
    sink.consume(resolver.callerKey());
    sink.consume(resolver.resolve(TARGET));
  }

  /** Per further statement of the same transaction. */
  @Benchmark
  public Object callerKey() {
    return resolver.callerKey();
  }
}

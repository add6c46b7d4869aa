package io.percred.runtime;

import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.properties;
import static io.percred.recording.Recorded.source;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.PercredDataSource;
import io.percred.catalogue.Installed;
import io.percred.recording.AllowedHost;
import io.percred.recording.RecordingAdapter;
import io.percred.recording.TestSuppliers;
import io.percred.spi.AdapterContext;
import java.lang.ref.WeakReference;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which connections share suppliers, verifier and sessions, and for how long. */
@Timeout(60)
@ExtendWith(AllowedHost.class)
class SharedRuntimeTest {
  @Test
  void connectionsOfEqualConfigurationShare() throws Exception {
    String parameters = "?percred.supplier=password&percred.prefix=share&user=app";
    Object one = shared(open(parameters, properties("x", "y", "password", "t1")).context());
    Object two = shared(open(parameters, properties("x", "y", "password", "t2")).context());
    assertThat(two).as("tokens of connections do not count").isSameAs(one);
    assertThat(shared(open(parameters, properties("x", "z")).context())).isNotSameAs(one);
    assertThat(shared(open(parameters + "&percred.limit=3", properties("x", "y")).context()))
        .isNotSameAs(one);
    assertThat(shared(open(parameters + "&a=b", properties("x", "y")).context())).isNotSameAs(one);
  }

  @Test
  void sharedConnectionsKeepTheirOwnTokens() throws Exception {
    String parameters = "?percred.supplier=password&percred.prefix=own";
    AdapterContext one = open(parameters, properties("password", "t1")).context();
    AdapterContext two = open(parameters, properties("password", "t2")).context();
    assertThat(token(one.resolver())).isEqualTo("t1");
    assertThat(token(two.resolver())).isEqualTo("t2");
    assertThat(shared(one)).isSameAs(shared(two));
  }

  @Test
  void otherObjectsAmongTheVendorsPropertiesCountByIdentity() throws Exception {
    Properties one = new Properties();
    one.put("key", new Object());
    Properties other = new Properties();
    other.put("key", new Object());
    Object first = shared(open("?percred.prefix=objects", one).context());
    assertThat(shared(open("?percred.prefix=objects", one).context())).isSameAs(first);
    assertThat(shared(open("?percred.prefix=objects", other).context())).isNotSameAs(first);
  }

  @Test
  void manyThreadsMakeOneConfigurationOnce() throws Exception {
    int before = TestSuppliers.Client.MADE.get();
    ExecutorService executor = Executors.newFixedThreadPool(16);
    try {
      List<Future<Object>> outcomes = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        outcomes.add(
            executor.submit(() -> shared(connect("?percred.supplier=client&percred.prefix=once"))));
      }
      Object first = outcomes.get(0).get(30, TimeUnit.SECONDS);
      for (Future<Object> each : outcomes) {
        assertThat(each.get(30, TimeUnit.SECONDS)).isSameAs(first);
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(TestSuppliers.Client.MADE.get() - before).isEqualTo(1);
  }

  @Test
  void classLoaderOfTheThreadThatAsksDoesNotCount() throws Exception {
    int before = TestSuppliers.Client.MADE.get();
    ClassLoader own = Thread.currentThread().getContextClassLoader();
    try (PercredDataSource source = source("?percred.supplier=client")) {
      List<Object> seen = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread.currentThread()
            .setContextClassLoader(i == 3 ? null : new ClassLoader(i % 2 == 0 ? own : null) {});
        source.getConnection().close();
        seen.add(shared(RecordingAdapter.last().context()));
      }
      assertThat(seen).allMatch(each -> each == seen.get(0));
    } finally {
      Thread.currentThread().setContextClassLoader(own);
    }
    assertThat(TestSuppliers.Client.MADE.get() - before).isEqualTo(1);
  }

  @Test
  void manyThreadsThatOpenOneDataSourceMakeItsConfigurationOnce() throws Exception {
    for (int round = 0; round < 50; round++) {
      int before = TestSuppliers.Client.MADE.get();
      CyclicBarrier start = new CyclicBarrier(8);
      ExecutorService executor = Executors.newFixedThreadPool(8);
      try (PercredDataSource source = source("?percred.supplier=client")) {
        List<Future<?>> outcomes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          outcomes.add(
              executor.submit(
                  () -> {
                    Thread.currentThread().setContextClassLoader(new ClassLoader() {});
                    start.await(30, TimeUnit.SECONDS);
                    source.getConnection().close();
                    return null;
                  }));
        }
        for (Future<?> each : outcomes) {
          each.get(30, TimeUnit.SECONDS);
        }
      } finally {
        executor.shutdownNow();
      }
      assertThat(TestSuppliers.Client.MADE.get() - before).isEqualTo(1);
    }
  }

  @Test
  void changingPasswordOfALoginThatIsNotSharedDoesNotCount() throws Exception {
    Object one = shared(open("?percred.prefix=iam", properties("password", "p1")).context());
    assertThat(shared(open("?percred.prefix=iam", properties("password", "p2")).context()))
        .isSameAs(one);
    assertThat(shared(open("?percred.prefix=iam&password=p3").context())).isSameAs(one);
    assertThat(shared(open("?password=p4&percred.prefix=iam").context())).isSameAs(one);
    Properties first = properties("percred.login.password", "p5");
    Properties second = properties("percred.login.password", "p6");
    assertThat(shared(open("?percred.prefix=iam", first).context())).isSameAs(one);
    RecordingAdapter.Opened opened = open("?percred.prefix=iam", second);
    assertThat(shared(opened.context())).isSameAs(one);
    assertThat(opened.properties()).as("each logs in with its own").containsEntry("password", "p6");
    assertThat(shared(open("?percred.prefix=iam", properties("user", "other")).context()))
        .isNotSameAs(one);
  }

  @Test
  void passwordThatOpensSharedSessionsCounts() throws Exception {
    String parameters = "?percred.mode=login&percred.prefix=sessions";
    Object one = shared(open(parameters, properties("password", "p1")).context());
    assertThat(shared(open(parameters, properties("password", "p2")).context())).isNotSameAs(one);
    Object named = shared(open(parameters, properties("percred.login.password", "p1")).context());
    assertThat(shared(open(parameters, properties("percred.login.password", "p2")).context()))
        .isNotSameAs(named);
  }

  @Test
  void equalValuesOfOtherTypesAreTheSame() throws Exception {
    Object one = shared(open("?percred.prefix=types", withObjects(40_000)).context());
    assertThat(shared(open("?percred.prefix=types", withObjects(40_000)).context())).isSameAs(one);
    assertThat(shared(open("?percred.prefix=types", withObjects(40_001)).context()))
        .isNotSameAs(one);
  }

  private static Properties withObjects(int number) {
    Properties properties = new Properties();
    properties.put("number", new BigInteger(String.valueOf(number)));
    properties.put("flag", true);
    properties.put("key", new SecretKeySpec(new byte[] {1, 2, 3}, "raw"));
    return properties;
  }

  @Test
  void dataSourceHasItsOwnAndClosesItOnce() throws Exception {
    int suppliers = TestSuppliers.Client.CLOSED.get();
    int verifiers = TestSuppliers.Accepting.CLOSED.get();
    String parameters = "?percred.supplier=client&percred.verifier=accepting";
    PercredDataSource source = source(parameters);
    PercredDataSource other = source(parameters);
    source.getConnection().close();
    CloseCounting shared = shared(RecordingAdapter.last().context());
    other.getConnection().close();
    assertThat(shared(RecordingAdapter.last().context())).isNotSameAs(shared);
    source.getConnection().close();
    AdapterContext context = RecordingAdapter.last().context();
    assertThat(shared(context)).isSameAs(shared);
    source.close();
    source.close();
    assertThat(shared.closed.get()).isEqualTo(1);
    assertThat(TestSuppliers.Client.CLOSED.get() - suppliers).isEqualTo(1);
    assertThat(TestSuppliers.Accepting.CLOSED.get() - verifiers).isEqualTo(1);
    assertThatThrownBy(() -> shared(context)).isInstanceOf(IllegalStateException.class);
    other.close();
  }

  @Test
  void objectsOfTheApplicationAreNotClosed() throws Exception {
    PercredDataSource source = source("");
    AtomicInteger closed = new AtomicInteger();
    source.setTokenSupplier(
        new io.percred.spi.TokenSupplier() {
          @Override
          public io.percred.spi.Credential supply(io.percred.spi.SupplyContext context) {
            return io.percred.spi.Credential.of("t");
          }

          @Override
          public void close() {
            closed.incrementAndGet();
          }
        });
    source.getConnection().close();
    source.close();
    assertThat(closed.get()).isZero();
  }

  @Test
  void registryHoldsOnToSoManyAndNoMoreButNeverEndsOneInUse() throws Exception {
    RuntimeRegistry registry = new RuntimeRegistry();
    ConnectionPlan plan = plan("first");
    SharedRuntime first = registry.get(plan.runtimeKey(ChosenInCode.NOTHING), () -> make(plan));
    CloseCounting shared = first.shared(CloseCounting.class, CloseCounting::new);
    for (int i = 0; i < RuntimeRegistry.MOST * 2; i++) {
      ConnectionPlan other = plan("other" + i);
      registry.get(other.runtimeKey(ChosenInCode.NOTHING), () -> make(other));
    }
    assertThat(registry.size()).isEqualTo(RuntimeRegistry.MOST);
    assertThat(shared.closed.get()).isZero();
    assertThat(registry.get(plan.runtimeKey(ChosenInCode.NOTHING), () -> make(plan)))
        .as("one of its connections may still live")
        .isSameAs(first);
    registry.close();
    assertThat(shared.closed.get()).isEqualTo(1);
  }

  @Test
  void configurationWithoutConnectionsEndsWithTheGarbageCollector() throws Exception {
    RuntimeRegistry registry = new RuntimeRegistry();
    CloseCounting shared = new CloseCounting();
    WeakReference<SharedRuntime> gone = abandoned(registry, shared);
    for (int i = 0; i < RuntimeRegistry.MOST; i++) {
      ConnectionPlan other = plan("gc" + i);
      registry.get(other.runtimeKey(ChosenInCode.NOTHING), () -> make(other));
    }
    while (!shared.ended.await(10, TimeUnit.MILLISECONDS)) {
      System.gc();
    }
    assertThat(gone.get()).isNull();
    assertThat(shared.closed.get()).isEqualTo(1);
    registry.close();
  }

  @Test
  void keyHoldsNoSecretInTheClear() throws Exception {
    ConnectionPlan plan =
        ConnectionPlan.of(
            new ConnectionRequest(
                "jdbc:percred:recording://h/db?sslpassword=pl4nted",
                properties("password", "pl4nted", "percred.jwt.secret", "pl4nted"),
                ChosenInCode.NOTHING),
            Installed.onThisThread());
    assertThat(plan.runtimeKey(ChosenInCode.NOTHING).toString()).doesNotContain("pl4nted");
    assertThat(plan.toString()).doesNotContain("pl4nted");
  }

  private static WeakReference<SharedRuntime> abandoned(
      RuntimeRegistry registry, CloseCounting shared) throws SQLException {
    ConnectionPlan plan = plan("abandoned");
    SharedRuntime runtime = registry.get(plan.runtimeKey(ChosenInCode.NOTHING), () -> make(plan));
    assertThat(runtime.shared(CloseCounting.class, () -> shared)).isSameAs(shared);
    return new WeakReference<>(runtime);
  }

  private static AdapterContext connect(String parameters) throws SQLException {
    return open(parameters).context();
  }

  private static ConnectionPlan plan(String database) throws SQLException {
    return ConnectionPlan.of(
        new ConnectionRequest(
            "jdbc:recording://h/" + database, new Properties(), ChosenInCode.NOTHING),
        Installed.onThisThread());
  }

  private static SharedRuntime make(ConnectionPlan plan) throws SQLException {
    return SharedRuntime.of(
        plan.settings(), ChosenInCode.NOTHING, Installed.onThisThread(), Clock.systemUTC());
  }

  private static CloseCounting shared(AdapterContext context) {
    return context.shared(CloseCounting.class, CloseCounting::new);
  }

  /** What an adapter shares. */
  private static final class CloseCounting implements AutoCloseable {
    private final AtomicInteger closed = new AtomicInteger();
    private final java.util.concurrent.CountDownLatch ended =
        new java.util.concurrent.CountDownLatch(1);

    @Override
    public void close() {
      closed.incrementAndGet();
      ended.countDown();
    }
  }
}

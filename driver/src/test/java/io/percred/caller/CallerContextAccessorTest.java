package io.percred.caller;

import static io.percred.recording.Recorded.assertFailure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.spi.Credential;
import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the caller travels with io.micrometer:context-propagation, and without it. */
class CallerContextAccessorTest {
  private static final Credential ALICE = Credential.of("alice-token", "alice");
  private static final Credential BOB = Credential.of("bob-token", "bob");

  private final ContextSnapshotFactory factory =
      ContextSnapshotFactory.builder().clearMissing(true).build();

  @AfterEach
  void noTestLeavesCallerOnItsThread() {
    assertThat(CallerStack.innermost()).isNull();
  }

  @Test
  void accessorIsFoundByServiceLoader() {
    assertThat(ContextRegistry.getInstance().getThreadLocalAccessors())
        .anyMatch(each -> each.key().equals(CallerContextAccessor.KEY));
  }

  @Test
  void callerTravelsOverWrappedExecutorAndIsGoneAfterwards() throws Exception {
    ExecutorService plain = Executors.newSingleThreadExecutor();
    ExecutorService wrapped = ContextExecutorService.wrap(plain, factory::captureAll);
    try {
      CallerScope scope = CallerContext.open(ALICE);
      Callable<@Nullable Credential> task = CallerContextAccessorTest::current;
      assertThat(wrapped.submit(task).get(10, TimeUnit.SECONDS)).isEqualTo(ALICE);
      assertThat(plain.submit(task).get(10, TimeUnit.SECONDS)).isNull();
      scope.close();
      assertThat(wrapped.submit(task).get(10, TimeUnit.SECONDS)).isNull();
    } finally {
      plain.shutdownNow();
    }
  }

  @Test
  void scopeAroundCarriedCallersIsRestoredAndStillEndsWithItsClose() {
    ContextSnapshot ofBob = snapshotOf(BOB);
    CallerScope alice = CallerContext.open(ALICE);
    ContextSnapshot.Scope outer = ofBob.setThreadLocals();
    assertThat(current()).isEqualTo(BOB);
    ContextSnapshot.Scope inner = snapshotOf(ALICE).setThreadLocals();
    assertThat(current()).isEqualTo(ALICE);
    inner.close();
    assertThat(current()).isEqualTo(BOB);
    outer.close();
    assertThat(current()).isEqualTo(ALICE);
    alice.close();
    assertThat(current()).isNull();
  }

  @Test
  void carriedCallerEndsWithTheScopeItWasCarriedInto() {
    CallerScope alice = CallerContext.open(ALICE);
    ContextSnapshot.Scope carried = snapshotOf(BOB).setThreadLocals();
    alice.close();
    assertThat(current()).isNull();
    carried.close();
    assertThat(current()).isNull();
  }

  @Test
  void taskWithoutCallerDoesNotRunAsTheCallerOfItsThread() {
    ContextSnapshot nobody = factory.captureAll();
    CallerScope alice = CallerContext.open(ALICE);
    ContextSnapshot.Scope cleared = nobody.setThreadLocals();
    assertThat(current()).isNull();
    cleared.close();
    assertThat(current()).isEqualTo(ALICE);
    alice.close();
  }

  @Test
  void settingAgainAndAgainDoesNotPileUp() {
    CallerContextAccessor accessor = new CallerContextAccessor();
    CallerScope scope = CallerContext.open(ALICE);
    OpenCaller alice = Objects.requireNonNull(accessor.getValue());
    for (int i = 0; i < 100; i++) {
      accessor.setValue(alice);
      accessor.setValue();
    }
    OpenCaller top = Objects.requireNonNull(CallerStack.innermost());
    assertThat(top.outer()).isSameAs(alice);
    accessor.restore(alice);
    assertThat(current()).isEqualTo(ALICE);
    scope.close();
  }

  @Test
  void percredWorksWithoutTheLibrary() throws Exception {
    List<URL> urls = new ArrayList<>();
    StringTokenizer classPath =
        new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
    while (classPath.hasMoreTokens()) {
      String each = classPath.nextToken();
      if (!each.contains("context-propagation")) {
        urls.add(Path.of(each).toUri().toURL());
      }
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader alone =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(alone);
      Map<String, Driver> found = new HashMap<>();
      for (Driver each : ServiceLoader.load(Driver.class, alone)) {
        found.put(each.getClass().getName(), each);
      }
      Driver driver = Objects.requireNonNull(found.get("io.percred.PercredDriver"));
      assertThat(driver.getClass().getClassLoader()).isSameAs(alone);
      try (Connection connection =
          driver.connect("jdbc:percred:recording://h/d", new Properties())) {
        assertThat(connection).isNotNull();
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void percredIsModuleThatWorksWithoutTheLibrary() throws Exception {
    List<Path> paths = new ArrayList<>();
    StringTokenizer classPath =
        new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
    while (classPath.hasMoreTokens()) {
      String each = classPath.nextToken();
      boolean ours = each.endsWith("classes") && !each.endsWith("test-classes");
      if (ours || each.contains("percred-spi") || each.contains("slf4j-api")) {
        paths.add(Path.of(each));
      }
    }
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration()
            .resolveAndBind(
                ModuleFinder.of(paths.toArray(Path[]::new)),
                ModuleFinder.of(),
                Set.of("io.percred.driver"));
    ModuleLayer layer =
        boot.defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
    Driver driver =
        ServiceLoader.load(layer, Driver.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.getClass().getName().equals("io.percred.PercredDriver"))
            .findFirst()
            .orElseThrow();
    assertThat(driver.getClass().getModule().getName()).isEqualTo("io.percred.driver");
    assertThat(driver.getMinorVersion()).isEqualTo(1);
    SQLException failure =
        catchThrowableOfType(
            SQLException.class,
            () -> driver.connect("jdbc:percred:nothing://h/d", new Properties()));
    assertFailure(failure).hasMessageContaining("(PERCRED-004, SQLSTATE 22023)");
  }

  private ContextSnapshot snapshotOf(Credential credential) {
    CallerScope scope = CallerContext.open(credential);
    try {
      return factory.captureAll();
    } finally {
      scope.close();
    }
  }

  private static @Nullable Credential current() {
    return CallerContext.current().credential();
  }
}

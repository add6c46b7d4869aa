package io.percred.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.snowflake.emulator.AccessLog;
import io.percred.snowflake.emulator.Counters;
import io.percred.snowflake.emulator.Endpoint;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Two analysts share a pool, and Snowflake's own policies decide what each of them sees. */
final class AnalystsScene implements Scene {
  private static final int ROUNDS = 25;
  private static final int THREADS_EACH = 2;
  private static final String CUSTOMERS = "DEMO.PUBLIC.CUSTOMERS";
  private static final List<Analyst> ANALYSTS =
      List.of(new Analyst("alice", "EU", false), new Analyst("bob", "US", true));

  @Override
  public String title() {
    return "Snowflake (an emulator of it): two analysts, one pool, a session for each";
  }

  @Override
  public void play(Stage stage) throws Exception {
    try (SnowflakeEmulator snowflake = snowflake()) {
      Map<Analyst, List<CustomerList>> seen;
      try (PercredDataSource source = dataSource(snowflake);
          HikariDataSource pool = pool(source)) {
        seen = work(snowflake, pool);
      }
      stage.say("%-8s %-22s %-61s %5s", "caller", "Snowflake saw", "rows", "times");
      for (Analyst analyst : ANALYSTS) {
        print(stage, analyst, seen.getOrDefault(analyst, List.of()));
      }
      printSessions(stage, snowflake);
    }
  }

  private static SnowflakeEmulator snowflake() throws Exception {
    SnowflakeEmulator snowflake =
        SnowflakeEmulator.builder().user("alice", "ANALYST_EU").user("bob", "ANALYST_US").start();
    snowflake.run(
        """
        CREATE TABLE DEMO.PUBLIC.CUSTOMERS AS SELECT * FROM (VALUES
          (1::DECIMAL(38, 0), 'Ada', 'ada@example.eu', 'EU'),
          (2, 'Blaise', 'blaise@example.eu', 'EU'),
          (3, 'Grace', 'grace@example.com', 'US'),
          (4, 'Donald', 'donald@example.com', 'US')) AS t(ID, NAME, EMAIL, REGION)""");
    snowflake.rowAccess(CUSTOMERS, "current_role() = 'ANALYST_' || REGION");
    snowflake.mask(
        CUSTOMERS,
        "EMAIL",
        "CASE WHEN current_role() = 'ANALYST_US' THEN EMAIL ELSE '"
            + CustomerList.MASKED
            + "' END");
    return snowflake;
  }

  /** What an application has; it knows no user, no role and no token. */
  private static PercredDataSource dataSource(SnowflakeEmulator snowflake) {
    PercredDataSource source = new PercredDataSource();
    source.setUrl(snowflake.percredUrl());
    return source;
  }

  private static HikariDataSource pool(PercredDataSource source) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(Stage.POOL_SIZE);
    return new HikariDataSource(config);
  }

  private static Map<Analyst, List<CustomerList>> work(
      SnowflakeEmulator snowflake, HikariDataSource pool) throws Exception {
    List<Callable<Map.Entry<Analyst, List<CustomerList>>>> parts = new ArrayList<>();
    for (Analyst analyst : ANALYSTS) {
      Credential credential = analyst.credential(snowflake.tokens());
      for (int i = 0; i < THREADS_EACH; i++) {
        parts.add(() -> Map.entry(analyst, lists(pool, credential)));
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(parts.size());
    try {
      Map<Analyst, List<CustomerList>> seen = new TreeMap<>(Comparator.comparing(Analyst::name));
      for (Future<Map.Entry<Analyst, List<CustomerList>>> part : threads.invokeAll(parts)) {
        seen.computeIfAbsent(part.get().getKey(), analyst -> new ArrayList<>())
            .addAll(part.get().getValue());
      }
      return seen;
    } finally {
      threads.shutdown();
    }
  }

  private static List<CustomerList> lists(HikariDataSource pool, Credential credential)
      throws Exception {
    List<CustomerList> lists = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      CallerScope request = CallerContext.open(credential);
      try (Connection connection = pool.getConnection()) {
        lists.add(CustomerList.on(connection));
      } finally {
        request.close();
      }
    }
    return lists;
  }

  private static void print(Stage stage, Analyst analyst, List<CustomerList> lists)
      throws SceneFailedException {
    lists.stream()
        .collect(Collectors.groupingBy(list -> list, Collectors.counting()))
        .forEach(
            (list, times) ->
                stage.say(
                    "%-8s %-22s %-61s %5d",
                    analyst.name(), list.saw(), String.join(", ", list.customers()), times));
    if (lists.size() != ROUNDS * THREADS_EACH
        || !lists.stream().allMatch(list -> list.isOf(analyst))) {
      throw new SceneFailedException(analyst.name() + " did not see what was due");
    }
  }

  private static void printSessions(Stage stage, SnowflakeEmulator snowflake)
      throws SceneFailedException {
    Map<String, Long> ran =
        snowflake.accessLog().queries().stream()
            .collect(
                Collectors.groupingBy(AccessLog.Query::user, TreeMap::new, Collectors.counting()));
    stage.say(
        "By Snowflake's access log %s.",
        ran.entrySet().stream()
            .map(each -> each.getKey() + " ran " + each.getValue() + " queries")
            .collect(Collectors.joining(", ")));
    Counters counters = snowflake.counters();
    stage.say(
        "%d logins served %d queries; all sessions were closed with the data source.",
        counters.opened(), counters.requests(Endpoint.QUERY));
    if (!ran.keySet().equals(Set.of("ALICE", "BOB")) || counters.live() != 0) {
      throw new SceneFailedException("somebody else ran queries, or a session was left open");
    }
  }
}

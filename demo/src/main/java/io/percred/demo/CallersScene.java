package io.percred.demo;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Three callers on six threads share two connections, and each sees the own rows only. */
final class CallersScene implements Scene {
  private static final int ROUNDS = 50;

  /** What one caller got, working one way. */
  private record Part(Employee caller, Work work, List<Visit> visits) {}

  @Override
  public String title() {
    return "Three callers on six threads share two pooled connections";
  }

  @Override
  public void play(Stage stage) throws Exception {
    List<Part> parts;
    try (HikariDataSource pool = stage.pool()) {
      parts = playParts(pool);
    }
    stage.say("%-8s %-13s %-14s %-46s %5s", "caller", "works in", "database saw", "rows", "times");
    for (Part part : parts) {
      print(stage, part);
    }
    printBackends(stage, parts);
    long foreign =
        parts.stream()
            .flatMap(part -> part.visits().stream().filter(visit -> !visit.isOf(part.caller())))
            .count();
    if (foreign > 0) {
      throw new SceneFailedException(foreign + " answers were not meant for who got them");
    }
    stage.say("Nobody was taken for anybody else, and nobody saw anybody else's rows.");
  }

  private static List<Part> playParts(HikariDataSource pool) throws Exception {
    List<Callable<Part>> parts = new ArrayList<>();
    for (Employee caller : Stage.EMPLOYEES) {
      for (Work work : Work.values()) {
        parts.add(() -> new Part(caller, work, visits(pool, caller, work)));
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(parts.size());
    try {
      List<Part> played = new ArrayList<>();
      for (Future<Part> part : threads.invokeAll(parts)) {
        played.add(part.get());
      }
      return played;
    } finally {
      threads.shutdown();
    }
  }

  private static List<Visit> visits(HikariDataSource pool, Employee caller, Work work)
      throws Exception {
    List<Visit> visits = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      CallerScope request = CallerContext.open(caller.credential());
      try (Connection connection = pool.getConnection()) {
        visits.add(work.visit(connection));
      } finally {
        request.close();
      }
    }
    return visits;
  }

  private static void print(Stage stage, Part part) {
    Map<List<String>, Long> answers =
        part.visits().stream()
            .collect(
                Collectors.groupingBy(
                    visit -> List.of(visit.saw(), visit.rows()), Collectors.counting()));
    answers.forEach(
        (answer, times) ->
            stage.say(
                "%-8s %-13s %-14s %-46s %5d",
                part.caller().name(), part.work().words(), answer.get(0), answer.get(1), times));
  }

  private static void printBackends(Stage stage, List<Part> parts) {
    Map<Integer, Map<String, Long>> servedBy = new TreeMap<>();
    for (Part part : parts) {
      for (Visit visit : part.visits()) {
        servedBy
            .computeIfAbsent(visit.backend(), backend -> new TreeMap<>())
            .merge(part.caller().name(), 1L, Long::sum);
      }
    }
    Function<Map<String, Long>, String> words =
        served ->
            served.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue() + " times")
                .collect(Collectors.joining(", "));
    servedBy.forEach(
        (backend, served) -> stage.say("Connection %d served %s.", backend, words.apply(served)));
  }
}

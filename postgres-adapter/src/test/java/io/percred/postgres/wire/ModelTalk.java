package io.percred.postgres.wire;

import io.percred.postgres.PostgresProperty.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * What several callers do with one connection of a driver that reads ahead: each looks at what it
 * gets, leaves a COPY unread, asks for notifications and warnings.
 */
final class ModelTalk {
  private static final List<String> WORDS =
      List.of(
          "select",
          "select fail",
          "insert warn",
          "begin",
          "commit",
          "commit",
          "rollback",
          "listen",
          "listen",
          "notify",
          "notify",
          "select 1");

  /** What is done. */
  enum Act {
    STATEMENT,
    SIMPLE,
    COPY,
    ABANDONED,
    NOTIFICATIONS,
    WARNINGS
  }

  /**
   * One thing that somebody does.
   *
   * @param word the statement, if it is one
   * @param rows how many rows of an abandoned COPY are read
   */
  record Step(@Nullable String caller, Act act, String word, int rows) {}

  private final Conversation conversation;
  private final ModelDriver driver;
  private final Map<String, String> listeners = new HashMap<>();
  private int number;

  private ModelTalk(Conversation conversation) {
    this.conversation = conversation;
    this.driver = conversation.driver();
  }

  static Arbitrary<List<Step>> steps() {
    Arbitrary<String> callers =
        Arbitraries.of("alice", "alice", "bob", "carol", "!bob").injectNull(0.15);
    return Combinators.combine(
            callers, Arbitraries.of(Act.class), Arbitraries.of(WORDS), Arbitraries.integers())
        .as((caller, act, word, rows) -> new Step(caller, act, word, Math.floorMod(rows, 4) + 1))
        .list()
        .ofMinSize(2)
        .ofMaxSize(12);
  }

  /** What somebody saw that was another's, or null. */
  static @Nullable String leak(List<Step> steps, Delivery delivery, long seed) throws IOException {
    ModelTalk talk = new ModelTalk(Conversation.filtered(seed, delivery));
    for (Step step : steps) {
      List<String> shown;
      try {
        shown = talk.take(step);
      } catch (IOException closed) {
        return String.valueOf(closed.getMessage()).matches("(?s).*(PERCRED-205|Unknown Resp).*")
            ? null
            : "the end " + closed.getMessage();
      }
      for (String each : shown) {
        if (!talk.isOf(step.caller(), each)) {
          return step + " saw \"" + each + '"';
        }
      }
    }
    return null;
  }

  private List<String> take(Step step) throws IOException {
    conversation.callerIs(step.caller());
    return switch (step.act()) {
      case STATEMENT -> run(step, false);
      case SIMPLE -> run(step, true);
      case COPY -> copy(Integer.MAX_VALUE);
      case ABANDONED -> copy(step.rows());
      case NOTIFICATIONS -> driver.notifications();
      case WARNINGS -> driver.warnings();
    };
  }

  private List<String> run(Step step, boolean simple) throws IOException {
    String text = step.word();
    if (text.equals("listen")) {
      text += " c" + ++number;
      if (step.caller() != null) {
        listeners.put(text, step.caller());
      }
    } else if (!List.of("begin", "commit", "rollback", "select 1").contains(text)) {
      text = text.replaceFirst(" |$", " #" + ++number + ' ').strip();
    }
    if (simple) {
      conversation.query(text);
    } else {
      conversation.statement(text).sync();
    }
    conversation.flush();
    return driver.answer(Integer.MAX_VALUE, step.word().matches("commit|rollback"));
  }

  private List<String> copy(int rows) throws IOException {
    conversation.query("copy #" + ++number + " t to warn").flush();
    return driver.answer(rows, true);
  }

  /** Whether what was shown may be shown to that caller. */
  private boolean isOf(@Nullable String caller, String shown) {
    List<String> words = new ArrayList<>(List.of(shown.split(" ", -1)));
    String whose =
        shown.startsWith("listen ")
            ? listeners.get(shown)
            : shown.contains(" #") || shown.endsWith(" failed") ? words.get(0) : null;
    return whose == null || (caller != null && whose.equals(ModelCaller.owner(caller)));
  }
}

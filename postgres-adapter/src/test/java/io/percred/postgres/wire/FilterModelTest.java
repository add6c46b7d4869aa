package io.percred.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.postgres.PostgresProperty.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Disabled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * Random conversations with a model of the server: nothing runs unbound, and nothing is seen of it.
 */
class FilterModelTest {
  private static final List<String> HARMLESS =
      List.of(
          "begin", "commit", "rollback", "select 1", "savepoint s", "rollback to s", "release s");
  private static final List<String> CONTROLLING = List.of("set search_path = s", "listen c");
  private static final List<String> ONLY_IN_BLOCKS =
      List.of("savepoint s", "rollback to s", "release s", "lock");
  private static final List<String> ENDS = List.of("commit", "rollback");
  private static final List<String> TOUCHING =
      List.of("select", "select fail", "insert", "insert leave", "call plain");

  /** A pool, on the thread of somebody who is calling. */
  private static final String POOL = "pool";

  private static final String COMMITTING = "call commits";

  /** What the driver sends in one go, up to a Sync or as one Query. */
  record Group(
      @Nullable String caller,
      boolean simple,
      boolean pipelined,
      boolean cancelBegin,
      List<String> statements) {}

  /**
   * Who sent a statement.
   *
   * @param blindly whether answers were unread then, so that nobody knew what was open
   */
  record Sender(@Nullable String caller, boolean blindly) {}

  private static final Sender NOBODY = new Sender(null, true);

  @Provide
  Arbitrary<List<Group>> conversations() {
    return groups(
        Arbitraries.of("alice", "alice+", "alice@acme", "bob", "!bob", "!alice", ModelCaller.ABSENT)
            .injectNull(0.15),
        true);
  }

  /** As {@link #conversationsOfAlice()}, where percred may put a block around any group. */
  @Provide
  Arbitrary<List<Group>> conversationsInBlocksOfAlice() {
    return conversationsOfAlice()
        .filter(
            groups ->
                groups.stream()
                    .allMatch(
                        group ->
                            Collections.disjoint(group.statements(), ONLY_IN_BLOCKS)
                                && Collections.disjoint(group.statements(), ENDS)));
  }

  @Provide
  Arbitrary<List<Group>> conversationsOfAlice() {
    // A savepoint outside of the caller's block fails otherwise or not at all in percred's own. A
    // cancel hits whoever begins first. Behind a BEGIN that failed unread a statement is
    // refused by the guard, and would run outside of any block without percred. A block that the
    // caller ends and percred follows with its own in one group is ended even if it failed.
    return groups(Arbitraries.just("alice"), false)
        .filter(
            groups ->
                groups.stream()
                    .noneMatch(
                        group ->
                            group.cancelBegin()
                                || (group.pipelined() && group.statements().size() > 1)
                                || (isWrapped(group)
                                    && (!Collections.disjoint(group.statements(), ONLY_IN_BLOCKS)
                                        || !Collections.disjoint(group.statements(), ENDS)))));
  }

  /** Whether percred may put a block of its own around the group. */
  private static boolean isWrapped(Group group) {
    return group.simple() || group.statements().contains("call plain");
  }

  private static Arbitrary<List<Group>> groups(Arbitrary<String> callers, boolean committing) {
    List<String> words = new ArrayList<>(HARMLESS);
    words.addAll(CONTROLLING);
    words.addAll(CONTROLLING);
    words.add("lock");
    words.addAll(TOUCHING);
    words.addAll(TOUCHING);
    if (committing) {
      words.add(COMMITTING);
    }
    Arbitrary<List<String>> statements = Arbitraries.of(words).list().ofMinSize(1).ofMaxSize(4);
    Arbitrary<Boolean> rarely = Arbitraries.of(true, false, false, false);
    return Combinators.combine(callers, rarely, rarely, rarely, statements)
        .as(Group::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Property(tries = 10_000)
  void noStatementRunsUnderAnotherSettingThanItsCallers(
      @ForAll("conversations") List<Group> groups, @ForAll Delivery delivery, @ForAll long seed)
      throws IOException {
    Conversation conversation = Conversation.filtered(seed, delivery);
    Map<String, Sender> callers = new HashMap<>();
    try {
      play(conversation, groups, callers);
    } catch (IOException closed) {
      // Written behind an unread Query that failed: whose answers come is unknown, or what is to be
      // cleared cannot be, so percred ends it.
      assertThat(closed).hasMessageMatching("(?s).*PERCRED-(205|220).*");
    }
    for (ModelServer.Ran ran : conversation.server.ran) {
      assertThat(ran.setting())
          .as("%s, after %s", ran, conversation.transcript())
          .isNotEmpty()
          .isEqualTo(callers.getOrDefault(ran.statement(), NOBODY).caller());
      assertOwn(ran, ran.held().residue());
      assertOwn(ran, callers.getOrDefault(ran.held().schema(), NOBODY).caller());
      assertOwn(ran, callers.getOrDefault(ran.held().channel(), NOBODY).caller());
    }
    for (ModelServer.Controlled controlled : conversation.server.controlled) {
      Sender sender = callers.getOrDefault(controlled.statement(), NOBODY);
      if (!controlled.setting().isEmpty() && !sender.blindly()) {
        assertThat(sender.caller()).as("who sent %s", controlled).isEqualTo(controlled.setting());
      }
      if (controlled.statement().startsWith("lock")) {
        assertThat(ModelCaller.isAccepted(sender.caller()))
            .as("%s by %s", controlled, sender)
            .isTrue();
      }
    }
  }

  /** What is found in the session is the pool's, or was left by the same caller. */
  private static void assertOwn(ModelServer.Ran ran, @Nullable String leftBy) {
    if (leftBy != null && !leftBy.isEmpty()) {
      assertThat(ModelCaller.owner(leftBy))
          .as("whose is what %s found", ran)
          .isEqualTo(ModelCaller.owner(ran.setting()));
    }
  }

  /**
   * Of a pool that sets its connection up while somebody is calling, and of those who follow. The
   * pool may leave its transaction to the first of them; the others end what is open.
   */
  @Provide
  Arbitrary<List<Group>> conversationsThroughAPool() {
    Arbitrary<List<Group>> setUp = turns(Arbitraries.just(POOL), 0);
    Arbitrary<List<List<Group>>> then =
        turns(Arbitraries.of("alice", "bob").injectNull(0.3), 4).list().ofMaxSize(5);
    return Combinators.combine(Arbitraries.of(true, false), setUp, then)
        .as(
            (open, first, others) -> {
              List<Group> all = new ArrayList<>();
              if (open) {
                // What pools without auto-commit leave to the first who takes the connection.
                all.add(new Group(POOL, false, false, false, List.of("begin", ModelMemory.SET)));
              } else {
                all.addAll(first);
              }
              others.forEach(all::addAll);
              return all;
            });
  }

  /** What one of them sends without another between; how often it touches data, beside 12. */
  private static Arbitrary<List<Group>> turns(Arbitrary<String> callers, int touching) {
    Arbitrary<String> word =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.of("begin")),
            Tuple.of(1, Arbitraries.of("commit", "rollback", "release s")),
            Tuple.of(5, Arbitraries.of("savepoint s", "rollback to s")),
            Tuple.of(4, Arbitraries.of(ModelMemory.SET)),
            Tuple.of(touching, Arbitraries.of("select", "select fail")));
    Arbitrary<Boolean> rarely = Arbitraries.of(true, false, false, false);
    Arbitrary<Group> anybodys =
        Combinators.combine(
                rarely, rarely, Arbitraries.just(false), word.list().ofMinSize(1).ofMaxSize(4))
            .as(
                (simple, pipelined, cancel, texts) ->
                    new Group("", simple, pipelined, cancel, texts));
    return Combinators.combine(
            callers, anybodys.list().ofMinSize(1).ofMaxSize(4), Arbitraries.of(ENDS))
        .as(FilterModelTest::turn);
  }

  private static List<Group> turn(@Nullable String caller, List<Group> groups, String end) {
    boolean ofPool = caller == null || caller.equals(POOL);
    List<Group> turn = new ArrayList<>();
    for (Group each : groups) {
      // Who comes next finds answered what was sent; a driver reads before it gives way.
      boolean pipelined = each.pipelined() && turn.size() < groups.size() - 1;
      // Whose a text of several statements is, is not the question here.
      boolean simple = each.simple() && (ofPool || each.statements().size() == 1);
      turn.add(new Group(caller, simple, pipelined, false, each.statements()));
    }
    if (!POOL.equals(caller)) {
      turn.add(new Group(caller, false, false, false, List.of(end)));
    }
    return turn;
  }

  @Property(tries = 10_000)
  void theSessionHasWhatItsPoolSetOrItsCallerAndNothingOfAnother(
      @ForAll("conversationsThroughAPool") List<Group> groups,
      @ForAll Delivery delivery,
      @ForAll long seed)
      throws IOException {
    Conversation conversation = Conversation.filtered(seed, delivery);
    try {
      play(conversation, groups, new HashMap<>());
    } catch (IOException closed) {
      assertThat(closed).hasMessageMatching("(?s).*PERCRED-(205|220).*");
    }
    for (ModelServer.Ran ran : conversation.server.ran) {
      if (!ran.memory().value().startsWith(ran.setting())) {
        assertThat(ran.memory().value())
            .as("%s, after %s", ran, conversation.transcript())
            .isEqualTo(ran.memory().pools());
      }
    }
    assertThat(conversation.said).doesNotContain("unsure");
  }

  @Provide
  Arbitrary<List<ModelTalk.Step>> talks() {
    return ModelTalk.steps();
  }

  @Disabled(
      "finds that a warning of a caller's INSERT can be shown to nobody; it is not known whose fault that is")
  @Property(tries = 10_000)
  void nobodySeesAnothersAnswersNotificationsOrWarnings(
      @ForAll("talks") List<ModelTalk.Step> steps, @ForAll Delivery delivery, @ForAll long seed)
      throws IOException {
    assertThat(ModelTalk.leak(steps, delivery, seed)).isNull();
  }

  @Property(tries = 10_000)
  void theDriverSeesWhatItWouldSeeWithoutPercred(
      @ForAll("conversationsOfAlice") List<Group> groups, @ForAll long seed) throws IOException {
    seesTheSame(groups, Delivery.BIND, seed);
  }

  @Property(tries = 10_000)
  void theDriverSeesTheSameWithFunctionCalls(
      @ForAll("conversationsInBlocksOfAlice") List<Group> groups, @ForAll long seed)
      throws IOException {
    seesTheSame(groups, Delivery.FUNCTION_CALL, seed);
  }

  private static void seesTheSame(List<Group> groups, Delivery delivery, long seed)
      throws IOException {
    Conversation filtered = Conversation.filtered(seed, delivery);
    Conversation plain = Conversation.plain(seed);
    play(filtered, groups, new HashMap<>());
    if (filtered.transcript().contains("<25000>")) {
      return; // a text that cannot be bound in the middle: refused by design
    }
    play(plain, groups, new HashMap<>());
    assertThat(filtered.transcript()).isEqualTo(plain.transcript());
  }

  /** Plays the groups; a caller's statements are told apart by a number. */
  private static void play(
      Conversation conversation, List<Group> groups, Map<String, Sender> callers)
      throws IOException {
    int number = 0;
    int unread = 0;
    for (Group group : groups) {
      boolean pool = POOL.equals(group.caller());
      conversation.poolSends(pool);
      conversation.callerIs(pool ? "alice" : group.caller());
      if (group.cancelBegin() && number % 2 == 0) {
        conversation.server.cancelNextBegin();
      } else if (group.cancelBegin()) {
        conversation.server.cancelNextClearing();
      }
      List<String> texts = new ArrayList<>();
      for (String word : group.statements()) {
        String text = numbered(word, ++number);
        if (word.equals(ModelMemory.SET)) {
          text = word + (group.caller() == null ? POOL : group.caller()) + number;
        }
        texts.add(text);
        callers.put(text, new Sender(group.caller(), unread > 0));
      }
      if (group.simple()) {
        conversation.query(String.join(";", texts));
      } else {
        texts.forEach(conversation::statement);
        conversation.sync();
      }
      unread++;
      conversation.flush();
      // A driver does not write behind a Query whose answer it has not read, except behind BEGIN.
      boolean mayPipeline = !group.simple() || group.statements().equals(List.of("begin"));
      if (!group.pipelined() || !mayPipeline) {
        conversation.read(unread);
        unread = 0;
      }
    }
    conversation.read(unread);
  }

  private static String numbered(String word, int number) {
    if (HARMLESS.contains(word)) {
      return word;
    }
    if (CONTROLLING.contains(word)) {
      return word + number;
    }
    int blank = word.indexOf(' ');
    return blank < 0
        ? word + " #" + number
        : word.substring(0, blank) + " #" + number + word.substring(blank);
  }
}

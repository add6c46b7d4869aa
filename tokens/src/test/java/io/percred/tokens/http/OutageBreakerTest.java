package io.percred.tokens.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.SetClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three outages open the breaker, for ten seconds. */
class OutageBreakerTest {
  private static final CallFailure SERVER_ERROR = CallFailure.unusable("HTTP 500");
  private static final CallFailure REFUSED = new CallFailure("refused", false, null);
  private static final Duration OPEN_FOR = Duration.ofSeconds(10);

  private final SetClock clock = new SetClock(Instant.parse("2026-11-28T12:00:00Z"));
  private final Recorder recorder = new Recorder();
  private final OutageBreaker breaker = new OutageBreaker("it", 3, OPEN_FOR, clock, recorder);

  @Test
  void outagesOfOneTokenHoldBackThatTokenAlone() throws Exception {
    good("alice");
    fail(SERVER_ERROR, "junk", "junk", "junk");

    assertThat(isHeld("junk")).isTrue();
    assertThat(isHeld("alice")).isFalse();
    assertThat(isHeld("bob")).isFalse();
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void outagesOfAnyNumberOfTokensHoldNobodyElseBack() throws Exception {
    for (int i = 0; i < 100; i++) {
      fail(SERVER_ERROR, "junk-" + i);
      fail(CallFailure.late(Duration.ofSeconds(5)), "mute-" + i);
    }
    assertThat(isHeld("alice")).isFalse();
    good("alice");
    for (int i = 0; i < 100; i++) {
      fail(SERVER_ERROR, "more-" + i);
    }
    assertThat(isHeld("alice")).isFalse();
    assertThat(isHeld("bob")).isFalse();
  }

  @Test
  void whileSomebodyIsFoundGoodJunkDoesNotOpenTheBreaker() throws Exception {
    good("alice");
    for (int i = 0; i < 100; i++) {
      fail(SERVER_ERROR, "junk-" + i);
    }
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void outagesOfOneGoodTokenAreItsOwnIfThereIsAnother() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "alice", "alice", "alice");

    assertThat(recorder.breakerStates()).isEmpty();
    assertThat(isHeld("alice")).isTrue();
    assertThat(isHeld("bob")).isFalse();
  }

  @Test
  void outagesThatSeveralGoodTokensMeetOpenTheBreaker() throws Exception {
    good("alice", "bob", "carol");
    fail(SERVER_ERROR, "alice", "bob", "alice");

    assertThat(recorder.breakerStates()).containsExactly("open");
    assertThat(isHeld("alice")).as("has met it once").isTrue();
    assertThat(isHeld("bob")).isTrue();
    assertThat(isHeld("carol")).as("finds out for herself").isFalse();
    fail(SERVER_ERROR, "carol");
    assertThat(isHeld("carol")).isTrue();
  }

  @Test
  void answerToAGoodTokenEndsTheRow() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "alice", "bob");
    breaker.acquire("alice").answered(false);
    fail(SERVER_ERROR, "alice", "bob");
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void refusalOfJunkNeitherEndsARowNorClosesTheBreaker() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "alice", "bob");
    breaker.acquire("junk").answered(false);
    fail(SERVER_ERROR, "alice");
    assertThat(recorder.breakerStates()).containsExactly("open");

    breaker.acquire("more junk").answered(false);
    assertThat(recorder.breakerStates()).containsExactly("open");
    assertThat(isHeld("alice")).isTrue();
  }

  @Test
  void connectionThatCannotBeMadeIsEverybodysOutageWhoeverMeetsIt() throws Exception {
    good("alice");
    fail(REFUSED, "junk", "junk", "junk");

    assertThat(recorder.breakerStates()).containsExactly("open");
    assertThat(isHeld("alice")).isTrue();
    assertThat(isHeld("bob")).isTrue();
    assertThat(breaker.acquireOrOutage("bob"))
        .isEqualTo(new Outage("it", "refused", 3, clock.instant(), clock.instant().plus(OPEN_FOR)));
  }

  @Test
  void whoeverReachesTheEndpointFirstFreesAllWhoHaveMetNothingElse() throws Exception {
    good("alice");
    fail(REFUSED, "alice", "alice", "junk");
    clock.advance(OPEN_FOR);
    fail(SERVER_ERROR, "junk");

    assertThat(isHeld("alice")).isFalse();
    good("alice");
    assertThat(recorder.breakerStates()).containsExactly("open", "half-open", "closed");
  }

  @Test
  void oneCallAtATimeFindsOutWhileTheBreakerIsOpen() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "alice", "bob", "alice");
    clock.advance(OPEN_FOR);

    OutageBreaker.Leave probe = breaker.acquire("alice");
    assertThat(isHeld("bob")).isTrue();
    probe.failed(SERVER_ERROR);
    assertThat(isHeld("bob")).isTrue();
    clock.advance(OPEN_FOR);
    breaker.acquire("bob").answered(true);

    assertThat(isHeld("alice")).isFalse();
    assertThat(recorder.breakerStates())
        .containsExactly("open", "half-open", "open", "half-open", "closed");
  }

  @Test
  void probeThatGetsNoAnswerDoesNotKeepTheNextFromFindingOut() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "alice", "bob", "alice");
    clock.advance(OPEN_FOR);
    OutageBreaker.Leave mute = breaker.acquire("alice");
    clock.advance(OPEN_FOR.minusMillis(1));
    assertThat(isHeld("bob")).isTrue();
    clock.advance(Duration.ofMillis(1));

    breaker.acquire("bob").answered(true);

    assertThat(recorder.breakerStates()).containsExactly("open", "half-open", "closed");
    mute.failed(CallFailure.late(OPEN_FOR));
    assertThat(recorder.breakerStates()).hasSize(3);
    assertThat(isHeld("alice")).isFalse();
  }

  @Test
  void junkDoesNotTakeTheProbeOfTheGood() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "junk", "alice", "bob", "alice");
    clock.advance(OPEN_FOR);
    OutageBreaker.Leave junk = breaker.acquire("junk");

    assertThat(isHeld("bob")).isFalse();
    junk.failed(SERVER_ERROR);
  }

  @Test
  void callerWhoOnlyCameWithTheOutageFindsItsEnd() throws Exception {
    good("alice", "bob");
    fail(SERVER_ERROR, "alice", "bob", "alice", "newcomer");
    assertThat(isHeld("newcomer")).isTrue();
    clock.advance(OPEN_FOR);

    breaker.acquire("newcomer").answered(true);

    assertThat(isHeld("alice")).isFalse();
    assertThat(recorder.breakerStates()).endsWith("closed");
  }

  @Test
  void heldTokenIsTriedAgainOnceAndNotByAllWhoHaveIt() throws Exception {
    good("alice");
    fail(SERVER_ERROR, "junk", "junk", "junk");
    clock.advance(OPEN_FOR);

    OutageBreaker.Leave again = breaker.acquire("junk");
    assertThat(isHeld("junk")).isTrue();
    again.answered(true);
    assertThat(isHeld("junk")).isFalse();
  }

  @Test
  void whoAsksToBeLeftAloneIsLeftAloneByThatTokenAndNotForLong() throws Exception {
    good("alice");
    fail(new CallFailure("HTTP 429", true, Duration.ofSeconds(7)), "bob");
    assertThat(breaker.acquireOrOutage("bob"))
        .isEqualTo(
            new Outage("it", "HTTP 429", 1, clock.instant(), clock.instant().plusSeconds(7)));
    assertThat(isHeld("alice")).isFalse();
    clock.advance(Duration.ofSeconds(7));
    assertThat(isHeld("bob")).isFalse();

    fail(new CallFailure("HTTP 503", true, Duration.ofDays(7)), "bob");
    clock.advance(Duration.ofMinutes(1));
    assertThat(isHeld("bob")).isFalse();
  }

  @Test
  void callThatWasGivenUpHereSaysNothing() throws Exception {
    fail(SERVER_ERROR, "alice", "bob");
    for (int i = 0; i < 5; i++) {
      breaker.acquire("carol").abandoned("interrupted");
    }
    assertThat(recorder.breakerStates()).isEmpty();
    fail(SERVER_ERROR, "alice");
    clock.advance(OPEN_FOR);
    breaker.acquire("alice").abandoned("interrupted");
    assertThat(isHeld("bob")).as("the next one finds out").isFalse();
  }

  @Test
  void listenerMayAskTheBreakerItself() throws Exception {
    List<Boolean> held = new ArrayList<>();
    OutageBreaker[] own = new OutageBreaker[1];
    own[0] =
        new OutageBreaker(
            "it",
            1,
            OPEN_FOR,
            clock,
            event -> held.add(own[0].acquireOrOutage("bob") instanceof Outage));
    own[0].acquire("alice").failed(REFUSED);
    assertThat(held).containsExactly(true);
  }

  private void good(String... tokens) throws OutageException {
    for (String token : tokens) {
      breaker.acquire(token).answered(true);
    }
  }

  private void fail(CallFailure failure, String... tokens) throws OutageException {
    for (String token : tokens) {
      breaker.acquire(token).failed(failure);
    }
  }

  private boolean isHeld(String token) {
    if (breaker.acquireOrOutage(token) instanceof OutageBreaker.Leave leave) {
      leave.abandoned("only asked");
      return false;
    }
    return true;
  }
}

package io.percred.conformance;

import static io.percred.conformance.WireCuts.DRIVERS_LENGTH;
import static io.percred.conformance.WireCuts.NOWHERE;
import static io.percred.conformance.WireCuts.at;
import static io.percred.conformance.WireCuts.every;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.WireCuts.Waiting;
import io.percred.postgres.PercredSocketFactory;
import io.percred.postgres.PostgresProperty.Delivery;
import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.FilterRegistry;
import io.percred.postgres.socket.UserFactories;
import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan;
import io.percred.postgres.wire.ConnectionFilter;
import io.percred.postgres.wire.GateContext;
import io.percred.postgres.wire.PoolStack;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredListener;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.lang.ref.Reference;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Conversations of pgjdbc with a server, recorded on both sides of the filter and then replayed in
 * every other way in which a network or a driver may cut the same bytes into pieces.
 */
class FrameReplayIT extends PostgresIT {
  /** What percred draws at random is drawn again when a talk is replayed. */
  private static final long SEED = 1;

  /** A turn of up to so many bytes in one direction is cut at every one of them. */
  private static final int SHORT = 3000;

  /**
   * Longer ones, which only the large rows have, are cut at so many bytes from either end: that is
   * where frames begin and end.
   */
  private static final int ENDS = 60;

  /** Pieces shorter than a header, as long, longer, and around what the driver's buffer holds. */
  private static final int[] LENGTHS = {1, 2, 3, 4, 5, 6, 7, 11, 64, 1021, 8191, 8193};

  @TestFactory
  List<DynamicTest> extended() throws Exception {
    return replays("extended");
  }

  @TestFactory
  List<DynamicTest> simple() throws Exception {
    return replays("simple");
  }

  private List<DynamicTest> replays(String queryMode) throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    Connection bystander = connectPlainly();
    RecordedTalks.all(bystander)
        .forEach(
            (name, talk) ->
                tests.add(DynamicTest.dynamicTest(name, () -> recordAndReplay(queryMode, talk))));
    return tests;
  }

  private void recordAndReplay(String queryMode, RecordedTalks.Talk talk) throws Exception {
    database.clear();
    boolean reuse = !queryMode.equals("simple");
    ScriptedCaller caller = new ScriptedCaller();
    WireRecorder recorder =
        new WireRecorder(new ConnectionFilter(context(caller, reuse), new Socket()));
    try (Connection connection = connect(recorder, queryMode)) {
      talk.over(connection, caller);
    }
    WireRecording recording = recorder.recording();
    assertBoundOnItsWay(recording);
    for (WireCuts cuts : cuts(recording)) {
      ScriptedCaller.Again again = caller.again();
      ConnectionFilter filter = new ConnectionFilter(context(again, reuse), new Socket());
      new WireReplay(recording, cuts, filter.plain()).run();
      assertThat(again.isFinished()).as("%s: everything was asked again", cuts).isTrue();
    }
  }

  private Connection connect(WireRecorder recorder, String queryMode) throws Exception {
    Properties properties = appLogin();
    FilterConfiguration configuration =
        new FilterConfiguration(socket -> recorder, UserFactories.of(properties));
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("preferQueryMode", queryMode);
    properties.setProperty(UserFactories.SOCKET_FACTORY, PercredSocketFactory.class.getName());
    properties.setProperty(
        UserFactories.SOCKET_FACTORY_ARG, FilterRegistry.register(configuration));
    try {
      Connection connection =
          new org.postgresql.Driver().connect(server.url(database.name()), properties);
      return Objects.requireNonNull(connection);
    } finally {
      Reference.reachabilityFence(configuration);
    }
  }

  /** A recording in which percred has nothing to do would prove nothing. */
  private static void assertBoundOnItsWay(WireRecording recording) {
    assertThat(text(recording.written)).doesNotContain("set_config");
    assertThat(text(recording.sent)).contains("set_config", ALICE.token());
    assertThat(recording.delivered).isNotEqualTo(recording.received);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static List<WireCuts> cuts(WireRecording recording) {
    List<WireCuts> cuts = new ArrayList<>();
    for (int length : LENGTHS) {
      String name = "pieces of " + length;
      cuts.add(WireCuts.ofWritten(name, every(length)));
      for (Waiting waiting : Waiting.values()) {
        WireCuts received = WireCuts.ofReceived(name, every(length), waiting);
        cuts.add(received);
        cuts.add(received.reading(0));
        cuts.add(received.reading(3));
      }
    }
    for (Waiting waiting : Waiting.values()) {
      WireCuts whole = WireCuts.ofReceived("uncut", NOWHERE, waiting);
      cuts.addAll(List.of(whole, whole.reading(0), whole.reading(1), whole.reading(7)));
      cuts.add(new WireCuts("single bytes", every(1), every(1), DRIVERS_LENGTH, waiting));
    }
    addEveryCut(cuts, recording);
    return cuts;
  }

  /**
   * Every turn cut once, at its first byte, at its second, and so on to the end of the longest. One
   * replay for a position in all turns: one for each position in each would take minutes.
   */
  private static void addEveryCut(List<WireCuts> cuts, WireRecording recording) {
    for (int offset = 1; offset < SHORT; offset++) {
      NavigableSet<Integer> written = cutsAt(offset, recording, WireRecording.Turn::written);
      if (!written.isEmpty()) {
        cuts.add(WireCuts.ofWritten("driver cut at " + offset, at(written)));
      }
      NavigableSet<Integer> received = cutsAt(offset, recording, WireRecording.Turn::received);
      if (!received.isEmpty()) {
        for (Waiting waiting : Waiting.values()) {
          cuts.add(WireCuts.ofReceived("server cut at " + offset, at(received), waiting));
        }
      }
    }
  }

  private static NavigableSet<Integer> cutsAt(
      int offset, WireRecording recording, ToIntFunction<WireRecording.Turn> endOf) {
    NavigableSet<Integer> cuts = new TreeSet<>();
    int begin = 0;
    for (WireRecording.Turn turn : recording.turns) {
      int end = endOf.applyAsInt(turn);
      boolean isShort = end - begin <= SHORT;
      if (isShort ? offset < end - begin : offset <= ENDS) {
        cuts.add(begin + offset);
      }
      if (!isShort && offset <= ENDS) {
        cuts.add(end - offset);
      }
      begin = end;
    }
    return cuts;
  }

  private GateContext context(CredentialResolver resolver, boolean reuse) {
    return new GateContext(
        resolver,
        new TokenPlan(),
        new Target(server.url(database.name()), null, null),
        PercredListener.NONE,
        false,
        reuse,
        true,
        new PoolStack(),
        Delivery.BIND,
        Duration.ofSeconds(30),
        Clock.systemUTC(),
        new Random(SEED));
  }

  /** The token in one setting. */
  private record TokenPlan() implements BindingPlan {
    @Override
    public Object owner(Resolution resolution) {
      return BindingPlan.principal(resolution);
    }

    private static final String SETTING = "app.api_token";

    @Override
    public Set<String> managedNames() {
      return Set.of(SETTING);
    }

    @Override
    public boolean switchesRole() {
      return false;
    }

    @Override
    public Binding bind(Resolution resolution) {
      if (resolution instanceof Resolution.Bind bind) {
        return new Binding(List.of(SETTING), List.of(bind.credential().token()));
      }
      throw new AssertionError("The script knows no " + resolution);
    }
  }
}

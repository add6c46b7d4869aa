package io.percred.postgres.wire;

import io.percred.postgres.PostgresError;
import io.percred.postgres.PostgresProperty.Delivery;
import io.percred.postgres.sql.SessionChange;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A driver that talks to a {@link ModelServer}, with the filter between them or without it. Bytes
 * are cut into random pieces in both directions.
 */
final class Conversation {
  static final String SETTING = "app.api_token";
  private static final Target TARGET = new Target("jdbc:postgresql://model/db", "app", null);

  final ModelServer server = new ModelServer();
  private final Random cuts;
  private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
  private final FrameBuffer fromServer = new FrameBuffer();
  private final FrameBuffer written = new FrameBuffer();
  private final FrameBuffer received = new FrameBuffer();
  private final OutputStream output;
  private final InputStream input;
  private @Nullable String caller;
  private SetUpWitness.Sender sender = SetUpWitness.Sender.UNKNOWN;

  /** What was said aloud. */
  final List<String> said = new ArrayList<>();

  private @Nullable String handle;

  /** What one ReadyForQuery closes: the types of all replies, with the SQLSTATE of errors. */
  private final StringBuilder transcript = new StringBuilder();

  private Conversation(Random cuts, @Nullable Delivery delivery) throws IOException {
    this.cuts = cuts;
    OutputStream rawOutput = toServer;
    InputStream rawInput = new ServerStream();
    if (delivery != null) {
      Wire wire = new Wire(context(delivery), () -> TARGET);
      output = wire.output(rawOutput);
      input = wire.input(rawInput);
      startUp();
      wire.opened();
    } else {
      output = rawOutput;
      input = rawInput;
    }
  }

  static Conversation filtered(long seed) throws IOException {
    return filtered(seed, Delivery.BIND);
  }

  static Conversation filtered(long seed, Delivery delivery) throws IOException {
    return new Conversation(new Random(seed), delivery);
  }

  static Conversation plain(long seed) throws IOException {
    return new Conversation(new Random(seed), null);
  }

  void callerIs(@Nullable String caller) {
    this.caller = caller;
  }

  /** A pool sends what comes next, though somebody may be calling on its thread. */
  void poolSends(boolean pool) {
    sender = pool ? SetUpWitness.Sender.POOL : SetUpWitness.Sender.UNKNOWN;
  }

  /** percred's hold on the filter, found by what the driver was told. */
  FilterHold hold() {
    return Objects.requireNonNull(FilterHold.find(handle));
  }

  String transcript() {
    return transcript.toString();
  }

  Conversation parse(String name, String text) {
    int at = written.begin(Frame.PARSE);
    written.putString(name).putString(text).putInt16(0);
    written.end(at);
    return this;
  }

  Conversation bind(String portal, String statement) {
    int at = written.begin(Frame.BIND);
    written.putString(portal).putString(statement).putInt16(0).putInt16(0).putInt16(0);
    written.end(at);
    return this;
  }

  Conversation execute(String portal) {
    int at = written.begin(Frame.EXECUTE);
    written.putString(portal).putInt32(0);
    written.end(at);
    return this;
  }

  Conversation statement(String text) {
    return parse("", text).bind("", "").execute("");
  }

  Conversation sync() {
    written.end(written.begin(Frame.SYNC));
    return this;
  }

  Conversation query(String text) {
    int at = written.begin(Frame.QUERY);
    written.putString(text);
    written.end(at);
    return this;
  }

  /** Writes what was collected, in random pieces. */
  Conversation flush() throws IOException {
    int at = 0;
    while (at < written.size()) {
      int length = 1 + cuts.nextInt(Math.min(40, written.size() - at));
      output.write(written.array(), at, length);
      at += length;
    }
    written.clear();
    output.flush();
    return this;
  }

  /** A driver with a buffer of its own, that reads in the place of {@link #read}. */
  ModelDriver driver() {
    return new ModelDriver(input, cuts);
  }

  /** Reads up to and including so many ReadyForQuery. */
  Conversation read(int readyForQueries) throws IOException {
    int missing = readyForQueries;
    byte[] piece = new byte[64];
    while (missing > 0) {
      int count = input.read(piece, 0, 1 + cuts.nextInt(piece.length));
      if (count < 0) {
        throw new IllegalStateException("The driver waits for ever after: " + transcript);
      }
      received.put(piece, 0, count);
      missing -= frames();
    }
    return this;
  }

  private int frames() {
    int readyForQueries = 0;
    while (received.size() >= Frame.HEADER) {
      int length = 1 + Frame.int32(received.array(), 1);
      if (received.size() < length) {
        break;
      }
      byte[] frame = new byte[length];
      System.arraycopy(received.array(), 0, frame, 0, length);
      received.dropFirst(length);
      transcript.append((char) frame[0]);
      if (frame[0] == Frame.READY_FOR_QUERY) {
        readyForQueries++;
        transcript.append((char) frame[Frame.HEADER]).append(' ');
      } else if (frame[0] == Frame.PARAMETER_STATUS) {
        int value = Frame.endOfString(frame, Frame.HEADER, length) + 1;
        handle = Wire.text(frame, value, length - 1);
      } else if (frame[0] == Frame.ERROR_RESPONSE) {
        transcript.append('<').append(Answers.sqlStateOf(frame)).append('>');
      }
    }
    return readyForQueries;
  }

  private void startUp() throws IOException {
    FrameBuffer packet = new FrameBuffer();
    packet.putInt32(0).putInt32(Frame.PROTOCOL_MAJOR << 16);
    packet.putString("user").putString("replication").putByte(0);
    packet.end(0);
    output.write(packet.array(), 0, packet.size());
    output.flush();
    toServer.reset();
    fromServer.put(server.ready());
    read(1);
    if (!transcript.toString().equals("SZI ")) {
      throw new IllegalStateException("The connection began with " + transcript);
    }
    transcript.setLength(0);
  }

  private GateContext context(Delivery delivery) {
    return new GateContext(
        new CallerNow(() -> caller),
        new OneSetting(),
        TARGET,
        PercredListener.NONE,
        false,
        true,
        true,
        new Witness(),
        delivery,
        Duration.ofSeconds(30),
        Clock.systemUTC(),
        new Random(1));
  }

  private final class Witness implements SetUpWitness {
    @Override
    public Sender look() {
      return sender;
    }

    @Override
    public void unsure(SessionChange change) {
      said.add("unsure of " + change.verb() + ' ' + change.names());
    }

    @Override
    public void ranForCaller() {
      said.add("ran for caller");
    }
  }

  private static final class CallerNow implements CredentialResolver {
    private final Supplier<@Nullable String> caller;

    CallerNow(Supplier<@Nullable String> caller) {
      this.caller = caller;
    }

    @Override
    public CredentialResolver pinned() {
      String now = caller.get();
      return new CallerNow(() -> now);
    }

    @Override
    public Object callerKey() {
      String now = caller.get();
      return now == null || now.equals(ModelCaller.ABSENT) ? "" : now;
    }

    @Override
    public boolean hasCaller() {
      return caller.get() != null;
    }

    @Override
    public Resolution resolve(Target target) {
      String now = caller.get();
      if (!ModelCaller.isAccepted(now)) {
        return new Resolution.Refused(PercredError.of(PostgresError.NO_CLAIMS, "nobody"));
      }
      Credential credential = Credential.of(now, ModelCaller.principal(now));
      Caller known = new Caller(credential, Map.of("tenant", ModelCaller.tenant(now)), null);
      return new Resolution.Bind(credential, known, false);
    }
  }

  private static final class OneSetting implements BindingPlan {
    @Override
    public Set<String> managedNames() {
      return Set.of(SETTING);
    }

    @Override
    public Set<String> guardedNames() {
      return Set.of("role");
    }

    @Override
    public boolean switchesRole() {
      return false;
    }

    @Override
    public Object owner(Resolution resolution) {
      return ModelCaller.owner(((Resolution.Bind) resolution).credential().token());
    }

    @Override
    public Binding bind(Resolution resolution) {
      Resolution.Bind bind = (Resolution.Bind) resolution;
      return new Binding(List.of(SETTING), List.of(bind.credential().token()));
    }
  }

  /** What the server answers: it reads what was written only when the driver waits. */
  private final class ServerStream extends InputStream {
    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (fromServer.isEmpty()) {
        fromServer.put(server.receive(toServer.toByteArray()));
        toServer.reset();
      }
      if (fromServer.isEmpty()) {
        return -1;
      }
      int count = 1 + cuts.nextInt(Math.min(length, fromServer.size()));
      System.arraycopy(fromServer.array(), 0, bytes, offset, count);
      fromServer.dropFirst(count);
      return count;
    }

    @Override
    public int available() {
      return fromServer.size();
    }
  }
}

package io.percred.benchmarks;

import io.percred.benchmarks.Conversation.Turn;
import io.percred.benchmarks.Variant.Callers;
import io.percred.benchmarks.Variant.Technique;
import io.percred.rig.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What a one-row read costs the server and the kernel alone: the very bytes that each variant
 * writes, said again over a raw socket. What a variant costs beyond that, is spent in the
 * application's own process. The clearing of the session is also measured statement by statement.
 */
final class WireFloors {
  /** What the clearing prepares last of all, and has closed before. */
  private static final String CLEARED = "percred:cleared";

  private static final String PLAIN = "pgjdbc alone";
  private static final int TURNS = 100;
  private static final int UNCOUNTED = 4;

  private final PostgresServer server;
  private final int rounds;
  private final Random random;

  WireFloors(PostgresServer server, Options options) {
    this.server = server;
    this.rounds = options.quick() ? 10 : 100;
    this.random = new Random(options.seed());
  }

  /** Microseconds and ratio to pgjdbc's own bytes, by what was said. */
  record Floor(Quartiles micros, Quartiles ratio) {}

  Map<String, Floor> measure() throws IOException, SQLException {
    Map<String, RawSession> sessions = new LinkedHashMap<>();
    try {
      Conversation plain = Conversation.record(Variant.PLAIN, server);
      sessions.put(PLAIN, RawSession.open(server, plain.before(), plain.repeated()));
      for (Variant variant : Variant.compared()) {
        if (variant.technique() == Technique.PERCRED) {
          Conversation said = Conversation.record(variant, server);
          sessions.put(variant.toString(), RawSession.open(server, said.before(), said.repeated()));
          if (variant.delivery().equals("bind")
              && variant.residue().equals("clear")
              && variant.callers() == Callers.CHANGING) {
            openParts(sessions, plain, said);
          }
        }
      }
      return measured(sessions);
    } finally {
      for (RawSession session : sessions.values()) {
        session.close();
      }
    }
  }

  /** pgjdbc's bytes with each statement of the clearing in front, in a Query of its own. */
  private void openParts(Map<String, RawSession> sessions, Conversation plain, Conversation said)
      throws IOException {
    List<String> parts = new ArrayList<>(List.of(""));
    for (byte[] message : Conversation.messages(said.repeated().get(0).bytes())) {
      if (message[0] == 'Q') {
        String text = new String(message, 5, message.length - 6, StandardCharsets.UTF_8);
        parts.addAll(List.of(text.split(";")));
        parts.add(text);
      }
    }
    for (String part : parts) {
      List<Turn> turns = new ArrayList<>();
      for (Turn turn : plain.repeated()) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (part.contains("PREPARE")) {
          bytes.writeBytes(message('C', "S" + CLEARED));
        }
        bytes.writeBytes(message('Q', part));
        bytes.writeBytes(turn.bytes());
        turns.add(new Turn(bytes.toByteArray(), turn.answers() + 1));
      }
      sessions.put(
          PLAIN + " behind Query(" + part + ")", RawSession.open(server, plain.before(), turns));
    }
  }

  private static byte[] message(char type, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(body.length + 6)
        .put((byte) type)
        .putInt(body.length + 5)
        .put(body)
        .put((byte) 0)
        .array();
  }

  private Map<String, Floor> measured(Map<String, RawSession> sessions) throws IOException {
    Map<String, List<Double>> micros = new LinkedHashMap<>();
    List<Map.Entry<String, RawSession>> order = new ArrayList<>(sessions.entrySet());
    List<Double> plain = micros.computeIfAbsent(PLAIN, name -> new ArrayList<>());
    for (Map.Entry<String, RawSession> session : order) {
      session.getValue().repeat(10 * TURNS);
      micros.computeIfAbsent(session.getKey(), name -> new ArrayList<>());
    }
    for (int round = 0; round < rounds; round++) {
      Collections.shuffle(order, random);
      for (Map.Entry<String, RawSession> session : order) {
        session.getValue().repeat(UNCOUNTED);
        long begin = System.nanoTime();
        session.getValue().repeat(TURNS);
        double taken = (System.nanoTime() - begin) / 1000.0 / TURNS;
        micros.computeIfAbsent(session.getKey(), name -> new ArrayList<>()).add(taken);
      }
    }
    Map<String, Floor> floors = new LinkedHashMap<>();
    micros.forEach((name, all) -> floors.put(name, floor(all, plain)));
    return floors;
  }

  private static Floor floor(List<Double> micros, List<Double> plain) {
    double[] all = new double[micros.size()];
    double[] ratios = new double[micros.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = micros.get(i);
      ratios[i] = all[i] / plain.get(i);
    }
    return new Floor(Quartiles.of(all), Quartiles.of(ratios));
  }
}

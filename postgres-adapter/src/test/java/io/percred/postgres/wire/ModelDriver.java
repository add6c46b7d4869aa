package io.percred.postgres.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What pgjdbc does with what it reads: it reads ahead into a buffer of its own, and keeps
 * notifications and some warnings with the connection.
 */
final class ModelDriver {
  private static final int READ = 256;

  private final InputStream input;
  private final Random cuts;
  private final FrameBuffer buffer = new FrameBuffer();
  private final List<String> notifications = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private boolean idle = true;

  ModelDriver(InputStream input, Random cuts) {
    this.input = input;
    this.cuts = cuts;
  }

  /**
   * Reads the answer to what was sent.
   *
   * @param rows after how many rows of a COPY the application abandons it
   * @param ofConnection whether it is to something that the connection sent, not a statement
   * @return what the application sees of it
   */
  List<String> answer(int rows, boolean ofConnection) throws IOException {
    List<String> shown = new ArrayList<>();
    int left = rows;
    while (left > 0) {
      byte[] frame = next();
      switch (frame[0]) {
        case Frame.READY_FOR_QUERY -> {
          idle = frame[Frame.HEADER] == 'I';
          return shown;
        }
        case Frame.DATA_ROW -> shown.add(columns(frame));
        case Frame.COPY_DATA -> {
          shown.add(Wire.text(frame, Frame.HEADER, frame.length - 1));
          left--;
        }
        case Frame.ERROR_RESPONSE -> shown.add(message(frame));
        case Frame.NOTICE_RESPONSE -> (ofConnection ? warnings : shown).add(message(frame));
        case Frame.NOTIFICATION -> notifications.add(payload(frame));
        default -> {}
      }
    }
    return shown;
  }

  /** What {@code getNotifications()} gives: reads only what is there, and only if idle. */
  List<String> notifications() throws IOException {
    while (idle && (!buffer.isEmpty() || input.available() > 0)) {
      byte[] frame = next();
      switch (frame[0]) {
        case Frame.NOTIFICATION -> notifications.add(payload(frame));
        case Frame.NOTICE_RESPONSE -> warnings.add(message(frame));
        case Frame.ERROR_RESPONSE -> {
          return List.of(message(frame));
        }
        default -> throw new IOException("Unknown Response Type " + (char) frame[0]);
      }
    }
    List<String> all = List.copyOf(notifications);
    notifications.clear();
    return all;
  }

  /** What {@code getWarnings()} of the connection gives. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** What a decorator does with it. */
  void forgetAsides() {
    notifications.clear();
    warnings.clear();
  }

  private byte[] next() throws IOException {
    byte[] piece = new byte[READ];
    while (buffer.size() < Frame.HEADER || buffer.size() < 1 + Frame.int32(buffer.array(), 1)) {
      int count = input.read(piece, 0, 1 + cuts.nextInt(READ));
      if (count < 0) {
        throw new IllegalStateException("The driver waits for ever");
      }
      buffer.put(piece, 0, count);
    }
    byte[] frame = new byte[1 + Frame.int32(buffer.array(), 1)];
    System.arraycopy(buffer.array(), 0, frame, 0, frame.length);
    buffer.dropFirst(frame.length);
    return frame;
  }

  private static String columns(byte[] row) {
    int at = Frame.HEADER + 2;
    return at >= row.length
        ? ""
        : Wire.text(row, at + Frame.LENGTH_FIELD, at + Frame.LENGTH_FIELD + Frame.int32(row, at));
  }

  private static String message(byte[] frame) {
    int at = Frame.HEADER;
    while (frame[at] != 'M') {
      at = Frame.endOfString(frame, at + 1, frame.length) + 1;
    }
    return Wire.text(frame, at + 1, Frame.endOfString(frame, at + 1, frame.length));
  }

  private static String payload(byte[] frame) {
    int channel = Frame.HEADER + Frame.LENGTH_FIELD;
    int payload = Frame.endOfString(frame, channel, frame.length) + 1;
    return Wire.text(frame, payload, frame.length - 1);
  }
}

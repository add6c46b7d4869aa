package io.percred.postgres.wire;

import io.percred.postgres.PostgresError;
import io.percred.spi.PercredError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages that percred gives the driver in the server's place, and the changes it makes to the
 * server's own errors (PostgreSQL documentation, "Error and Notice Message Fields").
 */
final class Answers {
  private static final byte SEVERITY = 'S';
  private static final byte SEVERITY_FIXED = 'V';
  private static final byte SQLSTATE = 'C';
  private static final byte MESSAGE = 'M';
  private static final byte HINT = 'H';
  private static final byte ROUTINE = 'R';

  /** Classes of SQLSTATEs that are about what was to be bound. */
  private static final Set<String> OF_BINDING = Set.of("22", "28", "42", "55");

  /** Shorter tokens would turn up in innocent text. */
  private static final int LEAST_HIDDEN = 8;

  private Answers() {}

  static byte[] readyForQuery(TransactionStatus status) {
    FrameBuffer frame = new FrameBuffer();
    int lengthAt = frame.begin(Frame.READY_FOR_QUERY);
    frame.putByte(status.code());
    frame.end(lengthAt);
    return frame.toByteArray();
  }

  static byte[] parameterStatus(String name, String value) {
    FrameBuffer frame = new FrameBuffer();
    int lengthAt = frame.begin(Frame.PARAMETER_STATUS);
    frame.putString(name).putString(value);
    frame.end(lengthAt);
    return frame.toByteArray();
  }

  static byte[] error(PercredError error) {
    return error("ERROR", error);
  }

  /** An error behind which the server would end the connection. */
  static byte[] fatal(PercredError error) {
    return error("FATAL", error);
  }

  private static byte[] error(String severity, PercredError error) {
    FrameBuffer frame = new FrameBuffer();
    int lengthAt = frame.begin(Frame.ERROR_RESPONSE);
    field(frame, SEVERITY, severity);
    field(frame, SEVERITY_FIXED, severity);
    field(frame, SQLSTATE, error.code().sqlState());
    field(frame, MESSAGE, error.headline());
    field(frame, HINT, error.advice());
    field(frame, ROUTINE, error.code().stableCode());
    frame.putByte(0);
    frame.end(lengthAt);
    return frame.toByteArray();
  }

  /**
   * The server's error about a binding, told as what it means to the caller if it is about what was
   * to be bound (PostgreSQL documentation, appendix A, classes 22, 28, 42 and 55). Anything else, a
   * time-out for instance, could have hit the caller's own statement as well, and is told as it is.
   */
  static byte[] bindingRefused(byte[] serverError, @Nullable String token) {
    String state = sqlStateOf(serverError);
    if (state.isEmpty() || !OF_BINDING.contains(state.substring(0, Math.min(2, state.length())))) {
      return serverError;
    }
    String message = fieldOf(serverError, MESSAGE);
    return error(
        PercredError.of(
            PostgresError.BINDING_REFUSED,
            token == null ? message : message.replace(token, "***")));
  }

  /** Whether an error is the last thing that the server says before it ends the connection. */
  static boolean isFatal(byte[] error) {
    String severity = fieldOf(error, SEVERITY_FIXED);
    return severity.equals("FATAL") || severity.equals("PANIC");
  }

  /** Whether a notice is what the server logs about its own work, if the session asks for that. */
  static boolean isLogged(byte[] notice) {
    String severity = fieldOf(notice, SEVERITY_FIXED);
    return severity.equals("LOG") || severity.startsWith("DEBUG");
  }

  /** Adds a hint to an ErrorResponse that has none. */
  static byte[] withHint(byte[] error, String hint) {
    if (!fieldOf(error, HINT).isEmpty()) {
      return error;
    }
    FrameBuffer frame = new FrameBuffer();
    int lengthAt = frame.begin(Frame.ERROR_RESPONSE);
    frame.put(error, Frame.HEADER, error.length - Frame.HEADER - 1);
    field(frame, HINT, hint);
    frame.putByte(0);
    frame.end(lengthAt);
    return frame.toByteArray();
  }

  /** Overwrites every occurrence of the token with asterisks. */
  static void hide(byte[] frame, @Nullable String token) {
    if (token == null || token.length() < LEAST_HIDDEN) {
      return;
    }
    byte[] secret = token.getBytes(StandardCharsets.UTF_8);
    for (int at = Frame.HEADER; at + secret.length <= frame.length; at++) {
      int matched = 0;
      while (matched < secret.length && frame[at + matched] == secret[matched]) {
        matched++;
      }
      if (matched == secret.length) {
        Arrays.fill(frame, at, at + matched, (byte) '*');
      }
    }
  }

  static String sqlStateOf(byte[] error) {
    return fieldOf(error, SQLSTATE);
  }

  /** The value of a field of an ErrorResponse or NoticeResponse, empty if it is not there. */
  private static String fieldOf(byte[] frame, byte wanted) {
    int at = Frame.HEADER;
    while (at < frame.length && frame[at] != 0) {
      int end = Frame.endOfString(frame, at + 1, frame.length);
      if (end < 0) {
        break;
      }
      if (frame[at] == wanted) {
        return new String(frame, at + 1, end - at - 1, StandardCharsets.UTF_8);
      }
      at = end + 1;
    }
    return "";
  }

  private static void field(FrameBuffer frame, byte type, String value) {
    frame.putByte(type).putString(value);
  }
}

package io.percred.postgres.wire;

/**
 * The bytes of the frontend/backend protocol, version 3: message types and the codes of untyped
 * packets (PostgreSQL documentation, "Message Formats").
 */
final class Frame {
  /** Type byte and length. */
  static final int HEADER = 5;

  /** The length field counts itself. */
  static final int LENGTH_FIELD = 4;

  static final int SSL_REQUEST = 80877103;
  static final int GSSENC_REQUEST = 80877104;
  static final int CANCEL_REQUEST = 80877102;
  static final int PROTOCOL_MAJOR = 3;

  static final byte PARSE = 'P';
  static final byte BIND = 'B';
  static final byte DESCRIBE = 'D';
  static final byte EXECUTE = 'E';
  static final byte CLOSE = 'C';
  static final byte FLUSH = 'H';
  static final byte SYNC = 'S';
  static final byte QUERY = 'Q';
  static final byte FUNCTION_CALL = 'F';
  static final byte FUNCTION_CALL_RESPONSE = 'V';
  static final byte COPY_DATA = 'd';
  static final byte COPY_DONE = 'c';
  static final byte COPY_FAIL = 'f';
  static final byte TERMINATE = 'X';
  static final byte PASSWORD = 'p';

  static final byte PARSE_COMPLETE = '1';
  static final byte BIND_COMPLETE = '2';
  static final byte CLOSE_COMPLETE = '3';
  static final byte COMMAND_COMPLETE = 'C';
  static final byte EMPTY_QUERY = 'I';
  static final byte PORTAL_SUSPENDED = 's';
  static final byte NO_DATA = 'n';
  static final byte ROW_DESCRIPTION = 'T';
  static final byte DATA_ROW = 'D';
  static final byte COPY_IN_RESPONSE = 'G';
  static final byte ERROR_RESPONSE = 'E';
  static final byte NOTICE_RESPONSE = 'N';
  static final byte NOTIFICATION = 'A';
  static final byte PARAMETER_STATUS = 'S';
  static final byte READY_FOR_QUERY = 'Z';

  private Frame() {}

  static int int32(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  /** Where the zero byte is that ends the string at {@code from}, or -1 before {@code end}. */
  static int endOfString(byte[] bytes, int from, int end) {
    for (int i = from; i < end; i++) {
      if (bytes[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Whether this reply ends one execution of one statement that did not fail. */
  static boolean completesStatement(byte type) {
    return type == COMMAND_COMPLETE || type == EMPTY_QUERY || type == PORTAL_SUSPENDED;
  }

  /** Whether this reply is the last one to one message of the extended protocol. */
  static boolean endsReply(byte type) {
    return switch (type) {
      case PARSE_COMPLETE,
          BIND_COMPLETE,
          CLOSE_COMPLETE,
          COMMAND_COMPLETE,
          EMPTY_QUERY,
          PORTAL_SUSPENDED,
          NO_DATA,
          ROW_DESCRIPTION ->
          true;
      default -> false;
    };
  }

  /** Whether this is the last the driver sees of a statement, or of all it sent. */
  static boolean endsAnswer(byte type) {
    return type == READY_FOR_QUERY || type == ERROR_RESPONSE;
  }

  /** Whether the server answers this message of the driver, other than by reading on. */
  static boolean isAnswered(byte type) {
    return switch (type) {
      case PARSE, BIND, DESCRIBE, EXECUTE, CLOSE, SYNC, QUERY, FUNCTION_CALL -> true;
      default -> false;
    };
  }
}

package io.percred.postgres.wire;

import java.util.List;

/**
 * Writes messages of percred's own, and counts the replies they bring; who expects them is not
 * known here. Confined to one connection.
 */
final class OwnMessages {
  private static final int OID_TEXT = 25;

  private final FrameBuffer out;

  OwnMessages(FrameBuffer out) {
    this.out = out;
  }

  void sync() {
    out.end(out.begin(Frame.SYNC));
  }

  void query(String text) {
    int lengthAt = out.begin(Frame.QUERY);
    out.putString(text);
    out.end(lengthAt);
  }

  /**
   * Close before Parse: closing a name that does not exist is no error, parsing one that does is.
   * The parameters are text.
   *
   * @return how many replies they bring
   */
  int parse(String name, String text, int parameters) {
    close('S', name);
    int lengthAt = out.begin(Frame.PARSE);
    out.putString(name).putString(text).putInt16(parameters);
    for (int i = 0; i < parameters; i++) {
      out.putInt32(OID_TEXT);
    }
    out.end(lengthAt);
    return 2;
  }

  /** Parse alone: of the unnamed statement, or of what cannot be parsed; brings one reply. */
  int parseUnclosed(String name, String text) {
    int lengthAt = out.begin(Frame.PARSE);
    out.putString(name).putString(text).putInt16(0);
    out.end(lengthAt);
    return 1;
  }

  /** Bind and Execute in the unnamed portal. */
  int run(String statement) {
    return run("", statement, List.of());
  }

  /**
   * Bind and Execute, and in front of them Close if the portal is named.
   *
   * @return how many replies they bring
   */
  int run(String portal, String statement, List<String> values) {
    if (!portal.isEmpty()) {
      close('P', portal);
    }
    int lengthAt = out.begin(Frame.BIND);
    out.putString(portal).putString(statement).putInt16(0).putInt16(values.size());
    for (int i = 0; i < values.size(); i++) {
      out.putValue(values.get(i));
    }
    out.putInt16(0);
    out.end(lengthAt);
    lengthAt = out.begin(Frame.EXECUTE);
    out.putString(portal).putInt32(0);
    out.end(lengthAt);
    return portal.isEmpty() ? 2 : 3;
  }

  private void close(char kind, String name) {
    int lengthAt = out.begin(Frame.CLOSE);
    out.putByte(kind).putString(name);
    out.end(lengthAt);
  }
}

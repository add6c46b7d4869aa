package io.percred.rig;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A message of PostgreSQL's protocol 3 as a pooler sees it. Not changed after it was made. */
final class PoolerMessage {
  private static final int LENGTH_FIELD = 4;
  private static final int LONGEST = 1 << 24;

  private final char type;
  private final byte[] body;

  /**
   * @param type the type byte, or 0 for a packet that begins a connection
   * @param body what follows the length
   */
  PoolerMessage(char type, byte... body) {
    this.type = type;
    this.body = body;
  }

  char type() {
    return type;
  }

  int length() {
    return body.length;
  }

  /** The byte that stands there. */
  char at(int index) {
    return (char) body[index];
  }

  /** Reads a message that has a type. */
  static PoolerMessage read(DataInputStream in) throws IOException {
    char type = (char) in.readUnsignedByte();
    return new PoolerMessage(type, body(in));
  }

  /** Reads a packet without a type. */
  static PoolerMessage readFirst(DataInputStream in) throws IOException {
    return new PoolerMessage((char) 0, body(in));
  }

  private static byte[] body(DataInputStream in) throws IOException {
    int length = in.readInt() - LENGTH_FIELD;
    if (length < 0 || length > LONGEST) {
      throw new IOException("A message of " + length + " bytes");
    }
    return in.readNBytes(length);
  }

  void write(DataOutputStream out) throws IOException {
    if (type != 0) {
      out.writeByte(type);
    }
    out.writeInt(body.length + LENGTH_FIELD);
    out.write(body);
  }

  /** The number that stands first. */
  int number() {
    return (body[0] & 0xff) << 24
        | (body[1] & 0xff) << 16
        | (body[2] & 0xff) << 8
        | (body[3] & 0xff);
  }

  /** The string that begins there. */
  String string(int at) {
    return new String(body, at, end(at) - at, StandardCharsets.UTF_8);
  }

  /** Where the string that begins there ends: at its zero byte. */
  int end(int at) {
    int end = at;
    while (body[end] != 0) {
      end++;
    }
    return end;
  }

  /** The same message with another string in the place of the one that begins there. */
  PoolerMessage with(int at, String other) {
    byte[] replacement = other.getBytes(StandardCharsets.UTF_8);
    int end = end(at);
    byte[] changed = Arrays.copyOf(body, body.length - (end - at) + replacement.length);
    System.arraycopy(replacement, 0, changed, at, replacement.length);
    System.arraycopy(body, end, changed, at + replacement.length, body.length - end);
    return new PoolerMessage(type, changed);
  }

  /** Everything from there on, as a key. */
  String rest(int at) {
    return new String(body, at, body.length - at, StandardCharsets.ISO_8859_1);
  }
}

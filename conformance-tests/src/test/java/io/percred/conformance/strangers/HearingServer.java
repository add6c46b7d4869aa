package io.percred.conformance.strangers;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A PostgreSQL server in memory that has no TLS, asks for passwords in clear and lets everybody in.
 * It understands as much as is needed to be told a secret. Confined to the thread that speaks.
 */
final class HearingServer {
  private static final int SSL_REQUEST = 80877103;

  private final ByteArrayOutputStream unread = new ByteArrayOutputStream();
  private final Consumer<String> heard;
  private ByteBuffer answers = ByteBuffer.allocate(0);
  private boolean started;

  HearingServer(Consumer<String> heard) {
    this.heard = heard;
  }

  InputStream answers() {
    return new InputStream() {
      @Override
      public int read() {
        return answers.hasRemaining() ? answers.get() & 0xff : -1;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        if (!answers.hasRemaining()) {
          return -1;
        }
        int taken = Math.min(length, answers.remaining());
        answers.get(target, offset, taken);
        return taken;
      }

      @Override
      public int available() {
        return answers.remaining();
      }
    };
  }

  OutputStream ear() {
    return new OutputStream() {
      @Override
      public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        heard.accept(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
        unread.write(bytes, offset, length);
        read();
      }
    };
  }

  private void read() {
    ByteBuffer bytes = ByteBuffer.wrap(unread.toByteArray());
    while (true) {
      bytes.mark();
      int head = started ? 5 : 4;
      if (bytes.remaining() < head) {
        break;
      }
      char type = started ? (char) bytes.get() : ' ';
      int length = bytes.getInt();
      if (length < 4 || bytes.remaining() < length - 4) {
        bytes.reset();
        break;
      }
      byte[] body = new byte[length - 4];
      bytes.get(body);
      answer(type, body);
    }
    unread.reset();
    unread.write(bytes.array(), bytes.position(), bytes.remaining());
  }

  private void answer(char type, byte[] body) {
    switch (type) {
      case ' ' -> {
        if (body.length >= 4 && ByteBuffer.wrap(body).getInt() == SSL_REQUEST) {
          say(new byte[] {'N'});
        } else {
          started = true;
          say(message('R', 0, 0, 0, 3));
        }
      }
      case 'p' -> {
        say(message('R', 0, 0, 0, 0));
        for (String status :
            new String[] {
              "server_version\0" + "17.0\0",
              "client_encoding\0UTF8\0",
              "standard_conforming_strings\0on\0",
              "integer_datetimes\0on\0",
              "DateStyle\0ISO\0"
            }) {
          say(message('S', status.getBytes(StandardCharsets.UTF_8)));
        }
        say(message('K', 0, 0, 0, 1, 0, 0, 0, 1));
        say(message('Z', 'I'));
      }
      case 'P' -> say(message('1'));
      case 'B' -> say(message('2'));
      case 'C' -> say(message('3'));
      case 'D' -> say(message('n'));
      case 'E' -> say(message('C', "SET\0".getBytes(StandardCharsets.UTF_8)));
      case 'Q' -> {
        say(message('C', "SET\0".getBytes(StandardCharsets.UTF_8)));
        say(message('Z', 'I'));
      }
      case 'S' -> say(message('Z', 'I'));
      default -> {}
    }
  }

  private void say(byte[] message) {
    ByteBuffer more = ByteBuffer.allocate(answers.remaining() + message.length);
    more.put(answers).put(message).flip();
    answers = more;
  }

  private static byte[] message(char type, int... body) {
    byte[] octets = new byte[body.length];
    for (int i = 0; i < body.length; i++) {
      octets[i] = (byte) body[i];
    }
    return message(type, octets);
  }

  private static byte[] message(char type, byte[] body) {
    return ByteBuffer.allocate(body.length + 5)
        .put((byte) type)
        .putInt(body.length + 4)
        .put(body)
        .array();
  }
}

package io.percred.postgres.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow at the end, with the protocol's ways of writing numbers, strings and frames. */
final class FrameBuffer {
  /** A buffer that had to grow beyond this is given back once it is empty. */
  private static final int KEPT = 16 * 1024;

  private static final int INITIAL = 1024;

  private byte[] bytes = new byte[INITIAL];
  private int size;

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void clear() {
    size = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[INITIAL];
    }
  }

  /** Forgets the first {@code count} bytes. */
  void dropFirst(int count) {
    System.arraycopy(bytes, count, bytes, 0, size - count);
    size -= count;
  }

  void writeTo(OutputStream out) throws IOException {
    if (size > 0) {
      out.write(bytes, 0, size);
      clear();
    }
  }

  FrameBuffer put(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
    return this;
  }

  FrameBuffer put(byte[] source) {
    return put(source, 0, source.length);
  }

  FrameBuffer putByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
    return this;
  }

  FrameBuffer putInt16(int value) {
    return putByte(value >> 8).putByte(value);
  }

  FrameBuffer putInt32(int value) {
    ensure(4);
    setInt32(size, value);
    size += 4;
    return this;
  }

  /** The UTF-8 bytes of {@code text} without an end mark. */
  FrameBuffer putText(String text) {
    int length = text.length();
    ensure(length);
    int start = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        size = start;
        return put(text.getBytes(StandardCharsets.UTF_8));
      }
      bytes[size++] = (byte) c;
    }
    return this;
  }

  /** {@code text} and a zero byte. */
  FrameBuffer putString(String text) {
    return putText(text).putByte(0);
  }

  /** The UTF-8 length of {@code text} and its bytes, as Bind and FunctionCall take values. */
  FrameBuffer putValue(String text) {
    int at = size;
    putInt32(0).putText(text);
    setInt32(at, size - at - 4);
    return this;
  }

  /** Begins a frame; the result goes to {@link #end}. */
  int begin(byte type) {
    putByte(type);
    putInt32(0);
    return size - Frame.LENGTH_FIELD;
  }

  /** Ends the frame that {@link #begin} began by filling in its length. */
  void end(int lengthAt) {
    setInt32(lengthAt, size - lengthAt);
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void setInt32(int at, int value) {
    bytes[at] = (byte) (value >> 24);
    bytes[at + 1] = (byte) (value >> 16);
    bytes[at + 2] = (byte) (value >> 8);
    bytes[at + 3] = (byte) value;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}

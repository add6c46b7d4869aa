package io.percred.conformance;

import io.percred.postgres.PercredSocketFactory;
import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.FilterRegistry;
import io.percred.postgres.socket.SocketFilter;
import io.percred.postgres.socket.StreamFilter;
import io.percred.postgres.socket.UserFactories;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;

/**
 * A connection whose driver is told another server process than the one that serves it, which is
 * what a pooler does to its clients.
 */
final class OtherProcess implements SocketFilter, StreamFilter {
  private static final byte[] BACKEND_KEY_DATA = {'K', 0, 0, 0, 12};

  static Connection connect(String url, Properties properties) throws SQLException {
    FilterConfiguration configuration =
        new FilterConfiguration(socket -> new OtherProcess(), UserFactories.of(properties));
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty(UserFactories.SOCKET_FACTORY, PercredSocketFactory.class.getName());
    properties.setProperty(
        UserFactories.SOCKET_FACTORY_ARG, FilterRegistry.register(configuration));
    try {
      return Objects.requireNonNull(new org.postgresql.Driver().connect(url, properties));
    } finally {
      Reference.reachabilityFence(configuration);
    }
  }

  @Override
  public StreamFilter plain() {
    return this;
  }

  @Override
  public StreamFilter encrypted() {
    throw new IllegalStateException("The connection is not encrypted");
  }

  @Override
  public OutputStream output(OutputStream raw) {
    return raw;
  }

  @Override
  public InputStream input(InputStream raw) {
    return new FilterInputStream(raw) {
      private int matched;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        for (int i = offset; i < offset + count; i++) {
          if (matched == BACKEND_KEY_DATA.length) {
            // The highest byte of the process's number.
            bytes[i] ^= 0x01;
            matched++;
          } else if (matched < BACKEND_KEY_DATA.length) {
            matched = bytes[i] == BACKEND_KEY_DATA[matched] ? matched + 1 : 0;
          }
        }
        return count;
      }
    };
  }
}

package io.percred.postgres.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Wraps each direction of one stream, plain or encrypted. Called at most once per direction. */
public interface StreamFilter {
  /**
   * Wraps what the server sends.
   *
   * @throws IOException if the connection cannot be filtered and must not be used
   */
  InputStream input(InputStream raw) throws IOException;

  /**
   * Wraps what is sent to the server.
   *
   * @throws IOException if the connection cannot be filtered and must not be used
   */
  OutputStream output(OutputStream raw) throws IOException;
}

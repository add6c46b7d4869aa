package io.percred.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The HTTP client that the database server starts in place of a foreign data wrapper. It reads the
 * address and the Authorization header from standard input, one a line, so that the credential is
 * in no command line, and prints what the service answered.
 */
public final class UpstreamClient {
  private UpstreamClient() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(in.readLine()).toURL().openConnection();
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(10_000);
    connection.setRequestProperty("Authorization", in.readLine());
    try (InputStream answer = connection.getInputStream()) {
      answer.transferTo(System.out);
    }
  }
}

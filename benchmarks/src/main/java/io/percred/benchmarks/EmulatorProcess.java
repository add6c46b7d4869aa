package io.percred.benchmarks;

import io.percred.snowflake.emulator.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The emulator in a JVM of its own, so that its work is not in the client's heap and compiler. */
final class EmulatorProcess implements AutoCloseable {
  private static final int TRIES = 5;
  private static final Pattern TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

  private final Process process;
  private final int port;

  private EmulatorProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static EmulatorProcess start() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = freePort();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-classpath",
                  System.getProperty("java.class.path"),
                  Main.class.getName(),
                  String.valueOf(port))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader printed =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      if (printed.readLine() != null) {
        return new EmulatorProcess(process, port);
      }
      // Somebody else took the port in between.
      process.destroy();
    }
    throw new IOException("The emulator did not start");
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  String jdbcUrl() {
    return "jdbc:snowflake://127.0.0.1:" + port + "/";
  }

  /** A token of the emulator's own issuer. */
  String token(String user, String role) throws IOException, InterruptedException {
    URI address =
        URI.create("http://127.0.0.1:" + port + "/issuer/token?sub=" + user + "&role=" + role);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(address).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    Matcher token = TOKEN.matcher(answer.body());
    if (answer.statusCode() != 200 || !token.find()) {
      throw new IOException("The emulator gave no token: " + answer.statusCode());
    }
    return token.group(1);
  }

  @Override
  public void close() {
    process.destroy();
  }
}

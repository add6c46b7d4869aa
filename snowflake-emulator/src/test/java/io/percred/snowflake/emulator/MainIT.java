package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MainIT {
  @Test
  void emulatorOnItsOwnTellsHowToConnectAndEndsWhenAsked() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      Matcher url = Pattern.compile("jdbc:snowflake://127.0.0.1:(\\d+)/").matcher(out.readLine());
      assertThat(url.find()).isTrue();
      String token = token(Integer.parseInt(url.group(1)));
      Properties properties = new Properties();
      properties.setProperty("account", "percred");
      properties.setProperty("ssl", "off");
      properties.setProperty("authenticator", "OAUTH");
      properties.setProperty("token", token);
      properties.setProperty("disablePlatformDetection", "true");
      properties.setProperty("loginTimeout", "10");
      properties.setProperty("db", "demo");
      try (Connection connection = DriverManager.getConnection(url.group(), properties)) {
        assertThat(Driver.value(connection, "select current_user()")).isEqualTo("ALICE");
        assertThat(Driver.value(connection, "select count(*) from customers")).isEqualTo("2");
      }
    } finally {
      process.destroy();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  private static String token(int port) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/issuer/token?sub=alice&role=ANALYST_EU");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    return JsonParser.parseString(answer.body())
        .getAsJsonObject()
        .get("access_token")
        .getAsString();
  }
}

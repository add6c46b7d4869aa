package io.percred.tokens.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerTableTest {
  @Test
  void guideHasTheTableThatDecides() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "guides", "outages.md"));
    assertThat(page).contains(AnswerTable.TEXT);
  }

  @ParameterizedTest
  @EnumSource(EndpointKind.class)
  void requestThatIsAtFaultIsNoOutageWhereItHoldsAToken(EndpointKind kind) {
    boolean holdsNone = kind == EndpointKind.KEYS;
    IntStream.range(400, 500)
        .filter(status -> status != 408 && status != 429)
        .forEach(
            status ->
                assertThat(AnswerTable.of(kind, status).isOutage())
                    .as("%s", status)
                    .isEqualTo(holdsNone));
  }

  @ParameterizedTest
  @EnumSource(EndpointKind.class)
  void everyStatusMeansSomething(EndpointKind kind) {
    IntStream.range(-1, 1000)
        .forEach(status -> assertThat(AnswerTable.of(kind, status)).isNotNull());
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "REMOTE, 200, ANSWER",
    "TOKEN, 201, ANSWER",
    "TOKEN, 299, ANSWER",
    "REMOTE, 302, MALFORMED",
    "REMOTE, 401, DENIED",
    "INTROSPECTION, 401, MISCONFIGURED",
    "REMOTE, 404, MISCONFIGURED",
    "REMOTE, 418, DENIED",
    "REMOTE, 431, DENIED",
    "REMOTE, 408, OUTAGE",
    "TOKEN, 429, RATE_LIMITED",
    "TOKEN, 500, OUTAGE",
    "KEYS, 404, OUTAGE",
    "DISCOVERY, 404, MISCONFIGURED",
    "TOKEN, 100, MALFORMED",
    "TOKEN, 600, MALFORMED",
    "TOKEN, 4000, MALFORMED"
  })
  void lineIsFoundByTheStatus(EndpointKind kind, int status, Meaning meaning) {
    assertThat(AnswerTable.of(kind, status)).isEqualTo(meaning);
  }
}

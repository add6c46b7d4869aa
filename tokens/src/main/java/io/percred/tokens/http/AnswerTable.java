package io.percred.tokens.http;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What each status means at each kind of endpoint. A 4xx is about the request and not about the
 * endpoint, except for 408 and 429. Where the request holds the caller's token it is about that
 * token, unless the status speaks of the address or of a form that all requests have. Where the
 * request holds none there is nobody to be denied.
 */
final class AnswerTable {
  /** The first line that has the status counts. {@code docs/guides/outages.md} has it too. */
  static final String TEXT =
      """
      | status                          | token        | introspection | remote        | keys         | discovery     |
      |---------------------------------|--------------|---------------|---------------|--------------|---------------|
      | 2xx                             | answer       | answer        | answer        | answer       | answer        |
      | 3xx                             | malformed    | malformed     | malformed     | malformed    | malformed     |
      | 400                             | error code   | error code    | denied        | outage       | misconfigured |
      | 401 403                         | error code   | misconfigured | denied        | outage       | misconfigured |
      | 404 405 406 407 410 415 421 426 | error code   | misconfigured | misconfigured | outage       | misconfigured |
      | 408                             | outage       | outage        | outage        | outage       | outage        |
      | 429                             | rate limited | rate limited  | rate limited  | rate limited | rate limited  |
      | other 4xx                       | error code   | denied        | denied        | outage       | misconfigured |
      | 5xx                             | outage       | outage        | outage        | outage       | outage        |
      """;

  private static final List<Row> ROWS = rows();

  private AnswerTable() {}

  /**
   * A line of the table.
   *
   * @param statuses statuses, or hundreds of them such as {@code 5xx}
   */
  private record Row(List<String> statuses, Map<EndpointKind, Meaning> meanings) {
    static Row of(List<EndpointKind> kinds, List<String> cells) {
      Map<EndpointKind, Meaning> meanings = new EnumMap<>(EndpointKind.class);
      for (int i = 0; i < kinds.size(); i++) {
        meanings.put(kinds.get(i), Meaning.valueOf(constant(cells.get(i + 1))));
      }
      return new Row(List.of(cells.get(0).split(" ")), meanings);
    }

    boolean has(int status) {
      return statuses.contains(String.valueOf(status)) || statuses.contains(status / 100 + "xx");
    }
  }

  private static List<Row> rows() {
    List<List<String>> lines = TEXT.lines().map(AnswerTable::cells).toList();
    List<EndpointKind> kinds =
        lines.get(0).stream().skip(1).map(name -> EndpointKind.valueOf(constant(name))).toList();
    return lines.stream().skip(2).map(cells -> Row.of(kinds, cells)).toList();
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|"))
        .map(String::strip)
        .filter(cell -> !cell.isEmpty())
        .toList();
  }

  private static String constant(String words) {
    return words.toUpperCase(Locale.ROOT).replace(' ', '_');
  }

  /** What this status means at an endpoint of this kind. */
  static Meaning of(EndpointKind kind, int status) {
    for (Row row : ROWS) {
      if (row.has(status)) {
        return row.meanings.getOrDefault(kind, Meaning.MALFORMED);
      }
    }
    return Meaning.MALFORMED; // HTTP has no such status.
  }
}

package io.percred.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The HTTP request a caller sent, for databases whose policies look at it as they do under
 * PostgREST.
 *
 * @param method the method, such as {@code GET}
 * @param path the path without the query
 * @param headers header fields by lower-case name; copied, names are folded; may hold secrets
 * @param cookies cookies by name; copied; may hold secrets
 */
public record Request(
    String method, String path, Map<String, String> headers, Map<String, String> cookies) {
  public Request {
    Map<String, String> folded = new LinkedHashMap<>();
    headers.forEach((name, value) -> folded.put(name.toLowerCase(Locale.ROOT), value));
    headers = Collections.unmodifiableMap(folded);
    cookies = Collections.unmodifiableMap(new LinkedHashMap<>(cookies));
  }

  /** Shows method and names, no value: headers and cookies carry secrets. */
  @Override
  public String toString() {
    return "Request["
        + method
        + ", headers="
        + headers.keySet()
        + ", cookies="
        + cookies.keySet()
        + "]";
  }
}

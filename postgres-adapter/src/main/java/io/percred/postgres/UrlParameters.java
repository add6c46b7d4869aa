package io.percred.postgres;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a pgjdbc URL, which win over Properties of the same name: so what percred must
 * set itself is taken out of the URL first. Everything else in the URL stays as it is.
 */
final class UrlParameters {
  private final String url;

  UrlParameters(String url) {
    this.url = url;
  }

  String url() {
    return url;
  }

  /** The value of a parameter, from the URL or else from {@code properties}, or null. */
  private @Nullable String value(String name, Properties properties) {
    int query = url.indexOf('?');
    String found = null;
    if (query >= 0) {
      for (String parameter : url.substring(query + 1).split("&", -1)) {
        if (isNamed(parameter, name)) {
          found = decoded(parameter.substring(Math.min(parameter.length(), name.length() + 1)));
        }
      }
    }
    return found == null ? properties.getProperty(name) : found;
  }

  /** The URL without a parameter; its value, if it had one, is in {@code properties} then. */
  UrlParameters moved(String name, Properties properties) {
    int query = url.indexOf('?');
    String value = value(name, properties);
    if (query < 0 || value == null) {
      return this;
    }
    StringBuilder kept = new StringBuilder();
    for (String parameter : url.substring(query + 1).split("&", -1)) {
      if (!isNamed(parameter, name)) {
        kept.append(kept.isEmpty() ? "" : "&").append(parameter);
      }
    }
    properties.setProperty(name, value);
    return new UrlParameters(url.substring(0, query) + (kept.isEmpty() ? "" : "?" + kept));
  }

  private static boolean isNamed(String parameter, String name) {
    return parameter.startsWith(name)
        && (parameter.length() == name.length() || parameter.charAt(name.length()) == '=');
  }

  private static String decoded(String value) {
    return URLDecoder.decode(value, StandardCharsets.UTF_8);
  }
}

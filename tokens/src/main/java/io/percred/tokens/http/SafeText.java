package io.percred.tokens.http;

import java.net.URI;
import java.util.regex.Pattern;

/** Makes text that came from elsewhere fit to be shown: short, printable, without tokens. */
public final class SafeText {
  private static final int LONGEST = 200;
  private static final int LONGEST_NAME = 80;

  /** What has the look of a token: long runs of base64url, hexadecimal or dotted parts. */
  private static final Pattern OPAQUE = Pattern.compile("[A-Za-z0-9_.~+=-]{24,}");

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\s]+");

  private SafeText() {}

  /**
   * What {@code text} says in one line of at most 200 characters, runs of 24 and more characters
   * that could be a token replaced.
   */
  public static String of(String text) {
    String line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
    String shown = OPAQUE.matcher(line).replaceAll("…");
    return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST) + "…";
  }

  /** A name that somebody else chose, in one line of at most 80 characters. */
  public static String name(String text) {
    String line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
    return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME) + "…";
  }

  /** The address without user information, query and fragment, which may hold secrets. */
  public static String of(URI address) {
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    String path = address.getRawPath() == null ? "" : address.getRawPath();
    return address.getScheme() + "://" + address.getHost() + port + path;
  }
}

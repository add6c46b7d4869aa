package io.percred.snowflake.emulator;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code SYSTEM$WAIT(seconds)}, Snowflake's statement that only takes time. */
final class SystemWait {
  private static final Pattern CALL =
      Pattern.compile(
          "\\s*(?:select|call)\\s+system\\$wait\\(\\s*([0-9.]+)\\s*(?:,\\s*'?(\\w+)'?\\s*)?\\)\\s*;?\\s*",
          Pattern.CASE_INSENSITIVE);

  private SystemWait() {}

  /** How long the statement waits, or null if it is another one. */
  static @Nullable Duration of(String sql) {
    Matcher call = CALL.matcher(sql);
    if (!call.matches()) {
      return null;
    }
    double amount = Double.parseDouble(call.group(1));
    String unit = call.group(2) == null ? "SECONDS" : Identity.upper(call.group(2));
    double seconds =
        switch (unit) {
          case "MILLISECONDS" -> amount / 1000;
          case "MINUTES" -> amount * 60;
          case "HOURS" -> amount * 3600;
          default -> amount;
        };
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}

package io.percred.conformance;

import io.percred.snowflake.emulator.DemoData;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import io.percred.spi.Credential;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where Snowflake is: the account that the environment names, or else an emulator.
 *
 * @param url percred's URL of it
 * @param callers two who have tokens; their principals are their Snowflake users
 * @param emulator ends with this; null for an account
 */
record SnowflakeAccount(String url, List<Credential> callers, @Nullable SnowflakeEmulator emulator)
    implements AutoCloseable {
  /** The account's URL, {@code jdbc:snowflake://…}. */
  static final String URL = "PERCRED_SNOWFLAKE_URL";

  static SnowflakeAccount chosen() throws Exception {
    String url = System.getenv(URL);
    if (url == null) {
      return emulated();
    }
    return new SnowflakeAccount(
        url.replaceFirst("^jdbc:", "jdbc:percred:"), List.of(named("1"), named("2")), null);
  }

  private static SnowflakeAccount emulated() throws Exception {
    SnowflakeEmulator emulator = DemoData.start(0);
    Duration lifetime = Duration.ofMinutes(10);
    return new SnowflakeAccount(
        emulator.percredUrl(),
        List.of(
            Credential.of(emulator.tokens().token("alice", "ANALYST_EU", lifetime), "ALICE"),
            Credential.of(emulator.tokens().token("bob", "ANALYST_US", lifetime), "BOB")),
        emulator);
  }

  /** {@code PERCRED_SNOWFLAKE_USER_1} with {@code PERCRED_SNOWFLAKE_TOKEN_1}, and so on. */
  private static Credential named(String number) {
    return Credential.of(
        required("PERCRED_SNOWFLAKE_TOKEN_" + number),
        required("PERCRED_SNOWFLAKE_USER_" + number));
  }

  private static String required(String variable) {
    return Objects.requireNonNull(
        System.getenv(variable), () -> URL + " is set, and " + variable + " is not");
  }

  @Override
  public void close() {
    if (emulator != null) {
      emulator.close();
    }
  }

  /** Shows no token. */
  @Override
  public String toString() {
    return emulator == null ? "the account of " + URL : "emulator";
  }
}

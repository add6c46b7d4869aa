package io.percred.snowflake.emulator;

import java.util.concurrent.CountDownLatch;

/** Starts an emulator on its own. */
public final class Main {
  private static final int DEFAULT_PORT = 8484;

  private Main() {}

  /**
   * Runs until the process is ended.
   *
   * @param arguments the port, or nothing for 8484
   */
  public static void main(String[] arguments) throws Exception {
    int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_PORT;
    SnowflakeEmulator emulator = DemoData.start(port);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  emulator.close();
                  ended.countDown();
                },
                "snowflake-emulator-shutdown"));
    System.out.print(greeting(emulator));
    ended.await();
  }

  /** What a user must know to connect. */
  static String greeting(SnowflakeEmulator emulator) {
    return """
        Snowflake emulator: %1$s
          with percred       %3$s&db=DEMO&schema=PUBLIC
          without            account=percred ssl=off authenticator=OAUTH token=<token>
                             disablePlatformDetection=true db=DEMO schema=PUBLIC
          a token            curl 'http://127.0.0.1:%2$d/issuer/token?sub=alice&role=ANALYST_EU'
          another            curl 'http://127.0.0.1:%2$d/issuer/token?sub=bob&role=ANALYST_US'
          a service account  user=SERVICE password=service
          to try             select current_user(), current_role()
                             select * from demo.public.customers
                             select count(*) from snowflake_sample_data.tpch_sf1.lineitem
        End it with Ctrl-C.
        """
        .formatted(emulator.jdbcUrl(), emulator.port(), emulator.percredUrl());
  }
}

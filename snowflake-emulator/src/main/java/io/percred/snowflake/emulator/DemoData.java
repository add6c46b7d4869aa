package io.percred.snowflake.emulator;

import java.io.IOException;
import java.sql.SQLException;

/**
 * What the emulator contains when it is started on its own: customers of two regions, an analyst of
 * each (alice of the EU, bob of the US), and a service account.
 */
public final class DemoData {
  private static final String CUSTOMERS = "DEMO.PUBLIC.CUSTOMERS";

  private DemoData() {}

  /**
   * Starts an emulator with this content.
   *
   * @param port where it listens on the loopback interface; 0 for any free port
   */
  public static SnowflakeEmulator start(int port) throws IOException, SQLException {
    SnowflakeEmulator emulator =
        SnowflakeEmulator.builder()
            .port(port)
            .user("alice", "ANALYST_EU")
            .user("bob", "ANALYST_US")
            .user("service", "ADMIN")
            .password("service", "service")
            .start();
    emulator.run(
        """
        CREATE TABLE DEMO.PUBLIC.CUSTOMERS AS SELECT * FROM (VALUES
          (1::DECIMAL(38, 0), 'Ada', 'ada@example.eu', 'EU'),
          (2, 'Blaise', 'blaise@example.eu', 'EU'),
          (3, 'Grace', 'grace@example.com', 'US'),
          (4, 'Donald', 'donald@example.com', 'US')) AS t(ID, NAME, EMAIL, REGION)""");
    emulator.rowAccess(CUSTOMERS, "current_role() IN ('ADMIN', 'ANALYST_' || REGION)");
    emulator.mask(
        CUSTOMERS, "EMAIL", "CASE WHEN current_role() = 'ADMIN' THEN EMAIL ELSE '*****' END");
    return emulator;
  }
}

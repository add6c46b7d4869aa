package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.StrictPooler;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Two callers in turn behind a pooler that tracks prepared statements, as PgBouncer from 1.21. */
class StrictPoolerIT extends PostgresIT {
  private static final int ROUNDS = 12;

  static Stream<Arguments> ways() {
    return Stream.of("bind", "auto", "function-call")
        .flatMap(
            delivery ->
                Stream.of("", "prepareThreshold=0", "prepareThreshold=1", "preferQueryMode=simple")
                    .map(setting -> Arguments.of(delivery, setting)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void callersMayChangeBehindAPoolerThatTracksStatements(String delivery, String setting)
      throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server);
        Connection first = connect(pooler, delivery, setting);
        Connection second = connect(pooler, delivery, setting)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Connection connection : new Connection[] {first, second}) {
          connection.setAutoCommit(round % 2 == 0);
          String expected = round % 4 < 2 ? ALICE.token() : BOB.token();
          String seen =
              as(
                  round % 4 < 2 ? ALICE : BOB,
                  () -> {
                    String who = askPrepared(connection);
                    if (!connection.getAutoCommit()) {
                      insert(connection, "x");
                      connection.commit();
                    }
                    return who;
                  });
          assertThat(seen).isEqualTo(expected);
        }
      }
      assertThat(pooler.dropped()).isEmpty();
      assertThat(stamps()).containsExactly(ALICE.token(), BOB.token());
    }
  }

  private static String askPrepared(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WHO);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getString(1);
    }
  }

  private Connection connect(StrictPooler pooler, String delivery, String setting)
      throws SQLException {
    Properties login = appLogin();
    if (!setting.isEmpty()) {
      login.setProperty(
          setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
    }
    return DriverManager.getConnection(
        percredUrl(pooler.url(database.name()), "percred.delivery=" + delivery), login);
  }
}

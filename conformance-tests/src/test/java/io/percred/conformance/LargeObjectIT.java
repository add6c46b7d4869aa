package io.percred.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.fastpath.Fastpath;
import org.postgresql.fastpath.FastpathArg;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** Large objects and other functions that the driver calls by FunctionCall messages. */
class LargeObjectIT extends PostgresIT {
  @Test
  void largeObjectIsWrittenAndReadInTheCallersTransaction() throws Exception {
    Connection connection = connectForTransactions();
    long oid =
        as(
            ALICE,
            () -> {
              LargeObjectManager objects =
                  connection.unwrap(PGConnection.class).getLargeObjectAPI();
              long created = objects.createLO(LargeObjectManager.READWRITE);
              try (LargeObject object = objects.open(created)) {
                object.write("written by alice".getBytes(UTF_8));
              }
              assertThat(who(connection)).isEqualTo(ALICE.token());
              insert(connection, "with object");
              connection.commit();
              return created;
            });
    as(
        ALICE,
        () -> {
          LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
          try (LargeObject object = objects.open(oid, LargeObjectManager.READ)) {
            assertThat(object.read(100)).asString(UTF_8).isEqualTo("written by alice");
          }
          objects.unlink(oid);
          connection.commit();
        });
    assertThat(entries()).containsExactly("with object:token-of-alice");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void blobColumnIsStreamed() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          execute(connection, "create temporary table blobs (content oid, seen text)");
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "insert into blobs values (?, current_setting('app.api_token', true))")) {
            statement.setBlob(1, new ByteArrayInputStream(new byte[100_000]), 100_000);
            statement.executeUpdate();
          }
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("select content, seen from blobs")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getBlob(1).length()).isEqualTo(100_000);
            assertThat(rows.getString(2)).isEqualTo(ALICE.token());
          }
          connection.commit();
        });
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void functionCallSeesTheCaller(boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    int oid =
        Integer.parseInt(String.valueOf(database.value("select 'seen()'::regprocedure::oid")));
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB, ALICE}) {
      as(
          caller,
          () -> {
            for (int i = 0; i < 3; i++) {
              assertThat(callSeen(connection, oid)).isEqualTo(caller.token());
            }
            if (!autocommit) {
              assertThat(who(connection)).isEqualTo(caller.token());
              connection.commit();
            }
          });
    }
  }

  @Test
  void failedFunctionCallLeavesTheConnectionUsable() throws Exception {
    Connection connection = connect();
    Fastpath functions = fastpath(connection);

    as(ALICE, () -> assertFails("42883", () -> functions.fastpath(1, new FastpathArg[0])));

    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void functionCallOfNobodyIsRefused() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    int oid =
        Integer.parseInt(String.valueOf(database.value("select 'seen()'::regprocedure::oid")));

    assertRefused(() -> callSeen(connection, oid));

    assertThat(backend(connection)).isEqualTo(backend);
  }

  private static String callSeen(Connection connection, int oid) throws SQLException {
    byte @org.jspecify.annotations.Nullable [] answer =
        fastpath(connection).fastpath(oid, new FastpathArg[0]);
    return answer == null ? "null" : new String(answer, UTF_8);
  }

  @SuppressWarnings("deprecation") // The one way to send FunctionCall of a function of one's own.
  private static Fastpath fastpath(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getFastpathAPI();
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.WireProxy;
import io.percred.rig.WireProxy.Cut;
import io.percred.rig.WireProxy.Side;
import io.percred.rig.WireProxy.Unit;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that are lost at any point of a conversation. */
class ConnectionLossIT extends PostgresIT {
  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "CLIENT, percred.delivery=bind",
    "SERVER, percred.delivery=bind",
    "CLIENT, percred.delivery=function-call",
    "SERVER, percred.delivery=function-call"
  })
  void connectionCutAtEveryMessage(Side side, String delivery) throws Exception {
    try (WireProxy proxy = WireProxy.to(server)) {
      int completed = 0;
      int messages = 0;
      while (completed == 0 && messages < 300) {
        proxy.cut(new Cut(side, Unit.MESSAGES, ++messages));
        completed = converse(proxy, delivery) ? 1 : 0;
      }
      assertThat(completed).as("a conversation that was not cut").isEqualTo(1);
      assertThat(messages).isGreaterThan(10);
    }
    assertThat(
            database.value(
                "select count(*) from entry where seen is distinct from 'token-of-' || note"))
        .isEqualTo("0");
  }

  /** Whether the conversation came to its end. */
  private boolean converse(WireProxy proxy, String delivery) throws Exception {
    String url =
        percredUrl(proxy.url(database.name()), "sslmode=disable", "connectTimeout=5", delivery);
    try (Connection connection = DriverManager.getConnection(url, appLogin())) {
      as(ALICE, () -> insert(connection, "alice"));
      connection.setAutoCommit(false);
      as(BOB, () -> insert(connection, "bob"));
      as(
          BOB,
          () -> execute(connection, "do $$ begin insert into entry (note) values ('bob'); end $$"));
      connection.commit();
      connection.setAutoCommit(true);
      as(ALICE, () -> execute(connection, "call add_entry('alice')"));
      return true;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.toString()).startsWith("08");
      return false;
    }
  }
}

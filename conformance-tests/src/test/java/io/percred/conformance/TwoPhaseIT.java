package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** Two-phase commit in SQL: the transaction ends on one connection and is decided on another. */
class TwoPhaseIT extends PostgresIT {
  @Test
  void preparedTransactionKeepsItsCaller() throws Exception {
    Connection first = connectForTransactions();
    Connection second = connect();
    String name = "it" + server.majorVersion();
    as(
        ALICE,
        () -> {
          insert(first, "prepared");
          execute(first, "prepare transaction '" + name + "'");
        });
    as(BOB, () -> insert(first, "next"));
    first.commit();
    assertRefused(() -> execute(second, "commit prepared '" + name + "'"));
    as(ALICE, () -> execute(second, "commit prepared '" + name + "'"));

    assertThat(entries()).containsExactlyInAnyOrder("prepared:token-of-alice", "next:token-of-bob");
  }

  @Test
  void preparedTransactionIsRolledBack() throws Exception {
    Connection connection = connect();
    String name = "undone" + server.majorVersion();
    as(
        ALICE,
        () -> {
          execute(connection, "begin");
          insert(connection, "undone");
          execute(connection, "prepare transaction '" + name + "'");
          execute(connection, "rollback prepared '" + name + "'");
          assertThat(who(connection)).isEqualTo(ALICE.token());
        });
    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }
}

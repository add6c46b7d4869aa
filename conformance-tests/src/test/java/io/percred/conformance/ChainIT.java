package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code AND CHAIN} begins a new transaction without a BEGIN: what was bound is gone although the
 * session never left its block.
 */
class ChainIT extends PostgresIT {
  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
  void chainedTransactionIsBoundAgain(String mode) throws Exception {
    Connection connection = connectForTransactions("preferQueryMode=" + mode);
    as(
        ALICE,
        () -> {
          insert(connection, "one");
          execute(connection, "commit and chain");
          insert(connection, "two");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          execute(connection, "commit work and chain");
          insert(connection, "undone");
          execute(connection, "rollback and chain");
          insert(connection, "three");
          connection.commit();
        });
    assertThat(entries())
        .containsExactly("one:token-of-alice", "two:token-of-alice", "three:token-of-alice");
  }

  @Test
  void chainedTransactionMayBelongToAnother() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "begin");
          insert(connection, "hers");
          execute(connection, "commit and chain");
        });
    as(
        BOB,
        () -> {
          insert(connection, "his");
          execute(connection, "commit and no chain");
        });
    assertThat(entries()).containsExactly("hers:token-of-alice", "his:token-of-bob");
  }

  @Test
  void chainInTheMiddleOfAText() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () ->
            execute(
                connection,
                "begin; insert into entry (note) values ('one'); commit and chain;"
                    + " insert into entry (note) values ('two'); commit"));
    assertThat(entries()).containsExactly("one:token-of-alice", "two:token-of-alice");
  }

  @Test
  void chainAfterAFailure() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "begin");
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
          execute(connection, "rollback and chain");
          insert(connection, "after");
          execute(connection, "commit");
        });
    assertThat(entries()).containsExactly("after:token-of-alice");
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * What a connection holds belongs to one caller, named by everything that is bound except the
 * token; who is refused, absent or blank owns nothing.
 */
class WhoseSessionIT extends SeveralCallersIT {
  /** What an application keeps for its users without a context. */
  private static final ThreadLocal<@Nullable Credential> USER = new ThreadLocal<>();

  private static final String STATE =
      "select current_setting('search_path') || ' ' || current_setting('statement_timeout') || ' '"
          + " || current_setting('default_transaction_isolation') || ' '"
          + " || (select count(*) from pg_listening_channels())";
  private static final String CLEAN = "\"$user\", public 0 read committed 0";

  /** What needs no binding and leaves something in the session. */
  private static final List<String> LEAVING =
      List.of(
          "set search_path = evil, public",
          "set session statement_timeout to '31s'",
          "listen gossip",
          "set session characteristics as transaction isolation level serializable");

  /** What needs no binding and tells or changes something of the session. */
  private static final List<String> SESSION_CONTROL =
      List.of(
          "set search_path = evil, public",
          "set local search_path = evil",
          "set session characteristics as transaction isolation level serializable",
          "set transaction isolation level read committed",
          "show search_path",
          "reset all",
          "listen gossip",
          "unlisten *",
          "discard temp",
          "deallocate all");

  @ParameterizedTest
  @MethodSource("ways")
  void whoIsRefusedMovesNobodysInsert(Way way) throws Exception {
    for (Map.Entry<String, Caller> refused : REFUSED.entrySet()) {
      Shared shared = shared(way);
      shared.act(ALICE, connection -> insert(connection, "first"));
      shared.act(
          refused.getValue(),
          connection -> {
            connection.setAutoCommit(false);
            if (way.given() == Given.ONE_CONNECTION) {
              connection.setSchema("evil");
            } else {
              // HikariCP asks for the schema that it has set, which needs a caller.
              execute(connection, "set session search_path to 'evil'");
            }
            connection.commit();
          });
      shared.act(ALICE, connection -> insert(connection, "second"));
      shared.act(BOB, connection -> insert(connection, "third"));
      assertThat(misplaced()).as(refused.getKey()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void whatRefusedCallersLeaveIsNobodys(Way way) throws Exception {
    for (Map.Entry<String, Caller> refused : REFUSED.entrySet()) {
      for (boolean autocommit : new boolean[] {true, false}) {
        Shared shared = shared(way);
        shared.act(ALICE, SessionStateIT::who);
        shared.act(
            refused.getValue(),
            connection -> {
              connection.setAutoCommit(autocommit);
              for (String sql : LEAVING) {
                execute(connection, sql);
              }
              assertThat(failure(() -> who(connection)).getSQLState()).isEqualTo("28000");
              if (!autocommit) {
                connection.rollback();
                for (String sql : LEAVING) {
                  execute(connection, sql);
                }
                connection.commit();
              }
            });
        assertThat(shared.ask(ALICE, STATE)).as(refused.getKey()).isEqualTo(CLEAN);
        assertThat(shared.ask(BOB, STATE)).as(refused.getKey()).isEqualTo(CLEAN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void revokedTokenLeavesNothingToTheNextTokenOfItsPrincipal(Way way) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      denied.remove(ALICE.token());
      Shared shared = shared(way);
      shared.act(ALICE, SessionStateIT::who);
      denied.add(ALICE.token());
      shared.act(
          ALICE,
          connection -> {
            connection.setAutoCommit(autocommit);
            execute(connection, "set search_path = evil, public");
            execute(connection, "listen gossip");
          });
      assertThat(shared.ask(ALICE_AGAIN, STATE)).isEqualTo(CLEAN);
    }
  }

  @ParameterizedTest
  @MethodSource("simpleWays")
  void everyStatementOfATextCounts(Way way) throws Exception {
    for (String text :
        List.of(
            "select 1; set search_path = evil, public",
            "begin; set search_path = evil, public; commit",
            "select 1; listen gossip",
            ";; select 1; begin; listen gossip; set statement_timeout = '31s'; commit; select 2",
            "rollback; set session characteristics as transaction isolation level serializable")) {
      for (Caller leaving :
          List.of(Caller.of(BOB), REFUSED.get("forged"), REFUSED.get("blank"), Caller.NONE)) {
        Shared shared = shared(way);
        shared.act(ALICE, connection -> insert(connection, "first"));
        shared.act(leaving, connection -> execute(connection, text));
        assertThat(shared.ask(ALICE, STATE)).as(text).isEqualTo(CLEAN);
        shared.act(leaving, connection -> execute(connection, text));
        assertThat(shared.ask(CAROL, STATE)).as(text).isEqualTo(CLEAN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("simpleWays")
  void textThatEndsAnothersTransactionAndGoesOnIsRefused(Way way) throws Exception {
    if (way.given() == Given.DECORATED_POOL) {
      return; // a connection that the decorator handed out stays its caller's: see below
    }
    Shared shared = shared(way);
    for (String text : List.of("commit; set search_path = evil", "rollback; show search_path")) {
      shared.act(
          ALICE,
          connection -> {
            connection.setAutoCommit(false);
            insert(connection, "first");
            SQLException refused = as(BOB, () -> failure(() -> execute(connection, text)));
            assertThat(Percred.codeOf(refused)).as(text).isEqualTo("PERCRED-202");
            connection.rollback();
          });
      assertThat(shared.ask(ALICE, STATE)).isEqualTo(CLEAN);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void sessionControlInAnothersTransactionIsRefused(Way way) throws Exception {
    if (way.given() == Given.DECORATED_POOL) {
      return; // a connection that the decorator handed out stays its caller's: see below
    }
    Shared shared = shared(way);
    for (String sql : SESSION_CONTROL) {
      for (Caller other : List.of(Caller.of(BOB), REFUSED.get("forged"), REFUSED.get("blank"))) {
        shared.act(
            ALICE,
            connection -> {
              connection.setAutoCommit(false);
              insert(connection, "first");
              assertChanged(sql, failedAs(other, connection, sql));
              connection.rollback();
              assertThat(ask(connection, STATE)).as(sql).isEqualTo(CLEAN);
            });
      }
    }
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void sessionControlOfNobodyInACallersTransactionIsRefused(Way way) throws Exception {
    if (way.given() != Given.ONE_CONNECTION) {
      return; // a pool ends the transaction with the caller's scope
    }
    Shared shared = shared(way);
    for (String sql : SESSION_CONTROL) {
      shared.act(
          (Caller) null,
          connection -> {
            connection.setAutoCommit(false);
            as(ALICE, () -> insert(connection, "first"));
            assertChanged(sql, failure(() -> execute(connection, sql)));
            assertThat(failure(() -> execute(connection, sql)).getSQLState()).isEqualTo("25P02");
            connection.rollback();
            as(ALICE, () -> insert(connection, "second"));
            assertThat(connection.isValid(5)).isTrue();
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setSchema("public");
          });
    }
    assertThat(shared.ask(BOB, "show search_path")).isEqualTo("public");
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void decoratedConnectionStaysItsCallersWhoeverSendsSessionControl(Way way) throws Exception {
    if (way.given() != Given.DECORATED_POOL) {
      return; // see above
    }
    Shared shared = shared(way);
    shared.act(
        ALICE,
        connection -> {
          connection.setAutoCommit(false);
          insert(connection, "first");
          as(BOB, () -> execute(connection, "set search_path = evil, public"));
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
    assertThat(shared.ask(BOB, STATE)).isEqualTo(CLEAN);
    assertThat(shared.ask(ALICE, STATE)).isEqualTo(CLEAN);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingIsLockedForWhoeverHasNoCredential(Way way) throws Exception {
    Shared shared = shared(way);
    for (String sql :
        List.of(
            "lock table entry in access exclusive mode",
            "lock entry",
            "set transaction snapshot '00000003-0000001B-1'")) {
      for (@Nullable Caller caller :
          new @Nullable Caller[] {null, REFUSED.get("forged"), REFUSED.get("blank"), Caller.NONE}) {
        shared.act(
            caller,
            connection -> {
              connection.setAutoCommit(false);
              execute(connection, "select 1");
              SQLException refused = failure(() -> execute(connection, sql));
              assertThat(refused.getSQLState()).as(sql).isEqualTo("28000");
              assertThat(Percred.codeOf(refused)).isIn("PERCRED-101", "PERCRED-111");
              assertThat(
                      database.value(
                          "select count(*) from pg_locks where relation = 'entry'::regclass"))
                  .isEqualTo("0");
              connection.rollback();
            });
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void callerMayTakeOverASnapshot(Way way) throws Exception {
    Shared shared = shared(way);
    Connection exporting = connectForTransactions();
    exporting.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    String snapshot = as(BOB, () -> ask(exporting, "select pg_export_snapshot()"));
    database.asSuperuser("insert into entry (note) values ('meanwhile')");
    String take = "set transaction snapshot '" + snapshot + "'";

    shared.act(
        ALICE,
        connection -> {
          connection.setAutoCommit(false);
          execute(connection, "set transaction isolation level repeatable read");
          execute(connection, take);
          assertThat(ask(connection, "select count(*) from entry")).isEqualTo("0");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
          connection.setAutoCommit(true);
          execute(
              connection,
              way.isSimple()
                  ? "begin isolation level repeatable read; " + take + "; select 1 from entry"
                  : "begin isolation level repeatable read");
          if (!way.isSimple()) {
            execute(connection, take);
          }
          assertThat(ask(connection, "select count(*) from entry")).isEqualTo("0");
          execute(connection, "commit");
        });
  }

  @ParameterizedTest
  @MethodSource("ways")
  void samePrincipalForAnotherTenantIsAnother(Way way) throws Exception {
    for (String source : List.of("attribute:tenant", "claim:org.id")) {
      Shared shared = shared(way, "percred.setting.app.tenant=" + source);
      Caller acme = of("acme");
      Caller globex = of("globex");
      shared.act(
          acme,
          connection -> {
            leaveEverything(connection);
            assertThat(ask(connection, "select current_setting('app.tenant')")).isEqualTo("acme");
          });
      if (way.given() != Given.DECORATED_POOL) {
        assertThat(shared.use(acme, SessionStateIT::found)).containsExactly(EVERYTHING);
      }
      assertThat(shared.use(globex, SessionStateIT::found)).as(source).isEmpty();
      assertThat(shared.use(acme, SessionStateIT::found)).as(source).isEmpty();
    }
  }

  private static Caller of(String tenant) {
    return new Caller(
        ALICE.withClaims(Map.of("org", Map.of("id", tenant))), Map.of("tenant", tenant), null);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void statementAsksTheVerifierWhateverReadingNotificationsAsked(Way way) throws Exception {
    Shared shared = shared(way);
    shared.act(ALICE, connection -> execute(connection, "listen news"));
    shared.act(
        BOB,
        connection -> {
          database.asSuperuser("notify news, 'for alice only'");
          assertThat(heard(connection)).isEmpty();
          denied.add(BOB.token());
          assertThat(failure(() -> who(connection)).getSQLState()).isEqualTo("28000");
        });
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void seedOfOneCallerSaysNothingOfTheNextOnesRandomNumbers(Way way) throws Exception {
    Shared shared = shared(way);
    String random = "select random()::text";
    String seeded = "select setseed(0.42)";
    String predicted =
        shared.use(
            Caller.of(ALICE),
            connection -> {
              execute(connection, seeded);
              String first = ask(connection, random);
              execute(connection, seeded);
              return first;
            });
    if (way.given() != Given.DECORATED_POOL) {
      assertThat(shared.ask(ALICE, random)).as("it is hers").isEqualTo(predicted);
      shared.act(ALICE, connection -> execute(connection, seeded));
    }
    String one = shared.ask(BOB, random);
    assertThat(one).isNotEqualTo(predicted);
    shared.act(ALICE, connection -> execute(connection, seeded));
    assertThat(shared.ask(BOB, random)).isNotIn(predicted, one);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void supplierThatLooksAtTheThreadTellsCallersApart(Way way) throws Exception {
    Shared shared = shared(way, new Looking());
    USER.set(ALICE);
    shared.act(
        (Caller) null,
        connection -> {
          leaveEverything(connection);
          connection.setAutoCommit(false);
          assertThat(who(connection)).isEqualTo(ALICE.token());
          USER.set(BOB);
          if (way.given() == Given.DECORATED_POOL) {
            assertThat(who(connection)).as("pinned").isEqualTo(ALICE.token());
          } else {
            assertThat(Percred.codeOf(failure(() -> who(connection)))).isEqualTo("PERCRED-201");
          }
          connection.rollback();
        });
    USER.set(BOB);
    assertThat(shared.use((Caller) null, SessionStateIT::found)).isEmpty();
    assertThat(shared.use((Caller) null, PostgresIT::who)).isEqualTo(BOB.token());
    USER.remove();
    shared.act((Caller) null, connection -> assertRefused(() -> who(connection)));
  }

  @Test
  void textsPreparedForOneCallerAreSeenByNobodyIfNoneIsKept() throws Exception {
    Shared shared =
        shared(new Way("extended", Given.ONE_CONNECTION, List.of()), "prepareThreshold=0");
    String texts =
        "select count(*) from pg_prepared_statements where statement like '%' || 'secret-of-alice'"
            + " || '%'";
    shared.act(
        ALICE,
        connection -> {
          for (int i = 0; i < 8; i++) {
            ask(connection, "select 'secret-of-alice'");
          }
        });
    assertThat(shared.ask(BOB, texts)).isEqualTo("0");
  }

  private static SQLException failedAs(Caller caller, Connection connection, String sql)
      throws Exception {
    return as(
        caller,
        () -> {
          return failure(() -> execute(connection, sql));
        });
  }

  private static void assertChanged(String sql, SQLException refused) {
    assertThat(Percred.codeOf(refused)).as(sql).isEqualTo("PERCRED-201");
    assertThat(refused.getSQLState()).isEqualTo("28000");
  }

  private static List<String> heard(Connection connection) throws SQLException {
    PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(200);
    return heard == null
        ? List.of()
        : java.util.Arrays.stream(heard).map(PGNotification::getParameter).toList();
  }

  /** A supplier that reads a thread-local of the application's own. */
  private static final class Looking implements TokenSupplier {
    @Override
    public @Nullable Credential supply(SupplyContext context) {
      return USER.get();
    }

    @Override
    public boolean mayBlock() {
      return false;
    }
  }
}

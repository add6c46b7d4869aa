package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/**
 * Prepared statements of a caller's own that take the names of percred's, which are given the next
 * token, or of the driver's, which run without a caller.
 */
class NameAttacksIT extends AttackIT {
  private static final String[] PERCREDS = {
    "percred:bind", "percred:begin", "percred:call", "percred:probe", "percred:once"
  };

  @BeforeEach
  void prepareFunction() throws SQLException {
    database.asSuperuser(
        """
        create or replace function swap(name text, parameters text, body text)
        returns void language plpgsql as $$
        begin
          begin
            execute 'deallocate ' || quote_ident(name);
          exception when others then null;
          end;
          execute 'prepare ' || quote_ident(name) || parameters || ' as ' || body;
        end $$;
        grant execute on function swap to public;
        """);
  }

  @BothDeliveries
  void preparedUnderPercredsNames(String delivery) throws Exception {
    for (String mode : TWO_MODES) {
      for (String name : PERCREDS) {
        Connection connection = connect(delivery, mode);
        as(
            ALICE,
            () -> {
              assertThat(who(connection)).isEqualTo(ALICE.token());
              orFail(() -> execute(connection, "deallocate \"" + name + "\""));
              orFail(() -> execute(connection, catching(name)));
              execute(connection, leaving("alice"));
            });
        assertIs(BOB, connection);
        assertIs(ALICE, connection);
      }
    }
    assertNothingCaught();
  }

  @BothDeliveries
  void preparedUnderPercredsNamesInDo(String delivery) throws Exception {
    for (String name : PERCREDS) {
      Connection connection = connect(delivery);
      as(
          ALICE,
          () -> {
            assertThat(who(connection)).isEqualTo(ALICE.token());
            execute(connection, "do $d$ begin perform " + swap(name) + "; end $d$");
            execute(connection, leaving("alice"));
          });
      assertIs(BOB, connection);
      as(ALICE, () -> execute(connection, "do $d$ begin execute 'deallocate all'; end $d$"));
      assertIs(BOB, connection);
    }
    assertNothingCaught();
  }

  @BothDeliveries
  void preparedUnderPercredsNamesWhereNobodyCanSeeIt(String delivery) throws Exception {
    for (String name : PERCREDS) {
      Connection connection = connect(delivery);
      as(
          ALICE,
          () -> {
            assertThat(who(connection)).isEqualTo(ALICE.token());
            ask(connection, "select " + swap(name) + "::text");
          });
      SQLException ended = as(BOB, () -> failure(() -> execute(connection, leaving("bob"))));
      assertThat(Percred.codeOf(ended)).isEqualTo("PERCRED-220");
      assertThat(connection.isClosed()).isTrue();
    }
    assertNothingCaught();
  }

  @BothDeliveries
  void preparedUnderTheNameOfTheNextOnesStatement(String delivery) throws Exception {
    Connection connection = connect(delivery, "prepareThreshold=1");
    try (PreparedStatement statement =
        connection.prepareStatement("insert into entry (note) values (?)")) {
      statement.setString(1, "alice");
      as(ALICE, () -> statement.executeUpdate());
      String name =
          as(
              ALICE,
              () ->
                  ask(
                      connection,
                      "select name from pg_prepared_statements where statement like 'insert into"
                          + " entry%'"));
      as(
          ALICE,
          () ->
              ask(
                  connection,
                  "select swap('"
                      + name
                      + "', '(text)', $q$insert into trail (note) values ($1 || ' caught '"
                      + " || current_setting('app.api_token'))$q$)::text"));
      statement.setString(1, "bob");
      SQLException ended = as(BOB, () -> failure(() -> statement.executeUpdate()));
      assertThat(Percred.codeOf(ended)).isEqualTo("PERCRED-220");
    }
    assertThat(trail()).isEmpty();
    assertThat(entries()).containsExactly("alice:token-of-alice");
  }

  @BothDeliveries
  void preparedUnderTheNameOfACommit(String delivery) throws Exception {
    Connection connection = connect(delivery, "prepareThreshold=1");
    try (PreparedStatement commit = connection.prepareStatement("commit")) {
      commit.execute();
      String name =
          as(
              ALICE,
              () ->
                  ask(
                      connection,
                      "select name from pg_prepared_statements where statement = 'commit'"));
      as(
          ALICE,
          () -> {
            execute(connection, "deallocate \"" + name + "\"");
            execute(connection, "prepare \"" + name + "\" as " + leaving("smuggled"));
          });
      commit.execute();
      as(
          ALICE,
          () -> {
            execute(connection, "do $d$ begin execute 'deallocate \"" + name + "\"'; end $d$");
            execute(
                connection,
                "do $d$ begin execute $q$prepare \""
                    + name
                    + "\" as "
                    + leaving("smuggled")
                    + "$q$; end $d$");
          });
      commit.execute();
      as(
          BOB,
          () -> {
            execute(connection, leaving("bob"));
            commit.execute();
          });
    }
    assertThat(trail()).containsExactly("bob:token-of-bob:app");
  }

  /** A statement that keeps what it is given; a binding is given the token. */
  private static String catching(String name) {
    return switch (name) {
      case "percred:bind" ->
          "prepare \""
              + name
              + "\" (text) as insert into trail (note) values ('caught ' || $1) returning true";
      default -> "prepare \"" + name + "\" as select true";
    };
  }

  /** Calls a function that does the same, out of percred's sight. */
  private static String swap(String name) {
    return name.equals("percred:bind")
        ? "swap('percred:bind', '(text)',"
            + " $q$insert into trail (note) values ('caught ' || $1) returning true$q$)"
        : "swap('" + name + "', '', 'select true')";
  }

  private static void orFail(Action action) throws Exception {
    try {
      action.run();
    } catch (SQLException e) {
      // There was nothing of that name, or there still is.
      assertThat(e.getSQLState()).isIn("26000", "42P05");
    }
  }

  private void assertNothingCaught() throws SQLException {
    assertThat(trail())
        .noneMatch(left -> left != null && left.startsWith("caught token-of-bob"))
        .noneMatch(left -> left != null && left.startsWith("bob:"));
    assertThat(trailOwners()).isSubsetOf("token-of-alice:app");
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/**
 * Callers who leave something behind that keeps the session from being cleared, and a trap for
 * whoever comes next.
 */
class ClearingAttacksIT extends AttackIT {
  @BeforeEach
  void prepareTrap() throws SQLException {
    database.asSuperuser(
        """
        create or replace function trap() returns trigger language plpgsql security definer as $$
        begin
          insert into public.trail (note)
            values ('caught ' || coalesce(current_setting('app.api_token', true), ''));
          return new;
        end $$;
        grant execute on function trap() to public;
        """);
  }

  @BothDeliveries
  void timeoutThatEndsTheClearingDoesNotLeaveTheNextOneInATrap(String delivery) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = connect(delivery);
      as(
          ALICE,
          () -> {
            execute(
                connection,
                "do $$ begin for i in 1..300 loop execute 'create temporary table t' || i"
                    + " || ' (n int)'; end loop; end $$");
            execute(connection, "create temporary table entry (note text)");
            execute(
                connection,
                "create trigger trap before insert on pg_temp.entry"
                    + " for each row execute function trap()");
            execute(connection, "set statement_timeout = 2");
          });
      connection.setAutoCommit(autocommit);
      SQLException ended = as(BOB, () -> failure(() -> insert(connection, "bob")));
      assertThat(Percred.codeOf(ended)).isEqualTo("PERCRED-220");
      assertThat(connection.isClosed()).isTrue();
      assertThat(trail()).as("autocommit " + autocommit).isEmpty();
    }
  }
}

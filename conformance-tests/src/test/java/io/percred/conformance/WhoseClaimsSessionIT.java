package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose the session is in mode claims, where roles and claims are part of who somebody is. */
class WhoseClaimsSessionIT extends ClaimsCallers {
  private static final String PATH = "show search_path";
  private static final String CLEAN = "\"$user\", public";
  private static final String LEFT =
      "select count(*) from pg_class where relname = 'scratch' and relpersistence = 't'";

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void whoIsRefusedOwnsNothing(String mode) throws Exception {
    String token = withRole("web_red").token();
    Caller forged = Caller.of(Credential.of(token.substring(0, token.length() - 4) + "AAAA"));
    Caller roleless = Caller.of(token("{\"sub\":\"somebody\",\"role\":\"none\"}"));
    for (Caller refused : List.of(forged, roleless, Caller.NONE)) {
      Connection connection = claims("preferQueryMode", mode);
      assertThat(asked(connection, withRole("web_red"), PATH)).isEqualTo(CLEAN);
      connection.setAutoCommit(false);
      as(
          refused,
          () -> {
            execute(connection, "set search_path = other");
            assertThat(failure(() -> execute(connection, "lock table entry")).getSQLState())
                .startsWith("28");
            connection.rollback();
            execute(connection, "set search_path = other");
            connection.commit();
            connection.setAutoCommit(true);
            if (mode.equals("simple")) {
              execute(connection, "select 1; set search_path = other");
            }
          });
      assertThat(asked(connection, withRole("web_red"), PATH)).isEqualTo(CLEAN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void sessionControlInAnotherRolesTransactionIsRefused(String mode) throws Exception {
    Connection connection = claims("preferQueryMode", mode);
    connection.setAutoCommit(false);
    assertThat(asked(connection, withRole("web_red"), ROLE)).isEqualTo("web_red");
    SQLException refused =
        as(
            withRole("web_blue"),
            () -> {
              return failure(() -> execute(connection, "set search_path = other"));
            });
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-201");
    connection.rollback();
    assertThat(asked(connection, withRole("web_red"), PATH)).isEqualTo(CLEAN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void otherClaimsAreAnotherOwnerAndAnotherTokenIsNot(String mode) throws Exception {
    database.asSuperuser(
        "grant temporary on database " + database.name() + " to web_red, web_blue");
    Connection connection = claims("preferQueryMode", mode);
    as(of("acme", 1), () -> execute(connection, "create temporary table scratch as select 1 as n"));
    assertThat(asked(connection, of("acme", 2), LEFT)).isEqualTo("1");
    assertThat(asked(connection, of("globex", 1), LEFT)).isEqualTo("0");
    assertThat(asked(connection, of("acme", 1), LEFT)).isEqualTo("0");
  }

  private static Credential of(String org, int number) throws Exception {
    return token(
        "{\"sub\":\"somebody\",\"role\":\"web_red\",\"org\":\""
            + org
            + "\",\"jti\":\""
            + number
            + "\"}");
  }
}

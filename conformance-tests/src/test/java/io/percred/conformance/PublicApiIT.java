package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A public API whose policies, functions and hook were written for PostgREST. */
class PublicApiIT extends PostgresIT {
  private static final String CONTACTS = "select name from api.contact order by id";

  private PublicApi api;
  private Connection connection;

  @BeforeEach
  void openConnection() throws Exception {
    assumeTrue(server.majorVersion() >= 15, "PostgreSQL 14 has no security_invoker views");
    api = PublicApi.in(database);
    Properties properties = PublicApi.properties();
    properties.setProperty("percred.pre-request", "private.validate_token");
    connection =
        closing(
            DriverManager.getConnection(
                "jdbc:percred:" + server.url(database.name()).substring("jdbc:".length()),
                properties));
  }

  @Test
  void callerSeesTheRowsOfItsOwnOrganisationOnly() throws Exception {
    Credential alice = api.mint("alice");
    Credential bob = api.mint("bob");
    for (int i = 0; i < 3; i++) {
      as(program(alice), () -> assertThat(askAll(connection, CONTACTS)).contains("Ines", "Ivar"));
      as(
          program(bob),
          () -> assertThat(askAll(connection, CONTACTS)).containsExactly("Jane", "Jonas"));
    }
    as(
        program(bob),
        () ->
            assertThat(askAll(connection, "select distinct organisation_id::text from contact"))
                .hasSize(1));
  }

  @Test
  void insertTakesTheOrganisationOfTheToken() throws Exception {
    connection.setAutoCommit(false);
    as(
        program(api.mint("alice")),
        () -> {
          execute(connection, "insert into api.contact (name) values ('Iris')");
          assertThat(askAll(connection, CONTACTS)).contains("Iris");
          connection.commit();
        });
    assertThat(
            database.value(
                """
                select o.name from contact c join organisation o on o.id = c.organisation_id
                where c.name = 'Iris'
                """))
        .isEqualTo("Aster Ltd");
    as(
        program(api.mint("bob")),
        () -> {
          assertThat(askAll(connection, CONTACTS)).doesNotContain("Iris");
          assertFails(
              "42501",
              () ->
                  execute(
                      connection, "insert into contact (organisation_id, name) values (1, 'X')"));
          connection.rollback();
        });
    database.asSuperuser("delete from contact where name = 'Iris'");
  }

  @Test
  void timeoutOfTheRoleEndsAStatement() throws Exception {
    as(
        program(api.mint("alice")),
        () -> {
          long start = System.nanoTime();
          assertFails("57014", () -> ask(connection, "select pg_sleep(5)"));
          assertThat(Duration.ofNanos(System.nanoTime() - start))
              .isBetween(Duration.ofMillis(1900), Duration.ofMillis(4500));
        });
    as(
        new Caller(api.login("alice"), java.util.Map.of(), null),
        () ->
            assertThat(ask(connection, "select current_setting('statement_timeout')"))
                .isEqualTo("0"));
  }

  @Test
  void revokedTokenFailsInTheVeryNextTransaction() throws Exception {
    Credential token = api.mint("alice");
    String backend = as(program(token), () -> ask(connection, "select pg_backend_pid()"));
    connection.setAutoCommit(false);
    as(
        program(token),
        () -> {
          assertThat(askAll(connection, CONTACTS)).hasSize(3);
          api.revoke(token);
          // Verified once per transaction, as under PostgREST.
          assertThat(askAll(connection, CONTACTS)).hasSize(3);
          connection.commit();
          SQLException revoked = failure(() -> askAll(connection, CONTACTS));
          assertThat(revoked.getSQLState()).isEqualTo("PT401");
          assertThat(revoked.getMessage())
              .isEqualTo(
                  "ERROR: This token was revoked\n  Where:"
                      + " PL/pgSQL function private.validate_token() line 11 at RAISE");
          assertFails("25P02", () -> askAll(connection, CONTACTS));
          connection.rollback();
        });
    connection.setAutoCommit(true);
    as(program(token), () -> assertFails("PT401", () -> askAll(connection, CONTACTS)));
    as(
        program(api.mint("alice")),
        () -> assertThat(ask(connection, "select pg_backend_pid()")).isEqualTo(backend));
  }

  @Test
  void requestWithoutTheHeaderOfTheProxyFails() throws Exception {
    Credential token = api.mint("alice");
    for (Caller caller :
        new Caller[] {
          PublicApi.through(null, token), PublicApi.through("a guess", token), Caller.of(token)
        }) {
      as(
          caller,
          () -> {
            assertFails("PT403", () -> askAll(connection, CONTACTS));
            assertFails(
                "PT403",
                () -> execute(connection, "insert into api.contact (name) values ('refused')"));
          });
    }
    assertThat(database.column("select name from contact")).doesNotContain("refused");
  }

  @Test
  void personBesideItIsNotAffected() throws Exception {
    Credential token = api.mint("alice");
    api.revoke(token);
    Credential person = api.login("alice");
    for (int i = 0; i < 2; i++) {
      as(program(token), () -> assertFails("PT401", () -> askAll(connection, CONTACTS)));
      as(
          Caller.of(person),
          () -> {
            assertThat(askAll(connection, CONTACTS)).containsExactly("Ines", "Ivar", "Ida");
            assertThat(ask(connection, "select current_user")).isEqualTo("authenticated");
          });
    }
  }

  private static Caller program(Credential token) {
    return PublicApi.through(PublicApi.PROXY_SECRET, token);
  }

  /** Does the work on behalf of a caller of whom more than the credential is known. */
  static <T> T as(Caller caller, Work<T> work) throws Exception {
    CallerScope scope = CallerContext.open(caller);
    try {
      return work.run();
    } finally {
      scope.close();
    }
  }

  /** Does the work on behalf of a caller of whom more than the credential is known. */
  static void as(Caller caller, Action work) throws Exception {
    CallerScope scope = CallerContext.open(caller);
    try {
      work.run();
    } finally {
      scope.close();
    }
  }
}

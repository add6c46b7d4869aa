package io.percred.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The database itself acts for the caller: while rows are fetched it calls a web service with the
 * credential in the setting. The service is real HTTP, and says which credential it saw.
 */
class ForeignCallIT extends PostgresIT {
  private static final String ONE_ROW = "select upstream_row(%d)";
  private UpstreamServer upstream;

  @BeforeEach
  void startUpstream() throws Exception {
    assumeTrue(server.log() != null, "the server must be able to start a program of this machine");
    upstream = closing(UpstreamServer.start());
    try (InputStream script = getClass().getResourceAsStream("/upstream.sql")) {
      String sql = new String(Objects.requireNonNull(script).readAllBytes(), UTF_8);
      database.asSuperuser(
          "drop table if exists upstream_service, upstream_token cascade;"
              + " drop function if exists upstream_header, upstream_row, pin_upstream_token;"
              + " do $$ begin if to_regrole('upstream_vault') is not null then"
              + " drop owned by upstream_vault; drop role upstream_vault; end if; end $$");
      database.asSuperuser(sql.replace("{0}", upstream.url()).replace("{1}", client()));
    }
  }

  @Test
  void serviceSeesTheTokenOfEachCaller() throws Exception {
    Connection connection = connect();

    assertThat(as(ALICE, () -> ask(connection, ONE_ROW.formatted(1)))).isEqualTo("row of /rows/1");
    assertThat(as(BOB, () -> ask(connection, ONE_ROW.formatted(2)))).isEqualTo("row of /rows/2");

    assertThat(upstream.requests())
        .containsExactly("/rows/1 Bearer token-of-alice", "/rows/2 Bearer token-of-bob");
  }

  @Test
  void serviceSeesTheCallerOfEachTransaction() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> ask(connection, ONE_ROW.formatted(1)));
    as(ALICE, () -> ask(connection, ONE_ROW.formatted(2)));
    connection.commit();
    as(BOB, () -> ask(connection, ONE_ROW.formatted(3)));
    connection.rollback();
    assertRefused(() -> ask(connection, ONE_ROW.formatted(4)));

    assertThat(upstream.requests())
        .containsExactly(
            "/rows/1 Bearer token-of-alice",
            "/rows/2 Bearer token-of-alice",
            "/rows/3 Bearer token-of-bob");
  }

  @Test
  void serviceSeesTheCallerWhileACursorIsBeingFetched() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1);
            try (ResultSet rows =
                statement.executeQuery("select upstream_row(n) from generate_series(1, 4) n")) {
              for (int n = 1; n <= 4; n++) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("row of /rows/" + n);
                // Later rows were not asked for before they were fetched.
                assertThat(upstream.requests())
                    .hasSize(n)
                    .last()
                    .isEqualTo("/rows/" + n + " Bearer token-of-alice");
                insert(connection, "between fetches");
              }
              assertThat(rows.next()).isFalse();
            }
          }
          connection.commit();
        });
    as(BOB, () -> ask(connection, ONE_ROW.formatted(5)));
    assertThat(upstream.requests()).hasSize(5).last().isEqualTo("/rows/5 Bearer token-of-bob");
  }

  @Test
  void serviceSeesTheStaticCredentialWhenTheSettingIsEmpty() throws Exception {
    Connection connection = connect("percred.on-missing=shared");

    as(ALICE, () -> ask(connection, ONE_ROW.formatted(1)));
    ask(connection, ONE_ROW.formatted(2));

    assertThat(upstream.requests())
        .containsExactly("/rows/1 Bearer token-of-alice", "/rows/2 Bearer static-credential");
  }

  @Test
  void functionPinsTheUpstreamTokenOfTheCaller() throws Exception {
    Connection connection = connectForTransactions();
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB}) {
      as(
          caller,
          () -> {
            ask(connection, "select pin_upstream_token()");
            ask(connection, "select upstream_row(1, 'app.upstream_token')");
          });
      connection.commit();
    }
    as(ALICE, () -> ask(connection, "select upstream_row(2, 'app.upstream_token')"));
    connection.commit();
    as(ALICE, () -> assertFails("42501", () -> ask(connection, "table upstream_token")));
    connection.rollback();

    assertThat(upstream.requests())
        .containsExactly(
            "/rows/1 Bearer upstream-token-of-alice",
            "/rows/1 Bearer upstream-token-of-bob",
            "/rows/2 Bearer static-credential");
  }

  private static String client() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path classes =
        Path.of(UpstreamClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return "\""
        + java
        + "\" -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp \""
        + classes
        + "\" "
        + UpstreamClient.class.getName();
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.rig.PostgresServer;
import io.percred.session.SessionSnapshot;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Logins whose tokens somebody else judges: the database keeps no password of these roles. */
@Timeout(120)
@ExtendWith(TrustedUrls.class)
abstract class RemoteLoginIT {
  static final String ALICE = "login_alice";
  static final String BOB = "login_bob";

  /** Whoever judges tokens. */
  interface Judge {
    /** From now on this is the user's token, and no other. */
    void accept(String user, String token) throws Exception;

    /** From now on no token of the user's is good. */
    void revoke(String user) throws Exception;
  }

  abstract PostgresServer server();

  abstract Judge judge();

  /** A token of the largest size that can be judged. */
  abstract String tokenOf(String user);

  static void createRoles(PostgresServer server) throws SQLException {
    server.execute("postgres", "create role " + ALICE + " login; create role " + BOB + " login");
  }

  @Test
  void callersAreWhoTheirTokensSayAndARevokedOneOpensNothing() throws Exception {
    judge().accept(ALICE, tokenOf(ALICE));
    judge().accept(BOB, tokenOf(BOB));
    try (PercredDataSource source = source("percred.sessions.idle-timeout=0");
        Connection handle = source.getConnection()) {
      assertThat(userSeenBy(handle, caller(ALICE))).isEqualTo(ALICE + " true");
      assertThat(userSeenBy(handle, caller(BOB))).isEqualTo(BOB + " true");

      judge().revoke(ALICE);
      assertDenied(handle, caller(ALICE));
      assertThat(userSeenBy(handle, caller(BOB))).isEqualTo(BOB + " true");

      SessionSnapshot now = handle.unwrap(SessionSnapshot.class);
      assertThat(now.opened()).isEqualTo(now.closed() + now.live());
      assertThat(now.failedOpens()).isOne();
    }
    assertThat(sessions()).isZero();
  }

  @Test
  void tokenOfSomebodyElseIsDenied() throws Exception {
    judge().accept(ALICE, tokenOf(ALICE));
    judge().accept(BOB, tokenOf(BOB));
    try (PercredDataSource source = source();
        Connection handle = source.getConnection()) {
      assertDenied(handle, withClaim(tokenOf(BOB), ALICE));
      assertThat(userSeenBy(handle, caller(ALICE))).isEqualTo(ALICE + " true");
    }
  }

  final PercredDataSource source(String... parameters) {
    PercredDataSource source = new PercredDataSource();
    source.setUrl(
        "jdbc:percred:"
            + server().url("postgres").substring("jdbc:".length())
            + "?percred.mode=login&percred.login.user-claim=role&sslmode=verify-full&sslrootcert="
            + server().certificateAuthority()
            + (parameters.length == 0 ? "" : "&" + String.join("&", parameters)));
    return source;
  }

  final Credential caller(String user) {
    return withClaim(tokenOf(user), user);
  }

  private static Credential withClaim(String token, String user) {
    return Credential.of(token, user).withClaims(Map.of("role", user));
  }

  /** Whom the database sees, and whether over TLS. The session is given back afterwards. */
  static String userSeenBy(Connection handle, Credential caller) throws Exception {
    String seen =
        PostgresIT.as(
            caller,
            () ->
                PostgresIT.ask(
                    handle,
                    "select current_user || ' ' || ssl from pg_stat_ssl where pid ="
                        + " pg_backend_pid()"));
    handle.endRequest();
    return seen;
  }

  static SQLException assertDenied(Connection handle, Credential caller) {
    SQLException denied = PostgresIT.failure(() -> userSeenBy(handle, caller));
    assertThat(Percred.codeOf(denied)).as(denied.getMessage()).isEqualTo("PERCRED-230");
    assertThat(denied.getSQLState()).isEqualTo("28000");
    assertThat(denied.getMessage()).doesNotContain(caller.token());
    return denied;
  }

  /** Sessions of callers that the server still has, once those that are ending have ended. */
  final int sessions() throws SQLException {
    try (Connection connection = server().connect("postgres", server().superuser())) {
      String count = "select count(*) from pg_stat_activity where usename::text like 'login%'";
      long deadline = System.nanoTime() + 10_000_000_000L;
      String left = PostgresIT.ask(connection, count);
      while (!left.equals("0") && System.nanoTime() < deadline) {
        left = PostgresIT.ask(connection, count);
      }
      return Integer.parseInt(left);
    }
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.rig.PostgresServer;
import io.percred.runtime.ChosenInCode;
import io.percred.runtime.ConnectionOpener;
import io.percred.runtime.ConnectionRequest;
import io.percred.runtime.RuntimeRegistry;
import io.percred.session.SessionSnapshot;
import io.percred.spi.Credential;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Tests of {@code percred.mode=login} with roles whose passwords are tokens. After each of them no
 * session of a caller is left at the server.
 */
abstract class LoginIT extends PostgresIT {
  static final String CURRENT_USER = "select current_user";
  static final String BACKEND = "select pg_backend_pid()";
  static final List<String> ROLES = List.of("login_alice", "login_bob", "login_carol");

  final MovableClock clock = new MovableClock();
  private final RuntimeRegistry registry = new RuntimeRegistry();

  @BeforeEach
  void createRoles() throws SQLException {
    for (String role : ROLES) {
      database.asSuperuser(
          "do $$ begin create role "
              + role
              + "; exception when duplicate_object then null; end $$;"
              + "alter role "
              + role
              + " login password '"
              + tokenOf(role)
              + "'");
    }
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    closeWhatWasOpened();
    registry.close();
    awaitSessions(0);
  }

  /** The token that is the role's password. */
  static String tokenOf(String role) {
    return "token-of-" + role + "-which-is-long-enough-to-be-one";
  }

  /** A caller whose claims name the role. */
  static Credential caller(String role) {
    return callerWith(tokenOf(role), role);
  }

  static Credential callerWith(String token, String role) {
    return Credential.of(token, role).withClaims(Map.of("db", Map.of("role", role)));
  }

  /** percred's URL for logins with TLS, in which the claims name the role. */
  final String loginUrl(String... parameters) {
    return loginUrlOf(vendorUrl(), parameters);
  }

  static String loginUrlOf(String vendorUrl, String... parameters) {
    String own = parameters.length == 0 ? "" : "&" + String.join("&", parameters);
    return "jdbc:percred:"
        + vendorUrl.substring("jdbc:".length())
        + "?percred.mode=login&sslmode=require&percred.login.user-claim=db.role"
        + own;
  }

  /** A handle whose time is the test's. */
  final Connection handle(String... parameters) throws SQLException {
    return handle(new Properties(), ChosenInCode.NOTHING, loginUrl(parameters));
  }

  final Connection handle(Properties properties, ChosenInCode chosen, String url)
      throws SQLException {
    return closing(
        new ConnectionOpener(registry, clock).open(new ConnectionRequest(url, properties, chosen)));
  }

  /** A DataSource of these handles; its sessions end with it. */
  final PercredDataSource dataSource(String... parameters) {
    PercredDataSource source = closing(new PercredDataSource());
    source.setUrl(loginUrl(parameters));
    return source;
  }

  static SessionSnapshot snapshot(Connection handle) throws SQLException {
    return handle.unwrap(SessionSnapshot.class);
  }

  /** Sessions of callers, as the server counts them. */
  final int sessions() throws SQLException {
    return Integer.parseInt(
        database.value(
            "select count(*) from pg_stat_activity where usename::text like 'login\\_%'"));
  }

  /** A backend ends a moment after its connection. */
  final void awaitSessions(int expected) throws SQLException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (sessions() != expected && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(sessions()).isEqualTo(expected);
  }

  /** Asserts that the work is refused with one of percred's own errors. */
  static SQLException assertCode(String code, String sqlState, Action work) {
    SQLException failed = failure(work::run);
    assertThat(Percred.codeOf(failed)).as(failed.getMessage()).isEqualTo(code);
    assertThat(failed.getSQLState()).isEqualTo(sqlState);
    for (String role : ROLES) {
      assertThat(failed.getMessage()).doesNotContain(tokenOf(role));
    }
    return failed;
  }

  /** Rows of a result, one text each. */
  static List<String> rows(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    }
  }

  /** The vendor's URL of the test's database. */
  final String vendorUrl() {
    return server.url(database.name());
  }

  final String rootCertificate() {
    return "sslrootcert=" + Objects.requireNonNull(server.certificateAuthority());
  }

  /** The static login of the application. */
  static Properties staticLogin() {
    Properties login = new Properties();
    login.setProperty("user", PostgresServer.APP.user());
    login.setProperty("password", PostgresServer.APP.password());
    return login;
  }

  /** Keeps a token until it hears that the database did not take it. */
  static final class Keeper implements TokenSupplier {
    int fetched;
    private final String role;
    private final List<String> tokens;
    private @Nullable Credential kept;

    /** Fetches these tokens, one after the other. */
    Keeper(String role, String... tokens) {
      this.role = role;
      this.tokens = List.of(tokens);
    }

    @Override
    public Credential supply(SupplyContext context) {
      Credential token = kept;
      if (token == null) {
        token = callerWith(tokens.get(fetched++), role);
        kept = token;
      }
      return token;
    }

    @Override
    public boolean rejected(Credential credential) {
      boolean own = credential.equals(kept);
      kept = own ? null : kept;
      return own;
    }

    @Override
    public boolean mayBlock() {
      return false;
    }

    @Override
    public boolean dependsOnCaller() {
      return false;
    }
  }
}

package io.percred.conformance;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.TokenSupplier;
import io.percred.spi.Verdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * Tests in which several callers, some of whom are refused, use one physical connection in turn: as
 * it is, through a pool, or through a pool and the decorator.
 */
abstract class SeveralCallersIT extends SessionStateIT {
  static final Credential CAROL = Credential.of("token-of-carol", "carol");

  /** Those who get nothing bound: a verifier denies the first, there is no token of the others. */
  static final Map<String, Caller> REFUSED =
      Map.of(
          "forged",
          Caller.of(Credential.of("forged", "alice")),
          "blank",
          Caller.of(Credential.of("  ", "alice")),
          "absent",
          Caller.NONE);

  /** Tokens that the verifier denies from now on. */
  final Set<String> denied = ConcurrentHashMap.newKeySet();

  /** How often the verifier was asked about a token. */
  final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());

  private final CredentialVerifier verifier =
      (credential, target) -> {
        asked.add(credential.token());
        return denied.contains(credential.token())
            ? new Verdict.Denied("test", "it is forged or revoked")
            : new Verdict.Accepted(credential);
      };

  /** What the application gets its connections from. */
  enum Given {
    ONE_CONNECTION,
    POOL,
    DECORATED_POOL
  }

  /**
   * A way to use the database.
   *
   * @param mode how the driver sends statements
   * @param given where connections come from
   * @param parameters of the URL
   */
  record Way(String mode, Given given, List<String> parameters) {
    boolean isSimple() {
      return mode.equals("simple");
    }
  }

  /** Every way. */
  static Stream<Way> ways() {
    return Stream.of("extended", "simple")
        .flatMap(
            mode ->
                Stream.of(Given.values())
                    .flatMap(
                        given ->
                            Stream.of("bind", "function-call")
                                .map(
                                    delivery ->
                                        new Way(
                                            mode,
                                            given,
                                            List.of(
                                                "percred.delivery=" + delivery,
                                                "sslmode="
                                                    + (delivery.equals("bind")
                                                        ? "disable"
                                                        : "prefer"))))));
  }

  /** The ways in which texts of several statements arrive as one. */
  static Stream<Way> simpleWays() {
    return ways().filter(Way::isSimple);
  }

  /** Work with a connection. */
  @FunctionalInterface
  interface Use<T> {
    T of(Connection connection) throws Exception;
  }

  /** Work with a connection that gives nothing. */
  @FunctionalInterface
  interface Act {
    void on(Connection connection) throws Exception;
  }

  /** One physical connection, used by whoever is calling. */
  final class Shared {
    private final DataSource source;
    private final boolean closes;

    Shared(DataSource source, boolean closes) {
      this.source = source;
      this.closes = closes;
    }

    /** Does the work on behalf of a caller, with autocommit on; null: nobody is calling. */
    <T> T use(@Nullable Caller caller, Use<T> work) throws Exception {
      CallerScope scope = caller == null ? null : CallerContext.open(caller);
      try {
        Connection connection = source.getConnection();
        try {
          return work.of(connection);
        } finally {
          if (closes) {
            connection.close();
          } else if (!connection.isClosed()) {
            connection.setAutoCommit(true);
          }
        }
      } finally {
        if (scope != null) {
          scope.close();
        }
      }
    }

    void act(@Nullable Caller caller, Act work) throws Exception {
      use(
          caller,
          connection -> {
            work.on(connection);
            return true;
          });
    }

    void act(Credential caller, Act work) throws Exception {
      act(Caller.of(caller), work);
    }

    String ask(Credential caller, String query) throws Exception {
      return use(Caller.of(caller), connection -> PostgresIT.ask(connection, query));
    }
  }

  @BeforeEach
  void prepareEvil() throws SQLException {
    denied.clear();
    denied.add("forged");
    asked.clear();
    database.asSuperuser(
        """
        create schema if not exists evil;
        create table if not exists evil.entry (
          id int generated by default as identity primary key, note text);
        truncate evil.entry;
        grant all on schema evil to public;
        grant all on evil.entry to public;
        """);
  }

  /** One physical connection, opened by nobody in particular. */
  final Shared shared(Way way, String... more) throws SQLException {
    return shared(way, null, more);
  }

  /** One physical connection whose tokens a supplier gives. */
  final Shared shared(Way way, @Nullable TokenSupplier supplier, String... more)
      throws SQLException {
    List<String> parameters = new ArrayList<>(way.parameters());
    parameters.add("preferQueryMode=" + way.mode());
    parameters.addAll(List.of(more));
    PercredDataSource source = new PercredDataSource();
    source.setUrl(url(parameters.toArray(String[]::new)));
    source.setProperties(appLogin());
    source.setCredentialVerifier(verifier);
    if (supplier != null) {
      source.setTokenSupplier(supplier);
    }
    closing(source);
    if (way.given() == Given.ONE_CONNECTION) {
      return new Shared(new OneConnection(closing(source.getConnection())), false);
    }
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(10_000);
    HikariDataSource pool = closing(new HikariDataSource(config));
    return new Shared(
        way.given() == Given.POOL ? pool : closing(PercredDataSource.wrap(pool)), true);
  }

  /** What is in the table that nobody should write to. */
  final List<String> misplaced() throws SQLException {
    return database.column("select note from evil.entry order by id");
  }
}

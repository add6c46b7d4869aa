package io.percred.conformance;

import io.percred.contract.CallerContract;
import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** The contract of every adapter, on every chosen PostgreSQL. */
@ParameterizedClass(name = "{0}", autoCloseArguments = false)
@ArgumentsSource(PostgresVersions.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the field.
class PostgresCallerIT extends CallerContract {
  @Parameter PostgresServer server;

  @Override
  protected Connection connect() throws SQLException {
    TestDatabase database = TestDatabase.of(server, getClass());
    return DriverManager.getConnection(
        PostgresIT.percredUrl(server.url(database.name())), PostgresIT.appLogin());
  }

  @Override
  protected List<Credential> callers() {
    return List.of(PostgresIT.ALICE, PostgresIT.BOB);
  }

  @Override
  protected String whoQuery() {
    return PostgresIT.WHO;
  }

  @Override
  protected String expected(Credential caller) {
    return caller.token();
  }
}

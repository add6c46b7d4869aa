package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.PercredDataSource;
import io.percred.contract.CallerContract;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of every adapter, on the emulator or, where {@code PERCRED_SNOWFLAKE_URL} names one,
 * on an account.
 */
@Tag("snowflake")
@Timeout(300)
class SnowflakeContractIT extends CallerContract {
  private static SnowflakeAccount account;
  private PercredDataSource source;

  @BeforeAll
  static void choose() throws Exception {
    account = SnowflakeAccount.chosen();
  }

  @AfterAll
  static void leave() {
    account.close();
  }

  @BeforeEach
  void configure() {
    source = new PercredDataSource();
    source.setUrl(account.url());
  }

  @AfterEach
  void nothingIsLeftOpen() {
    source.close();
    if (account.emulator() != null) {
      assertThat(account.emulator().counters().live()).isZero();
    }
  }

  @Override
  protected Connection connect() throws SQLException {
    return source.getConnection();
  }

  @Override
  protected List<Credential> callers() {
    return account.callers();
  }

  @Override
  protected String whoQuery() {
    return "select current_user()";
  }

  @Override
  protected String expected(Credential caller) {
    return caller.principal().toUpperCase(Locale.ROOT);
  }
}

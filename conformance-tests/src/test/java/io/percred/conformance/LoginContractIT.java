package io.percred.conformance;

import io.percred.contract.CallerContract;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** The contract of every adapter, in mode login. */
class LoginContractIT extends LoginIT {
  @Nested
  class OfEveryAdapter extends CallerContract {
    @Override
    protected Connection connect() throws SQLException {
      return handle();
    }

    @Override
    protected List<Credential> callers() {
      return List.of(caller("login_alice"), caller("login_bob"));
    }

    @Override
    protected String whoQuery() {
      return CURRENT_USER;
    }

    @Override
    protected String expected(Credential caller) {
      return caller.principal();
    }
  }
}

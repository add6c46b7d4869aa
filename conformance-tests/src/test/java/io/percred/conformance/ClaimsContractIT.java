package io.percred.conformance;

import io.percred.contract.CallerContract;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;

/** The contract of every adapter, in mode claims. */
class ClaimsContractIT extends ClaimsCallers {
  private Credential red;
  private Credential blue;

  @BeforeEach
  void signTokens() throws Exception {
    red = withRole("web_red");
    blue = withRole("web_blue");
  }

  @Nested
  class OfEveryAdapter extends CallerContract {
    @Override
    protected Connection connect() throws SQLException {
      return claims();
    }

    @Override
    protected List<Credential> callers() {
      return List.of(red, blue);
    }

    @Override
    protected String whoQuery() {
      return ROLE;
    }

    @Override
    protected String expected(Credential caller) {
      return caller.equals(red) ? "web_red" : "web_blue";
    }
  }
}

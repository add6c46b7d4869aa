package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a vendor may say beyond opening sessions, and what becomes of a denied credential. */
class SessionVendorTest extends OneHandle<SessionVendorTest.Telling> {
  private static final String ISOLATION =
      "select isolation_level from information_schema.sessions where session_id = session_id()";

  @Override
  Telling newVendor() throws SQLException {
    return new Telling("ALICE");
  }

  @Override
  SessionBounds bounds() {
    return new SessionBounds(
        4, 4, Duration.ofMinutes(2), Duration.ofHours(1), Duration.ofSeconds(10), Duration.ZERO);
  }

  @Test
  void deniedTokenThatItsSupplierRenewsIsReplacedOnce() throws SQLException {
    context.call(Credential.of("old", "ALICE"));
    context.renewals.put("old", vendor.credential("ALICE"));

    assertThat(query(WHO)).isEqualTo("ALICE");
    assertThat(vendor.logins).hasValue(2);
    assertThat(pool.snapshot().failedOpens()).isOne();
  }

  @Test
  void tokenThatIsRenewedInVainIsDenied() {
    context.call(Credential.of("old", "ALICE"));
    context.renewals.put("old", Credential.of("new", "ALICE"));
    context.renewals.put("new", vendor.credential("ALICE"));

    assertThatThrownBy(() -> query(WHO))
        .isInstanceOf(SQLInvalidAuthorizationSpecException.class)
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .singleElement()
                    .isInstanceOf(SQLInvalidAuthorizationSpecException.class));
    assertThat(vendor.logins).hasValue(2);
  }

  @Test
  void deniedTokenIsNotTriedAgain() {
    Credential denied = Credential.of("denied", "ALICE");
    context.call(denied);
    assertThatThrownBy(() -> query(WHO)).isInstanceOf(SQLException.class);
    assertThat(vendor.logins).hasValue(1);

    context.renewals.put("denied", denied);
    assertThatThrownBy(() -> query(WHO)).isInstanceOf(SQLException.class);
    assertThat(vendor.logins).as("renewed to the same token").hasValue(2);
  }

  @Test
  void credentialsOfOneCallerThatOpenDifferentSessionsDoNotShareThem() throws SQLException {
    Credential alice = vendor.credential("ALICE");
    for (String shape : List.of("one", "two", "one")) {
      context.call(alice.withClaims(Map.of("shape", shape)));
      assertThat(query(WHO)).isEqualTo("ALICE");
      handle.endRequest();
    }
    assertThat(vendor.logins).hasValue(2);
  }

  @Test
  void credentialThatCanOpenNoSessionIsRefusedBeforeAnythingIsOpened() {
    context.call(vendor.credential("ALICE").withClaims(Map.of("shape", "none")));

    assertThatThrownBy(() -> query(WHO)).hasMessage("no shape");
    assertThat(vendor.logins).hasValue(0);
  }

  @Test
  void presumedPropertyIsToldWithoutASessionAndAskedForWithOne() throws SQLException {
    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(vendor.logins).hasValue(0);
    query(WHO);
    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);

    handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(query(ISOLATION)).as("not left out").isEqualTo("SERIALIZABLE");
  }

  @Test
  void vendorRestoresWhatAHandleHadSet() throws SQLException {
    vendor.asAdmin("create schema other");
    handle.setSchema("OTHER");
    assertThat(query(SCHEMA)).isEqualTo("OTHER");
    handle.close();

    handle = newHandle();
    assertThat(query(SCHEMA)).isEqualTo("PUBLIC");
    assertThat(vendor.restored).containsExactly("SCHEMA=PUBLIC");
    assertThat(vendor.logins).hasValue(1);
  }

  @Test
  void propertyIsNotSetWithinATransactionThatTheCallerMayRollBack() throws SQLException {
    vendor.asAdmin("create schema other");
    handle.setAutoCommit(false);
    query(WHO);
    handle.rollback();
    handle.setSchema("OTHER");
    assertThat(query(SCHEMA)).isEqualTo("OTHER");
    handle.close();

    handle = newHandle();
    handle.setAutoCommit(false);
    assertThat(query(SCHEMA)).isEqualTo("PUBLIC");
    assertThat(vendor.restored).containsExactly("SCHEMA=PUBLIC");
    handle.rollback();
  }

  @Test
  void statementThatMayHaveRunIsNotRepeated() throws SQLException {
    PreparedStatement statement = handle.prepareStatement(WHO);
    vendor.mayHaveRun = true;
    vendor.killSessions();

    assertThatThrownBy(statement::executeQuery)
        .isInstanceOfSatisfying(
            SQLException.class,
            lost -> {
              assertThat(lost.getSQLState()).isEqualTo("40003");
              assertThat(lost.getMessage()).contains("whether the statement ran is not known");
            });
    assertThat(query(WHO)).isEqualTo("ALICE");
    assertThat(vendor.logins).hasValue(2);
  }

  @Test
  void statementWhoseBatchMayHaveRunTakesAnother() throws SQLException {
    vendor.mayHaveRun = true;
    try (PreparedStatement batch = handle.prepareStatement("select cast(? as int)")) {
      batch.setInt(1, 1);
      batch.addBatch();
      vendor.killSessions();
      assertThatThrownBy(batch::executeBatch)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-312"));

      batch.setInt(1, 2);
      try (ResultSet rows = batch.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(2);
      }
    }
  }

  /** A vendor with an opinion on everything that is left to it. */
  static final class Telling extends H2Vendor {
    final List<String> restored = new ArrayList<>();
    boolean mayHaveRun;

    Telling(String user) throws SQLException {
      super(user);
    }

    @Override
    public Map<JdbcProperty, Object> defaults() {
      return Map.of(JdbcProperty.AUTO_COMMIT, true, JdbcProperty.READ_ONLY, false);
    }

    @Override
    public boolean mayHaveRun(SQLException error, SqlEffect effect) {
      return mayHaveRun;
    }

    @Override
    public Object presumed(JdbcProperty property) {
      return Connection.TRANSACTION_SERIALIZABLE;
    }

    @Override
    public Object shapeOf(Credential credential) throws SQLException {
      Map<String, Object> claims = credential.claims();
      Object shape = claims == null ? "" : claims.getOrDefault("shape", "");
      if (shape.equals("none")) {
        throw new SQLException("no shape", "28000");
      }
      return shape;
    }

    @Override
    public void restore(Connection connection, JdbcProperty property, Object original)
        throws SQLException {
      restored.add(
          property + "=" + original + (connection.getAutoCommit() ? "" : " in a transaction"));
      super.restore(connection, property, original);
    }
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tokens that claim to be somebody's, and a supplier that asks the database who is calling. */
class ImpostorsIT extends ConfiguredIT {
  private static final String TABLE = "select to_regclass('pg_temp.scratch') is not null";

  @BothDeliveries
  void forgedSubjectFindsNothingOfTheSubjects(String delivery) throws Exception {
    Connection connection = connect(delivery);
    Credential real = Credential.of(unsigned("{\"sub\":\"alice\",\"n\":1}"));
    Credential forged = Credential.of(unsigned("{\"sub\":\"alice\",\"n\":2}"));
    as(real, () -> execute(connection, "create temporary table scratch (n int)"));

    assertThat(as(real, () -> ask(connection, TABLE))).isEqualTo("t");
    assertThat(as(forged, () -> ask(connection, TABLE))).isEqualTo("f");
    assertThat(as(forged, () -> who(connection))).isEqualTo(forged.token());
    as(forged, () -> insert(connection, "forged"));
    assertThat(entries()).containsExactly("forged:" + forged.token());
  }

  @BothDeliveries
  void forgedSignatureIsDeniedAndLeavesTheSessionTheSubjects(String delivery) throws Exception {
    Connection connection =
        closing(
            DriverManager.getConnection(
                url(delivery), login("percred.verifier", "jwt", "percred.jwt.secret", SECRET)));
    Instant expiry = Instant.now().plusSeconds(600);
    Credential real = signed(SECRET, "shop", expiry);
    Credential forged = signed("another passphrase of more than thirty-two bytes", "shop", expiry);
    as(real, () -> execute(connection, "create temporary table scratch (n int)"));
    int backend = seen(connection, real).backend();

    denied(connection, forged);

    assertThat(seen(connection, real)).isEqualTo(new Seen(real.token(), backend));
    assertThat(as(real, () -> ask(connection, TABLE))).isEqualTo("t");
    assertThat(entries()).isEmpty();
  }

  @Test
  void supplierThatUsesTheSamePoolIsRefused() throws Exception {
    AtomicReference<SQLException> inner = new AtomicReference<>();
    AtomicReference<HikariDataSource> itself = new AtomicReference<>();
    try (PercredDataSource source = new PercredDataSource()) {
      source.setUrl(url());
      source.setUser("app");
      source.setPassword(appLogin().getProperty("password"));
      source.setTokenSupplier(
          context -> {
            try (Connection connection = Objects.requireNonNull(itself.get()).getConnection()) {
              insert(connection, "by the supplier");
            } catch (SQLException e) {
              inner.set(e);
            }
            return context.caller().credential();
          });
      HikariConfig config = new HikariConfig();
      config.setDataSource(source);
      config.setMaximumPoolSize(2);
      try (HikariDataSource pool = new HikariDataSource(config);
          Connection connection = pool.getConnection()) {
        itself.set(pool);
        as(ALICE, () -> insert(connection, "by alice"));
      }
    }
    assertThat(Percred.codeOf(Objects.requireNonNull(inner.get()))).isEqualTo("PERCRED-105");
    assertThat(entries()).containsExactly("by alice:token-of-alice");
  }

  private static String unsigned(String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".";
  }
}

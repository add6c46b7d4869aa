package io.percred.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.session.SessionKey;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A session that cannot be asked for its user. */
class UserCheckTest {
  private static final Credential ALICE = Credential.of("token-of-alice", "alice");
  private final AtomicInteger live = new AtomicInteger();

  @Test
  void whateverTheDriverThrowsTheSessionIsClosed() throws SQLException {
    SnowflakeSessions sessions = sessions(new NoClassDefFoundError("UnsafeAllocationManager"));

    assertThatThrownBy(() -> sessions.open(SessionKey.of(ALICE, "shape"), ALICE))
        .isInstanceOf(NoClassDefFoundError.class);
    assertThat(live).hasValue(0);
  }

  @Test
  void sessionThatDoesNotAnswerIsAnOutageAndNoDenial() throws SQLException {
    SnowflakeSessions sessions = sessions(new SQLException("no answer", "08006", 200015));

    assertThatThrownBy(() -> sessions.open(SessionKey.of(ALICE, "shape"), ALICE))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-356");
              assertThat(e.getSQLState()).isEqualTo("58000");
            });
    assertThat(live).hasValue(0);
  }

  private SnowflakeSessions sessions(Throwable failure) throws SQLException {
    return new SnowflakeSessions(
        driver(failure),
        LoginProperties.of(
            "jdbc:snowflake://acme.snowflakecomputing.com/",
            new Properties(),
            Duration.ofSeconds(30)),
        new UserCheck(true, "sub"));
  }

  private Driver driver(Throwable failure) {
    return proxy(
        Driver.class,
        method -> {
          live.incrementAndGet();
          return proxy(
              Connection.class,
              called -> {
                if (called.equals("close")) {
                  live.decrementAndGet();
                  return null;
                }
                throw failure;
              });
        });
  }

  private interface Answer {
    @Nullable Object to(String method) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            UserCheckTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answer.to(method.getName())));
  }
}

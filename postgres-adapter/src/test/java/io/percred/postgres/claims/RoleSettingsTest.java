package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoleSettingsTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  private final List<Runnable> background = new ArrayList<>();
  private final HandClock clock = new HandClock();
  private int loads;
  private boolean failing;

  @Test
  void firstConnectionLoadsThemAndLaterOnesDoNot() throws Exception {
    RoleSettings settings = loaded(TTL);
    settings.connecting(this::load);
    assertThat(loads).isEqualTo(1);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "1"));
    assertThat(settings.of("other")).isEmpty();
    assertThat(background).isEmpty();
  }

  @Test
  void failureOfTheFirstLoadIsTheConnections() {
    failing = true;
    RoleSettings settings = new RoleSettings(TTL, clock, background::add);
    assertThatThrownBy(() -> settings.connecting(this::load)).isInstanceOf(SQLException.class);
    assertThat(settings.of("web")).isEmpty();
  }

  @Test
  void lastQuarterOfTheirTimeLoadsThemInTheBackground() throws Exception {
    RoleSettings settings = loaded(TTL);
    clock.advance(44);
    assertThat(settings.of("web")).hasSize(1);
    assertThat(background).isEmpty();
    clock.advance(1);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "1"));
    settings.of("web");
    assertThat(background).as("one at a time").hasSize(1);
    background.remove(0).run();
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "2"));
    clock.advance(44);
    settings.of("web");
    assertThat(background).isEmpty();
  }

  @Test
  void transactionWaitsWhenTheirTimeIsOver() throws Exception {
    RoleSettings settings = new RoleSettings(TTL, clock, Runnable::run);
    settings.connecting(this::load);
    clock.advance(60);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "2"));
  }

  @Test
  void oldOnesStayInForceWhileTheyCannotBeLoaded() throws Exception {
    RoleSettings settings = new RoleSettings(TTL, clock, Runnable::run);
    settings.connecting(this::load);
    failing = true;
    clock.advance(61);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "1"));
    assertThat(loads).isEqualTo(2);
    settings.of("web");
    assertThat(loads).as("not at every transaction").isEqualTo(2);
    clock.advance(5);
    settings.of("web");
    assertThat(loads).isEqualTo(3);
    failing = false;
    clock.advance(5);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "4"));
  }

  @Test
  void loginThatTheServerRefusedIsNotTriedAgainAndANewOneIs() throws Exception {
    RoleSettings settings = new RoleSettings(TTL, clock, Runnable::run);
    settings.connecting(this::load);
    settings.loggedIn(this::refuse);
    clock.advance(61);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "1"));
    assertThat(loads).isEqualTo(2);
    clock.advance(600);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "1"));
    assertThat(loads).as("the password is known to be dead").isEqualTo(2);
    settings.loggedIn(this::load);
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "3"));
  }

  @Test
  void loginThatTheServerHasNotAcceptedReadsNothing() throws Exception {
    RoleSettings settings = loaded(TTL);
    settings.connecting(this::refuse);
    clock.advance(60);
    settings.of("web");
    background.remove(0).run();
    assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "2"));
  }

  @Test
  void withoutTimeToLiveNothingIsApplied() throws Exception {
    RoleSettings settings = loaded(Duration.ZERO);
    assertThat(loads).as("for the warnings").isEqualTo(1);
    clock.advance(1000);
    assertThat(settings.of("web")).isEmpty();
    assertThat(background).isEmpty();
  }

  @Test
  void theirOwnThreadLoadsThem() throws Exception {
    try (RoleSettings settings = RoleSettings.lasting(TTL, clock)) {
      settings.connecting(this::load);
      clock.advance(60);
      assertThat(settings.of("web")).containsExactly(new RoleSetting("n", "2"));
    }
  }

  private RoleSettings loaded(Duration ttl) throws SQLException {
    RoleSettings settings = new RoleSettings(ttl, clock, background::add);
    settings.connecting(this::load);
    return settings;
  }

  private RoleSettings.Granted load() throws SQLException {
    loads++;
    if (failing) {
      throw new SQLException("down", "08001");
    }
    return new RoleSettings.Granted(
        "login", Map.of("web", List.of(new RoleSetting("n", String.valueOf(loads)))));
  }

  private RoleSettings.Granted refuse() throws SQLException {
    loads++;
    throw new SQLException("password authentication failed", "28P01");
  }

  private static final class HandClock extends Clock {
    private Instant now = Instant.EPOCH;

    void advance(long seconds) {
      now = now.plusSeconds(seconds);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}

package io.percred.postgres;

import io.percred.postgres.PostgresProperty.Mode;
import io.percred.session.SessionProperty;
import io.percred.spi.AdapterContext;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Settings;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which properties mean something in which mode: one that would be ignored is an error. */
final class ModeProperties {
  private static final Logger LOG = LoggerFactory.getLogger(ModeProperties.class);

  /** The session pool's, but for the one that has the same name and meaning here. */
  static final List<SessionProperty> OF_SESSIONS =
      Stream.of(SessionProperty.values())
          .filter(each -> !each.key().equals(PostgresProperty.ON_CHANGE.key()))
          .toList();

  private static final Set<PostgresProperty> OF_LOGIN =
      EnumSet.of(
          PostgresProperty.LOGIN_ALLOW_PLAINTEXT,
          PostgresProperty.LOGIN_USER_CLAIM,
          PostgresProperty.LOGIN_JIT);

  private static final Set<PostgresProperty> OF_CLAIMS =
      EnumSet.of(
          PostgresProperty.ROLE_CLAIM,
          PostgresProperty.ANONYMOUS_ROLE,
          PostgresProperty.ALLOWED_ROLES,
          PostgresProperty.LEGACY_CLAIMS,
          PostgresProperty.SEARCH_PATH,
          PostgresProperty.ROLE_SETTINGS_TTL);

  private static final Set<PostgresProperty> OF_ALL =
      EnumSet.of(PostgresProperty.MODE, PostgresProperty.ON_CHANGE);

  private ModeProperties() {}

  /**
   * Refuses what the mode does not read.
   *
   * @throws SQLException with PERCRED-235
   */
  static void check(Settings settings) throws SQLException {
    Mode mode = settings.choice(PostgresProperty.MODE, Mode.class);
    for (PostgresProperty each : PostgresProperty.values()) {
      if (!OF_ALL.contains(each) && OF_LOGIN.contains(each) != (mode == Mode.LOGIN)) {
        refuse(each, mode, settings);
      }
    }
    if (mode != Mode.LOGIN) {
      for (SessionProperty each : OF_SESSIONS) {
        refuse(each, mode, settings);
      }
    }
  }

  /**
   * Warns of what only {@code mode=claims} reads where the mode is {@code setting}. It may be left
   * from there and does no harm, but does not do what it says either. Said once per configuration.
   */
  static void warn(AdapterContext context) {
    Settings settings = context.settings();
    if (settings.choice(PostgresProperty.MODE, Mode.class) == Mode.SETTING) {
      context.shared(Unread.class, () -> Unread.of(settings));
    }
  }

  /**
   * What was warned of.
   *
   * @param keys names of properties
   */
  private record Unread(List<String> keys) {
    static Unread of(Settings settings) {
      Unread unread =
          new Unread(
              OF_CLAIMS.stream().filter(settings::isGiven).map(PostgresProperty::key).toList());
      if (!unread.keys.isEmpty()) {
        LOG.warn(
            "Of no effect with percred.mode=setting: {}. Remedy: choose percred.mode=claims, or leave"
                + " it out.",
            String.join(", ", unread.keys));
      }
      return unread;
    }
  }

  private static void refuse(PropertyDescriptor property, Mode mode, Settings settings)
      throws SQLException {
    if (settings.isGiven(property)) {
      throw PercredError.of(
              PostgresError.NOT_OF_MODE, property.key(), PropertyType.Choice.wordOf(mode))
          .toSqlException();
    }
  }
}

package io.percred.session;

import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Settings;
import java.sql.SQLException;
import java.util.List;

/** What the configuration may ask for where every session is somebody's login. */
public final class LoginPolicy {
  private static final String ANONYMOUS = "anonymous";
  private static final String SHARED = "shared";

  private LoginPolicy() {}

  /**
   * Refuses, while connecting, what would otherwise fail with the first statement.
   *
   * @throws SQLException with PERCRED-311 if transactions without a credential are to run
   *     anonymously
   */
  public static void check(Settings settings) throws SQLException {
    if (ANONYMOUS.equals(settings.text(new OnMissing()))) {
      throw PercredError.of(SessionError.ANONYMOUS_POLICY).toSqlException();
    }
  }

  /** Whether whoever has no credential gets sessions of the static login. */
  public static boolean isShared(Settings settings) {
    return SHARED.equals(settings.text(new OnMissing()));
  }

  /** The driver's own property, as it is looked up: by its name. */
  private record OnMissing() implements PropertyDescriptor {
    @Override
    public String key() {
      return "percred.on-missing";
    }

    @Override
    public PropertyType type() {
      return new PropertyType.Choice(List.of("reject", ANONYMOUS, SHARED, "service"));
    }

    @Override
    public String defaultValue() {
      return "reject";
    }

    @Override
    public String description() {
      return "What happens to a transaction for which there is no credential.";
    }
  }
}

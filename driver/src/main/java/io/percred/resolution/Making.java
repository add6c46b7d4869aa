package io.percred.resolution;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Lets a provider make something, whatever it does instead. */
public final class Making {
  private Making() {}

  /**
   * What the provider makes.
   *
   * @throws SQLException what the provider throws; with PERCRED-011 if it throws anything else or
   *     returns null
   */
  public static <T> T of(String kind, String name, Object provider, Maker<T> maker)
      throws SQLException {
    T made;
    try {
      made = maker.make();
    } catch (RuntimeException | LinkageError e) {
      throw broken(kind, name, provider, e.getClass().getName())
          .causedBy(TextlessCause.of(e))
          .toSqlException();
    }
    if (made == null) {
      throw broken(kind, name, provider, "it returned null").toSqlException();
    }
    return made;
  }

  private static PercredError broken(String kind, String name, Object provider, String failure) {
    return PercredError.of(
        DriverError.PROVIDER_BROKEN, kind, name, provider.getClass().getName(), failure);
  }

  /**
   * One call of a provider.
   *
   * @param <T> what it makes
   */
  @FunctionalInterface
  public interface Maker<T> {
    /** Makes it; null breaks the contract. */
    @Nullable T make() throws SQLException;
  }
}

package io.percred.catalogue;

import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The providers of one kind, as found with the SPI's own class loader, then the thread's. Immutable
 * and safe to share.
 *
 * @param <T> the service
 */
public final class Providers<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Providers.class);

  private final String kind;
  private final Function<? super T, String> nameOf;
  private final List<T> all;
  private final List<String> broken;

  private Providers(
      String kind, Function<? super T, String> nameOf, List<T> all, List<String> broken) {
    this.kind = kind;
    this.nameOf = nameOf;
    this.all = List.copyOf(all);
    this.broken = List.copyOf(broken);
  }

  /**
   * Collects what two loaders find, without what the second finds again. A provider that cannot be
   * loaded is left out; asking for a name that is unknown then tells about it.
   */
  static <T> Providers<T> of(
      String kind, Function<? super T, String> nameOf, List<ServiceLoader<T>> loaders) {
    List<T> found = new ArrayList<>();
    Set<String> classes = new HashSet<>();
    Set<String> broken = new HashSet<>();
    for (ServiceLoader<T> loader : loaders) {
      Iterator<T> iterator = loader.iterator();
      while (true) {
        try {
          if (!iterator.hasNext()) {
            break;
          }
          T provider = iterator.next();
          if (classes.add(provider.getClass().getName())) {
            found.add(provider);
          }
        } catch (ServiceConfigurationError | LinkageError e) {
          LOG.debug("A {} cannot be loaded", kind, e);
          broken.add(String.valueOf(e.getMessage()));
        }
      }
    }
    return new Providers<>(kind, nameOf, found, broken.stream().sorted().toList());
  }

  /** All of them, duplicates included. */
  public List<T> all() {
    return all;
  }

  /** Their names, sorted. */
  public List<String> names() {
    return all.stream().map(nameOf).distinct().sorted().toList();
  }

  /**
   * The one of that name.
   *
   * @throws SQLException with PERCRED-004 if there is none, with PERCRED-005 if there are two
   */
  public T require(String name) throws SQLException {
    T found = find(name);
    if (found == null) {
      throw PercredError.of(
              DriverError.UNKNOWN_PROVIDER,
              kind,
              name,
              names().isEmpty() ? "none" : String.join(", ", names()),
              hint(name))
          .toSqlException();
    }
    return found;
  }

  /**
   * The one of that name, or null.
   *
   * @throws SQLException with PERCRED-005 if there are two
   */
  public @Nullable T find(String name) throws SQLException {
    T found = null;
    for (T each : all) {
      if (!nameOf.apply(each).equals(name)) {
        continue;
      }
      if (found != null) {
        throw PercredError.of(
                DriverError.DUPLICATE_PROVIDER,
                kind,
                name,
                found.getClass().getName(),
                each.getClass().getName())
            .toSqlException();
      }
      found = each;
    }
    return found;
  }

  private String hint(String name) {
    String artifact = Artifacts.of(kind, name);
    if (artifact != null) {
      return "Add io.percred:" + artifact + ".";
    }
    return broken.isEmpty()
        ? "Check the spelling, or add the artifact that brings it."
        : "Check the spelling, or why these could not be loaded: " + String.join("; ", broken);
  }
}

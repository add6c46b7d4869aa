package io.percred.catalogue;

import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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
  private final List<Broken> broken;

  /**
   * A provider that could not be loaded.
   *
   * @param reason why, with the name of its class
   * @param missingClass the class it could not find, or null
   */
  private record Broken(String reason, @Nullable String missingClass) {
    static Broken of(Throwable failure) {
      String missing = null;
      for (Throwable each = failure; each != null && missing == null; each = each.getCause()) {
        if (each instanceof NoClassDefFoundError || each instanceof ClassNotFoundException) {
          missing = String.valueOf(each.getMessage()).replace('/', '.');
        }
      }
      return new Broken(String.valueOf(failure.getMessage()), missing);
    }
  }

  private Providers(
      String kind, Function<? super T, String> nameOf, List<T> all, List<Broken> broken) {
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
    Set<Broken> broken = new HashSet<>();
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
          broken.add(Broken.of(e));
        }
      }
    }
    return new Providers<>(
        kind, nameOf, found, broken.stream().sorted(Comparator.comparing(Broken::reason)).toList());
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
   * @throws SQLException with PERCRED-004 if there is none, with PERCRED-005 if there are two, with
   *     PERCRED-006 if it is percred's own and lacks the vendor's driver
   */
  public T require(String name) throws SQLException {
    T found = find(name);
    String lacking = found == null ? lackingOf(name) : null;
    if (lacking != null) {
      throw PercredError.of(DriverError.VENDOR_DRIVER_MISSING, name, lacking).toSqlException();
    }
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

  /** The class of the vendor's that percred's own adapter for that database could not find. */
  private @Nullable String lackingOf(String name) {
    String adapters = kind.equals(Installed.ADAPTER) ? Artifacts.packageOfAdapter(name) : null;
    return adapters == null
        ? null
        : broken.stream()
            .filter(each -> each.reason().contains(' ' + adapters + '.'))
            .map(Broken::missingClass)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
  }

  private String hint(String name) {
    String artifact = Artifacts.of(kind, name);
    if (artifact != null) {
      return "Add io.percred:" + artifact + ".";
    }
    return broken.isEmpty()
        ? "Check the spelling, or add the artifact that brings it."
        : "Check the spelling, or why these could not be loaded: "
            + broken.stream().map(Broken::reason).collect(Collectors.joining("; "));
  }
}

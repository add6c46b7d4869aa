package io.percred.resolution;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.Installed;
import io.percred.configuration.CheckedSettings;
import io.percred.configuration.SupplierSpecification;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.ProviderContext;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The suppliers of one configuration, each made once, when it is first named. Safe for many
 * threads.
 */
public final class SupplierDirectory implements AutoCloseable {
  private static final int MOST = 32;

  private final Installed installed;
  private final CheckedSettings settings;
  private final PercredListener listener;
  private final Clock clock;
  private final SupplierCalls calls;
  private final Duration timeout;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Made, NamedSupplier> made = new HashMap<>();
  private final Map<String, SupplierChain> asked = new HashMap<>();

  /** An empty directory; it closes what it makes. */
  public SupplierDirectory(
      Installed installed, CheckedSettings settings, PercredListener listener, Clock clock) {
    this.installed = installed;
    this.settings = settings;
    this.listener = listener;
    this.clock = clock;
    this.timeout = settings.timeSpan(DriverProperty.SUPPLIER_TIMEOUT);
    this.calls = new SupplierCalls(timeout, listener, clock);
  }

  Clock clock() {
    return clock;
  }

  Duration timeout() {
    return timeout;
  }

  /**
   * The chain that a property names.
   *
   * @throws SQLException if a supplier is unknown, there are two of its name, or it cannot be made
   */
  public SupplierChain chain(DriverProperty property) throws SQLException {
    String chain = settings.text(property);
    if (chain == null) {
      throw new IllegalStateException(property.key() + " has neither value nor default");
    }
    return chain(property.key(), chain, settings.isFromUrl(property));
  }

  /** A chain of one supplier that the application made; it is not closed with the directory. */
  public SupplierChain chainOf(TokenSupplier supplier) {
    return new SupplierChain(List.of(NamedSupplier.setInCode(supplier)), calls);
  }

  /**
   * The chain that another supplier names. Whatever a URL holds counts as chosen by the URL.
   *
   * @throws SupplyException as {@link #chain(DriverProperty)} fails
   */
  SupplierChain chain(String specification) throws SupplyException {
    lock.lock();
    try {
      SupplierChain known = asked.get(specification);
      if (known == null) {
        if (asked.size() == MOST) {
          throw failed(specification, "suppliers named more than " + MOST + " others");
        }
        known = chain("percred.supplier", specification, settings.isInUrl(specification));
        asked.put(specification, known);
      }
      return known;
    } catch (SQLException e) {
      throw failed(specification, String.valueOf(e.getMessage()));
    } finally {
      lock.unlock();
    }
  }

  /** A specification without its argument. */
  static String shown(String specification) {
    int colon = specification.indexOf(':');
    return colon < 0 ? specification : specification.substring(0, colon);
  }

  @Override
  public void close() {
    calls.close();
    lock.lock();
    try {
      made.values().forEach(each -> Closing.quietly(each.title(), each.supplier()));
      made.clear();
      asked.clear();
    } finally {
      lock.unlock();
    }
  }

  private SupplierChain chain(String key, String chain, boolean fromUrl) throws SQLException {
    lock.lock();
    try {
      List<NamedSupplier> suppliers = new ArrayList<>();
      for (SupplierSpecification each : SupplierSpecification.parseChain(key, chain)) {
        suppliers.add(supplier(new Made(each, fromUrl, key)));
      }
      return new SupplierChain(suppliers, calls);
    } finally {
      lock.unlock();
    }
  }

  private NamedSupplier supplier(Made wanted) throws SQLException {
    NamedSupplier known = made.get(wanted);
    if (known == null) {
      known = NamedSupplier.of(wanted.specification().name(), create(wanted));
      made.put(wanted, known);
    }
    return known;
  }

  private TokenSupplier create(Made wanted) throws SQLException {
    SupplierSpecification specification = wanted.specification();
    TokenSupplierProvider provider = installed.suppliers().require(specification.name());
    boolean service = wanted.key().equals(DriverProperty.SERVICE_SUPPLIER.key());
    ProviderContext context =
        new ProviderContext(
            specification.argument(),
            wanted.fromUrl(),
            service ? settings.ofServiceAccount() : settings,
            clock,
            listener);
    return Making.of("supplier", specification.name(), provider, () -> provider.create(context));
  }

  private static SupplyException failed(String specification, String failure) {
    return new SupplyException(
        PercredError.of(DriverError.SUPPLIER_FAILED, shown(specification), failure));
  }

  /** What a supplier was made from. The service account's is not shared with the callers'. */
  private record Made(SupplierSpecification specification, boolean fromUrl, String key) {}
}

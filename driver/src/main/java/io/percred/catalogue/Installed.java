package io.percred.catalogue;

import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.PercredListener;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.TokenSupplierProvider;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is on the class path.
 *
 * @param adapters the databases
 * @param suppliers where credentials come from
 * @param verifiers who says that they are good
 * @param listeners who hears what percred does
 */
public record Installed(
    Providers<DatabaseAdapter> adapters,
    Providers<TokenSupplierProvider> suppliers,
    Providers<CredentialVerifierProvider> verifiers,
    Providers<PercredListener> listeners) {
  static final String ADAPTER = "adapter";

  private static volatile @Nullable Found last;

  /** What the SPI's own class loader finds, then the current thread's. */
  public static Installed onThisThread() {
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    Found found = last;
    Installed known = found == null ? null : found.by(ofThread);
    if (known != null) {
      return known;
    }
    ClassLoader own = DatabaseAdapter.class.getClassLoader();
    Installed installed =
        new Installed(
            Providers.of(
                ADAPTER,
                DatabaseAdapter::subprotocol,
                List.of(
                    ServiceLoader.load(DatabaseAdapter.class, own),
                    ServiceLoader.load(DatabaseAdapter.class, ofThread))),
            Providers.of(
                "supplier",
                TokenSupplierProvider::name,
                List.of(
                    ServiceLoader.load(TokenSupplierProvider.class, own),
                    ServiceLoader.load(TokenSupplierProvider.class, ofThread))),
            Providers.of(
                "verifier",
                CredentialVerifierProvider::name,
                List.of(
                    ServiceLoader.load(CredentialVerifierProvider.class, own),
                    ServiceLoader.load(CredentialVerifierProvider.class, ofThread))),
            Providers.of(
                "listener",
                PercredListener::name,
                List.of(
                    ServiceLoader.load(PercredListener.class, own),
                    ServiceLoader.load(PercredListener.class, ofThread))));
    last = new Found(new WeakReference<>(ofThread), new SoftReference<>(installed));
    return installed;
  }

  /** The properties that count for a connection through {@code adapter}; none twice. */
  public List<PropertyDescriptor> propertiesFor(DatabaseAdapter adapter) {
    List<PropertyDescriptor> properties = new ArrayList<>(List.of(DriverProperty.values()));
    properties.addAll(adapter.properties());
    properties.addAll(propertiesOfProviders().toList());
    return properties.stream().distinct().toList();
  }

  private Stream<PropertyDescriptor> propertiesOfProviders() {
    return Stream.concat(
        suppliers.all().stream().flatMap(provider -> provider.properties().stream()),
        verifiers.all().stream().flatMap(provider -> provider.properties().stream()));
  }

  /** The last outcome, which may be forgotten and does not keep a class loader alive. */
  private record Found(WeakReference<ClassLoader> loader, SoftReference<Installed> installed) {
    @Nullable Installed by(@Nullable ClassLoader wanted) {
      return wanted != null && loader.refersTo(wanted) ? installed.get() : null;
    }
  }
}

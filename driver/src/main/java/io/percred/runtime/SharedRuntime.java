package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.Installed;
import io.percred.catalogue.OnMissing;
import io.percred.configuration.CheckedSettings;
import io.percred.resolution.CallerResolver;
import io.percred.resolution.ConnectionSecrets;
import io.percred.resolution.Making;
import io.percred.resolution.NamedVerifier;
import io.percred.resolution.ResolutionRules;
import io.percred.resolution.SupplierChain;
import io.percred.resolution.SupplierDirectory;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all connections of one configuration share: suppliers and their threads, the verifier, the
 * listener, what the adapter keeps. Holds nothing of a single connection. Safe for many threads.
 */
public final class SharedRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(SharedRuntime.class);

  private final CheckedSettings settings;
  private final Clock clock;
  private final PercredListener listener;
  private final ResolutionRules rules;
  private final OwnedResources resources;

  private SharedRuntime(
      CheckedSettings settings, Clock clock, ResolutionRules rules, OwnedResources resources) {
    this.settings = settings;
    this.clock = clock;
    this.listener = rules.listener();
    this.rules = rules;
    this.resources = resources;
  }

  /**
   * Makes suppliers and verifier.
   *
   * @throws SQLException with SQLSTATE 22023 if one of them is unknown or cannot be made
   */
  static SharedRuntime of(
      CheckedSettings settings, ChosenInCode chosen, Installed installed, Clock clock)
      throws SQLException {
    OwnedResources resources = new OwnedResources();
    try {
      PercredListener listener = listener(settings, chosen, installed);
      SupplierDirectory directory = new SupplierDirectory(installed, settings, listener, clock);
      resources.own("The suppliers", directory);
      OnMissing onMissing = settings.choice(DriverProperty.ON_MISSING, OnMissing.class);
      ResolutionRules rules =
          new ResolutionRules(
              suppliers(settings, chosen, directory),
              service(settings, onMissing, directory),
              verifier(settings, chosen, installed, listener, clock, resources),
              onMissing,
              settings.wholeNumber(DriverProperty.TOKEN_MAX_SIZE),
              directory,
              listener);
      return new SharedRuntime(settings, clock, rules, resources);
    } catch (SQLException | RuntimeException e) {
      resources.close();
      throw e;
    }
  }

  CheckedSettings settings() {
    return settings;
  }

  Clock clock() {
    return clock;
  }

  PercredListener listener() {
    return listener;
  }

  CallerResolver newResolver(ConnectionSecrets secrets) {
    return new CallerResolver(rules, secrets);
  }

  <T> T shared(Class<T> type, Supplier<? extends T> factory) {
    return resources.shared(type, factory);
  }

  /** What ends with the configuration; does not refer to this. */
  OwnedResources resources() {
    return resources;
  }

  private static PercredListener listener(
      CheckedSettings settings, ChosenInCode chosen, Installed installed) throws SQLException {
    PercredListener given = chosen.listener();
    String name = settings.text(DriverProperty.LISTENER);
    if (given != null) {
      refuseBoth(settings, DriverProperty.LISTENER);
      return GuardedListener.guard(given);
    }
    return name == null
        ? PercredListener.NONE
        : GuardedListener.guard(installed.listeners().require(name));
  }

  private static SupplierChain suppliers(
      CheckedSettings settings, ChosenInCode chosen, SupplierDirectory directory)
      throws SQLException {
    TokenSupplier given = chosen.supplier();
    if (given == null) {
      return directory.chain(DriverProperty.SUPPLIER);
    }
    refuseBoth(settings, DriverProperty.SUPPLIER);
    return directory.chainOf(given);
  }

  private static @Nullable SupplierChain service(
      CheckedSettings settings, OnMissing onMissing, SupplierDirectory directory)
      throws SQLException {
    if (settings.isGiven(DriverProperty.SERVICE_SUPPLIER)) {
      if (onMissing == OnMissing.SERVICE) {
        LOG.warn(
            "percred.on-missing=service: a request that lost its CallerContext runs as the service"
                + " account. Prefer CallerContext.service() where that is meant.");
      }
      return directory.chain(DriverProperty.SERVICE_SUPPLIER);
    }
    if (onMissing == OnMissing.SERVICE) {
      throw PercredError.of(
              DriverError.PROPERTY_MISSING,
              "percred.on-missing=service",
              DriverProperty.SERVICE_SUPPLIER.key())
          .toSqlException();
    }
    return null;
  }

  private static NamedVerifier verifier(
      CheckedSettings settings,
      ChosenInCode chosen,
      Installed installed,
      PercredListener listener,
      Clock clock,
      OwnedResources resources)
      throws SQLException {
    CredentialVerifier given = chosen.verifier();
    if (given != null) {
      refuseBoth(settings, DriverProperty.VERIFIER);
      return NamedVerifier.setInCode(given);
    }
    String name = Objects.requireNonNull(settings.text(DriverProperty.VERIFIER));
    CredentialVerifierProvider provider = installed.verifiers().require(name);
    ProviderContext context =
        new ProviderContext(
            null, settings.isFromUrl(DriverProperty.VERIFIER), settings, clock, listener);
    CredentialVerifier made = Making.of("verifier", name, provider, () -> provider.create(context));
    resources.own("Verifier " + name, made);
    return NamedVerifier.of(name, made);
  }

  private static void refuseBoth(CheckedSettings settings, PropertyDescriptor property)
      throws SQLException {
    if (settings.isGiven(property)) {
      throw PercredError.of(
              DriverError.GIVEN_TWICE, property.key(), "by name and, in code, as an object")
          .toSqlException();
    }
  }
}

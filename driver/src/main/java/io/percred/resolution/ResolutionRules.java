package io.percred.resolution;

import io.percred.catalogue.OnMissing;
import io.percred.spi.PercredListener;
import org.jspecify.annotations.Nullable;

/**
 * How credentials are resolved: the same for all connections of a configuration.
 *
 * @param suppliers where callers' credentials come from
 * @param service where the service account's credential comes from, or null
 * @param verifier who judges them
 * @param onMissing what happens without one
 * @param largestToken in characters
 * @param directory the suppliers, for those that ask others
 * @param listener who wants to know
 */
public record ResolutionRules(
    SupplierChain suppliers,
    @Nullable SupplierChain service,
    NamedVerifier verifier,
    OnMissing onMissing,
    int largestToken,
    SupplierDirectory directory,
    PercredListener listener) {}

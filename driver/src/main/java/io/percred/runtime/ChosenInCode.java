package io.percred.runtime;

import io.percred.spi.CredentialVerifier;
import io.percred.spi.PercredListener;
import io.percred.spi.TokenSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the application handed over as objects instead of naming it. They stay the application's: a
 * configuration that ends does not close them.
 *
 * @param supplier instead of {@code percred.supplier}, or null
 * @param verifier instead of {@code percred.verifier}, or null
 * @param listener instead of {@code percred.listener}, or null
 */
public record ChosenInCode(
    @Nullable TokenSupplier supplier,
    @Nullable CredentialVerifier verifier,
    @Nullable PercredListener listener) {
  /** Nothing: everything is named. */
  public static final ChosenInCode NOTHING = new ChosenInCode(null, null, null);
}

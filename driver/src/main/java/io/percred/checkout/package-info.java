/**
 * Connections that are taken from a pool and given back: {@link io.percred.checkout.Checkout} takes
 * one for a caller, {@link io.percred.checkout.DecoratedConnection} is what the application gets.
 */
@NullMarked
package io.percred.checkout;

import org.jspecify.annotations.NullMarked;

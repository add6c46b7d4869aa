/**
 * What the tokens module adds to percred's configuration and to its catalogue of errors. Start with
 * {@link io.percred.tokens.TokensProperty}; the suppliers and verifiers themselves are found by
 * name, through {@code percred.supplier} and {@code percred.verifier}.
 */
@NullMarked
package io.percred.tokens;

import org.jspecify.annotations.NullMarked;

/**
 * Verifiers that ask somebody else, and the one that chooses by the kind of token. Start with
 * {@link io.percred.tokens.verify.ByKindVerifierProvider}.
 */
@NullMarked
package io.percred.tokens.verify;

import org.jspecify.annotations.NullMarked;

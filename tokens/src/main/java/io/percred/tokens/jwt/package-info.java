/**
 * The {@code jwt} verifier: JSON Web Tokens checked against a secret or a JWK set. Start with
 * {@link io.percred.tokens.jwt.JwtVerifierProvider}.
 */
@NullMarked
package io.percred.tokens.jwt;

import org.jspecify.annotations.NullMarked;

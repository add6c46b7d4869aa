/**
 * HTTP as suppliers and verifiers use it: bounded in time and size, no redirects, TLS unless it is
 * loopback, a circuit breaker per endpoint. Start with {@link io.percred.tokens.http.Endpoints}.
 */
@NullMarked
package io.percred.tokens.http;

import org.jspecify.annotations.NullMarked;

/**
 * Tokens kept until shortly before they end and fetched again in time, one fetch at a time for each
 * caller. Start with {@link io.percred.tokens.cache.TokenCache}.
 */
@NullMarked
package io.percred.tokens.cache;

import org.jspecify.annotations.NullMarked;

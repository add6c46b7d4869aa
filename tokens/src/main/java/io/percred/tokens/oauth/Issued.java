package io.percred.tokens.oauth;

import io.percred.spi.Credential;
import org.jspecify.annotations.Nullable;

/**
 * What a token endpoint issued.
 *
 * @param token the access token, with its expiry if that is known
 * @param refreshToken a new refresh token, or null
 */
record Issued(Credential token, @Nullable Credential refreshToken) {}

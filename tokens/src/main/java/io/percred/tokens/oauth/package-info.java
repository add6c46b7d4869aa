/**
 * Suppliers that get tokens from an OAuth 2.0 token endpoint. Start with {@link
 * io.percred.tokens.oauth.OAuthSupplier}.
 */
@NullMarked
package io.percred.tokens.oauth;

import org.jspecify.annotations.NullMarked;

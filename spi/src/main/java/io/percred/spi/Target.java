package io.percred.spi;

import org.jspecify.annotations.Nullable;

/**
 * What a credential is wanted for.
 *
 * @param url the vendor's URL without its parameters, so without any secret
 * @param loginRole the role that logs in, or null if the URL names none
 * @param clientAddress the address this end of the connection has, or null if not yet connected
 */
public record Target(String url, @Nullable String loginRole, @Nullable String clientAddress) {}

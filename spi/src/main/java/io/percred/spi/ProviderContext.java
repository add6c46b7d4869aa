package io.percred.spi;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What a provider gets to create a supplier or verifier from.
 *
 * @param argument what follows the colon in {@code percred.supplier=name:argument}, or null
 * @param fromUrl whether a URL chose the provider, so possibly a stranger: whoever may only type a
 *     URL must not be able to start programs or read files that the administrator did not allow
 * @param settings the configuration of the connection
 * @param clock the time
 * @param listener who wants to know what happened
 */
public record ProviderContext(
    @Nullable String argument,
    boolean fromUrl,
    Settings settings,
    Clock clock,
    PercredListener listener) {}

package io.percred.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something percred did on one connection, kept for whoever looks into it when something seems
 * wrong. Holds no secret.
 *
 * @param at when
 * @param event what: {@code bound}, {@code refused}, {@code binding failed}, {@code cleared} or
 *     {@code closed}
 * @param principal for whom, or null if for nobody or not known
 * @param digest the digest of the token, or null
 * @param detail the way of delivery, the stable code or the SQLSTATE, or null
 */
public record HistoryEntry(
    Instant at,
    String event,
    @Nullable String principal,
    @Nullable String digest,
    @Nullable String detail) {}

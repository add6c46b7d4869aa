package io.percred.postgres.claims;

import org.jspecify.annotations.Nullable;

/**
 * What a transaction is bound to in every mode.
 *
 * @param settings the settings that the configuration names
 * @param claims where claims come from
 * @param preRequest the call that every transaction begins with, as SQL, or null
 * @param guarded whether SQL that changes what is bound is refused
 */
public record PlanExtras(
    CallerSettings settings, ClaimsSource claims, @Nullable String preRequest, boolean guarded) {}

package io.percred.postgres.claims;

import org.jspecify.annotations.Nullable;

/**
 * How claims become a role.
 *
 * @param path where the role stands in the claims
 * @param roles which roles claims may name
 * @param anonymousRole the role of nobody
 * @param anonymousIfMissing whether claims without a role mean the anonymous role
 * @param legacy whether claims are settings of their own, too
 * @param searchPath the search path of every transaction, or null
 */
public record ClaimsRules(
    ClaimPath path,
    RoleRules roles,
    String anonymousRole,
    boolean anonymousIfMissing,
    boolean legacy,
    @Nullable String searchPath) {}

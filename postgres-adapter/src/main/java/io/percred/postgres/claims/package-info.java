/**
 * {@code mode=claims}: role, claims and request of the caller as PostgREST sets them. {@link
 * io.percred.postgres.claims.ClaimsPlan} makes the binding of a transaction, {@link
 * io.percred.postgres.claims.RoleSettings} knows what the roles bring with them.
 */
@NullMarked
package io.percred.postgres.claims;

import org.jspecify.annotations.NullMarked;

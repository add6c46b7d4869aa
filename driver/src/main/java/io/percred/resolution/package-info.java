/**
 * Whose credential a transaction gets: suppliers are asked, the verifier judges, the policy
 * decides. {@link io.percred.resolution.CallerResolver} is the way in, one per connection.
 */
@NullMarked
package io.percred.resolution;

import org.jspecify.annotations.NullMarked;

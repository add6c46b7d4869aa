/**
 * The protocol filter: what percred writes into the stream between pgjdbc and PostgreSQL, and what
 * it takes out of the answers. Start with {@link io.percred.postgres.wire.BindingGate}, which
 * decides what is due when, and {@link io.percred.postgres.wire.ReplyQueue}, which knows whose
 * answer comes next.
 */
@NullMarked
package io.percred.postgres.wire;

import org.jspecify.annotations.NullMarked;

/**
 * What percred promises on PostgreSQL, asked of real servers. Start with {@link
 * io.percred.conformance.PostgresIT}.
 */
@NullMarked
package io.percred.conformance;

import org.jspecify.annotations.NullMarked;

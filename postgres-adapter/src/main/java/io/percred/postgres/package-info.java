/**
 * percred's adapter for PostgreSQL: {@link io.percred.postgres.PostgresAdapter} opens pgjdbc's own
 * connections with percred's filter in their protocol stream. {@link
 * io.percred.postgres.PercredSocketFactory} and {@link io.percred.postgres.PercredSslSocketFactory}
 * are where it enters.
 */
@NullMarked
package io.percred.postgres;

import org.jspecify.annotations.NullMarked;

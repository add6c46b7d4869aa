/**
 * Tells what kinds of statements a piece of SQL text holds, which decides when a transaction has to
 * be bound to its caller. The way in is {@link io.percred.postgres.sql.SqlScanner}.
 */
@NullMarked
package io.percred.postgres.sql;

import org.jspecify.annotations.NullMarked;

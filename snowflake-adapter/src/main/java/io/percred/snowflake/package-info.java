/**
 * Snowflake under percred: each caller's statements run in sessions that the caller's own OAuth or
 * programmatic access token opened. {@link io.percred.snowflake.SnowflakeAdapter} is the way in; it
 * needs nothing of the vendor's driver but {@code java.sql}.
 */
@NullMarked
package io.percred.snowflake;

import org.jspecify.annotations.NullMarked;

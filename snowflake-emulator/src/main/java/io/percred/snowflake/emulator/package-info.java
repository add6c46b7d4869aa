/**
 * An emulator of the HTTP API that the Snowflake JDBC driver speaks, on DuckDB. Start it with
 * {@link io.percred.snowflake.emulator.SnowflakeEmulator#builder()}, or on its own with {@code java
 * -jar}.
 */
@NullMarked
package io.percred.snowflake.emulator;

import org.jspecify.annotations.NullMarked;

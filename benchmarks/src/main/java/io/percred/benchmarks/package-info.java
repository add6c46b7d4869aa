/**
 * What percred costs: with JMH, end to end on PostgreSQL from {@link
 * io.percred.benchmarks.EndToEnd}, and beside the bare driver on the Snowflake emulator. {@code
 * README.md} in this module says how to run it and what was seen.
 */
@NullMarked
package io.percred.benchmarks;

import org.jspecify.annotations.NullMarked;

/**
 * What percred costs: with JMH, and beside the bare driver on the Snowflake emulator. {@code
 * README.md} in this module says how to run it and what was seen.
 */
@NullMarked
package io.percred.benchmarks;

import org.jspecify.annotations.NullMarked;

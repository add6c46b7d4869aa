/**
 * What percred costs, measured with JMH, and end to end from {@link
 * io.percred.benchmarks.EndToEnd}. {@code README.md} in this module says how to run it and what was
 * seen.
 */
@NullMarked
package io.percred.benchmarks;

import org.jspecify.annotations.NullMarked;

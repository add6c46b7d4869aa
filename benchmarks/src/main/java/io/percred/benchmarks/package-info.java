/**
 * What percred costs, measured with JMH. {@code README.md} in this module says how to run it and
 * what was seen.
 */
@NullMarked
package io.percred.benchmarks;

import org.jspecify.annotations.NullMarked;

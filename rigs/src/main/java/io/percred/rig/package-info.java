/**
 * What the tests, the demo and the benchmarks run on: real servers and a proxy between them and the
 * driver. Start with {@link io.percred.rig.PostgresServers} and {@link io.percred.rig.WireProxy}.
 */
@NullMarked
package io.percred.rig;

import org.jspecify.annotations.NullMarked;

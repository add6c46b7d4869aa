/**
 * Shows percred at work on an embedded PostgreSQL. {@link io.percred.demo.Demo} plays every {@link
 * io.percred.demo.Scene}.
 */
@NullMarked
package io.percred.demo;

import org.jspecify.annotations.NullMarked;

/**
 * Metrics of what percred does. {@link io.percred.micrometer.MicrometerListener} is the way in; on
 * the class path it is named by {@code percred.listener=micrometer}.
 */
@NullMarked
package io.percred.micrometer;

import org.jspecify.annotations.NullMarked;

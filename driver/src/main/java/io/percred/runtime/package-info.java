/**
 * What connections of one configuration share: {@link io.percred.runtime.RuntimeRegistry} hands it
 * out, {@link io.percred.runtime.ConnectionOpener} opens connections with it.
 */
@NullMarked
package io.percred.runtime;

import org.jspecify.annotations.NullMarked;

/**
 * What is on the class path: adapters, suppliers, verifiers, listeners, and every property and
 * error that they and percred itself define. {@link io.percred.catalogue.Installed} is the way in.
 */
@NullMarked
package io.percred.catalogue;

import org.jspecify.annotations.NullMarked;

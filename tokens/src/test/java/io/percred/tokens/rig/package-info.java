/** What the tests of this module stand on: settings, a clock that is set, endpoints on loopback. */
@NullMarked
package io.percred.tokens.rig;

import org.jspecify.annotations.NullMarked;

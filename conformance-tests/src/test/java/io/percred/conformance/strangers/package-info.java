/**
 * URLs as strangers type them, held against what must never happen. {@link
 * io.percred.conformance.strangers.StrangersTest} is the way in.
 */
@NullMarked
package io.percred.conformance.strangers;

import org.jspecify.annotations.NullMarked;

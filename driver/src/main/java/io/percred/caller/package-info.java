/**
 * Who is calling on each thread: the scopes that are open, innermost first. {@link
 * io.percred.caller.CallerStack} is the way in; applications use {@code io.percred.CallerContext}.
 */
@NullMarked
package io.percred.caller;

import org.jspecify.annotations.NullMarked;

/**
 * What every database adapter promises, as tests for its author to run. Extend {@link
 * io.percred.contract.CallerContract} and say how to connect and how to ask who is seen.
 */
@NullMarked
package io.percred.contract;

import org.jspecify.annotations.NullMarked;

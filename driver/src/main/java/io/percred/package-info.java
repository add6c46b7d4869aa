/**
 * percred for applications: {@link io.percred.PercredDriver} and {@link
 * io.percred.PercredDataSource} open connections, {@link io.percred.CallerContext} says on whose
 * behalf a thread works. {@link io.percred.Percred} tells what a refusal was.
 */
@NullMarked
package io.percred;

import org.jspecify.annotations.NullMarked;

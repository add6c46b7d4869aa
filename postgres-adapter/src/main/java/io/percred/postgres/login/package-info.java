/**
 * {@code percred.mode=login}: each caller's statements run in sessions that the caller's own token
 * opened, as the password of its role. {@link io.percred.postgres.login.LoginMode} is the way in.
 */
@NullMarked
package io.percred.postgres.login;

import org.jspecify.annotations.NullMarked;

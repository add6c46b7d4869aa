/**
 * One physical session per caller, for databases that know who is asking only from the login. Start
 * with {@link io.percred.session.SessionPool#connect}, which returns the handle an application or a
 * pool holds; {@link io.percred.session.SessionVendor} is what an adapter implements.
 */
@NullMarked
package io.percred.session;

import org.jspecify.annotations.NullMarked;

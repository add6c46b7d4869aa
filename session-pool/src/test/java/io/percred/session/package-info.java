/** Tests of the session pool, with a recording fake of the sessions and with H2 as a database. */
@NullMarked
package io.percred.session;

import org.jspecify.annotations.NullMarked;

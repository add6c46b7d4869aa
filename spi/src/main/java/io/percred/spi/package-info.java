/**
 * The service provider interfaces of percred and the values that travel over them. Start with
 * {@link io.percred.spi.TokenSupplier} to say where tokens come from, with {@link
 * io.percred.spi.CredentialVerifier} to say whether they are good, and with {@link
 * io.percred.spi.DatabaseAdapter} to teach percred another database.
 */
@NullMarked
package io.percred.spi;

import org.jspecify.annotations.NullMarked;

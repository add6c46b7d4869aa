/**
 * The {@code command:} supplier: a program that prints a token. Start with {@link
 * io.percred.tokens.command.CommandSupplierProvider}.
 */
@NullMarked
package io.percred.tokens.command;

import org.jspecify.annotations.NullMarked;

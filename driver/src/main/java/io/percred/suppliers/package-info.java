/**
 * The suppliers that need no library, one provider each, and the verifier {@code none}. Found by
 * {@link java.util.ServiceLoader}; {@link io.percred.suppliers.ContextSupplier} is the default.
 */
@NullMarked
package io.percred.suppliers;

import org.jspecify.annotations.NullMarked;

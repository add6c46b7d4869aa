package io.percred.resolution;

import io.percred.spi.TokenSupplier;

/**
 * A supplier and what it is called in errors and events.
 *
 * @param name the name without the argument, which may hold anything
 * @param title the name as it begins a sentence
 * @param supplier the supplier
 */
public record NamedSupplier(String name, String title, TokenSupplier supplier) {
  private static final String CONTEXT = "context";

  /** A supplier that the application made: shown by its class, if that has a name. */
  static NamedSupplier setInCode(TokenSupplier supplier) {
    return of(InCode.nameOf(supplier), supplier);
  }

  /** Whether this is the supplier that looks at the CallerContext. */
  boolean isContext() {
    return name.equals(CONTEXT);
  }

  /** A supplier of that name. */
  public static NamedSupplier of(String name, TokenSupplier supplier) {
    return new NamedSupplier(name, "Supplier " + name, supplier);
  }
}

package io.percred.suppliers;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.configuration.Surroundings;
import io.percred.configuration.UrlRules;
import io.percred.spi.PercredError;
import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * Supplier {@code file:PATH}: the content of a file, read again when it changes. A URL may only
 * name files below the directories of {@code PERCRED_ALLOWED_DIRS}.
 */
public final class FileSupplierProvider implements TokenSupplierProvider {
  private final UrlRules rules;

  /** For {@link java.util.ServiceLoader}. */
  public FileSupplierProvider() {
    this(Surroundings.OF_PROCESS);
  }

  FileSupplierProvider(Surroundings surroundings) {
    this.rules = new UrlRules(surroundings);
  }

  @Override
  public String name() {
    return "file";
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    String path = Arguments.required(name(), "PATH", context);
    String key = DriverProperty.SUPPLIER.key();
    if (context.fromUrl()) {
      rules.checkFile(key, path);
      return new FileSupplier(path, () -> rules.checkFile(key, path));
    }
    try {
      Path file = Path.of(path);
      return new FileSupplier(path, () -> file);
    } catch (InvalidPathException e) {
      throw PercredError.of(DriverError.UNREADABLE_SECRET, key, "a file", "it is not a path")
          .toSqlException();
    }
  }
}

/** The JDBC driver and DataSource of percred, the caller's context and the resolver. */
module io.percred.driver {
  requires static transitive org.jspecify;
  requires static context.propagation;
  requires transitive io.percred.spi;
  requires transitive java.sql;
  requires org.slf4j;

  exports io.percred;

  uses io.percred.spi.CredentialVerifierProvider;
  uses io.percred.spi.DatabaseAdapter;
  uses io.percred.spi.PercredListener;
  uses io.percred.spi.TokenSupplierProvider;

  provides io.percred.spi.ContextProvider with
      io.percred.runtime.UrlContexts;
  provides io.percred.spi.CredentialVerifierProvider with
      io.percred.suppliers.NoVerification;
  provides io.percred.spi.TokenSupplierProvider with
      io.percred.suppliers.ContextSupplier,
      io.percred.suppliers.EnvironmentSupplier,
      io.percred.suppliers.FileSupplierProvider,
      io.percred.suppliers.PasswordSupplier,
      io.percred.suppliers.PropertySupplier;
  provides java.sql.Driver with
      io.percred.PercredDriver;
}

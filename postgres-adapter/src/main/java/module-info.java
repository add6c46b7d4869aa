/** Binds the caller to every transaction, in the protocol stream of pgjdbc. */
module io.percred.postgres {
  requires static transitive org.jspecify;
  requires transitive io.percred.spi;
  requires com.google.gson;
  requires io.percred.session;
  requires org.postgresql.jdbc;
  requires org.slf4j;

  exports io.percred.postgres;

  uses io.percred.spi.ContextProvider;

  provides io.percred.spi.DatabaseAdapter with
      io.percred.postgres.PostgresAdapter;
}

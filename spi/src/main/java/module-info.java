/** What adapters, suppliers and verifiers of percred implement. */
module io.percred.spi {
  requires static transitive org.jspecify;
  requires transitive java.sql;

  exports io.percred.spi;
}

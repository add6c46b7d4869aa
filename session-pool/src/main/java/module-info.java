/** Physical sessions keyed by caller, behind handles that look like connections. */
module io.percred.session {
  requires static transitive org.jspecify;
  requires transitive io.percred.spi;
  requires java.management;
  requires org.apache.commons.pool2;
  requires org.slf4j;

  exports io.percred.session;
}

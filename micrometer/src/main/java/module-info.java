/** Counts and times what percred does, with Micrometer. */
module io.percred.micrometer {
  requires static transitive org.jspecify;
  requires transitive io.percred.spi;
  requires transitive micrometer.core;

  exports io.percred.micrometer;

  provides io.percred.spi.PercredListener with
      io.percred.micrometer.MicrometerListener;
}

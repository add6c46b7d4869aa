/** Opens Snowflake sessions with the caller's own token. */
module io.percred.snowflake {
  requires static transitive org.jspecify;
  requires transitive io.percred.spi;
  requires io.percred.session;

  exports io.percred.snowflake;

  uses java.sql.Driver;

  provides io.percred.spi.DatabaseAdapter with
      io.percred.snowflake.SnowflakeAdapter;
}

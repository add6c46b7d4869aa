package io.percred.spi;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Teaches percred one database. Found by {@link java.util.ServiceLoader}. */
public interface DatabaseAdapter {
  /** What follows {@code jdbc:percred:} and {@code jdbc:}, such as {@code postgresql}. */
  String subprotocol();

  /** The properties this adapter reads. */
  List<? extends PropertyDescriptor> properties();

  /** The errors this adapter reports. */
  List<? extends ErrorCode> errorCodes();

  /**
   * The vendor's driver.
   *
   * @throws SQLException if it is not on the class path, saying which artifact to add
   */
  Driver vendorDriver() throws SQLException;

  /**
   * Reads a URL and properties by the vendor's own rules, without connecting to anything.
   *
   * @param url the vendor's URL, without percred's properties
   * @param properties the vendor's properties; not changed
   * @throws SQLException with SQLSTATE 22023 if the vendor's driver would not understand them
   */
  VendorReading read(String url, Properties properties) throws SQLException;

  /**
   * What a URL may say of one of the vendor's parameters. An allow list: what the adapter does not
   * know is {@link FromUrl.Never}, since it could name a class, a file or a host.
   *
   * @param name as in {@link VendorReading.Parameter}
   * @param properties the vendor's properties, which may fix one parameter by another
   */
  FromUrl fromUrl(String name, Properties properties);

  /**
   * Opens a connection on which every transaction runs with the credential that {@code
   * context.resolver()} resolves for it, or does not run.
   *
   * @param url the vendor's URL, without percred's properties
   * @param properties the vendor's properties; a copy that the adapter may change
   */
  Connection connect(String url, Properties properties, AdapterContext context) throws SQLException;

  /**
   * Whether connections share sessions that the login's own password opened. The password is part
   * of what makes two configurations the same then: without it, one connection could use what
   * another one's password opened. Where every connection logs in by itself the password may change
   * from one connection to the next, as those of AWS IAM and Vault do, and the configuration stays
   * the same.
   */
  default boolean sharesLogin(Settings settings) {
    return true;
  }

  /**
   * The hold that percred has on a connection, whoever opened it and whatever pool wraps it, or
   * null if none of its statements is in percred's reach.
   *
   * @throws SQLException if the connection cannot tell
   */
  default @Nullable HeldConnection held(Connection connection) throws SQLException {
    return null;
  }

  /**
   * A hold on a connection that percred did not open: {@link HeldConnection#pin()} binds the
   * session to the caller and {@link HeldConnection#release()} unbinds it. Null if this database
   * has no such binding.
   *
   * @throws SQLException if the settings ask for more than can be had on such a connection
   */
  default @Nullable HeldConnection foreign(Connection connection, AdapterContext context)
      throws SQLException {
    return null;
  }

  /**
   * The stable code in an exception that the vendor's driver made of one of percred's answers, or
   * null if it holds none.
   */
  default @Nullable String stableCodeOf(SQLException exception) {
    return null;
  }
}

package io.percred.postgres.socket;

import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The socket factories that the user asked for in pgjdbc's own properties, which percred's stand in
 * front of.
 *
 * @param socketFactory class name, or null for the JDK's default
 * @param socketFactoryArg argument of that class, or null
 * @param sslFactory class name, or null for pgjdbc's default
 * @param sslFactoryArg argument of that class, or null
 */
public record UserFactories(
    @Nullable String socketFactory,
    @Nullable String socketFactoryArg,
    @Nullable String sslFactory,
    @Nullable String sslFactoryArg) {

  /** pgjdbc's property with the class name of the socket factory. */
  public static final String SOCKET_FACTORY = "socketFactory";

  /** pgjdbc's property with the socket factory's argument. */
  public static final String SOCKET_FACTORY_ARG = "socketFactoryArg";

  /** pgjdbc's property with the class name of the SSL socket factory. */
  public static final String SSL_FACTORY = "sslfactory";

  /** pgjdbc's property with the SSL socket factory's argument. */
  public static final String SSL_FACTORY_ARG = "sslfactoryarg";

  /** The factories that the properties, or their defaults, name. */
  public static UserFactories of(Properties info) {
    return new UserFactories(
        info.getProperty(SOCKET_FACTORY),
        info.getProperty(SOCKET_FACTORY_ARG),
        info.getProperty(SSL_FACTORY),
        info.getProperty(SSL_FACTORY_ARG));
  }

  /** A copy of the properties, defaults included, in which these factories stand again. */
  public Properties restoredIn(Properties info) {
    Properties copy = new Properties();
    // Values that are not strings are none of pgjdbc's, but the user's factories may want them.
    copy.putAll(info);
    for (String name : info.stringPropertyNames()) {
      copy.setProperty(name, info.getProperty(name));
    }
    restore(copy, SOCKET_FACTORY, socketFactory);
    restore(copy, SOCKET_FACTORY_ARG, socketFactoryArg);
    restore(copy, SSL_FACTORY, sslFactory);
    restore(copy, SSL_FACTORY_ARG, sslFactoryArg);
    return copy;
  }

  private static void restore(Properties copy, String name, @Nullable String value) {
    if (value == null) {
      copy.remove(name);
    } else {
      copy.setProperty(name, value);
    }
  }

  /** Class names only: arguments may hold anything. */
  @Override
  public String toString() {
    return "UserFactories[" + socketFactory + ", " + sslFactory + "]";
  }
}

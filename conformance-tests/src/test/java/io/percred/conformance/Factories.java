package io.percred.conformance;

import io.percred.postgres.PercredSocketFactory;
import io.percred.postgres.PercredSslSocketFactory;
import io.percred.rig.PostgresServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.common.BaseDataSource;

/**
 * percred's two factories, named in pgjdbc's own properties.
 *
 * @param socketArgument the socket factory's configuration, or null for no such factory
 * @param sslArgument the SSL factory's configuration, or null for no such factory
 */
record Factories(@Nullable String socketArgument, @Nullable String sslArgument) {
  private static final String SOCKETS = PercredSocketFactory.class.getName();
  private static final String SSL = PercredSslSocketFactory.class.getName();

  /** Both, with the same configuration. */
  static Factories both(String configuration) {
    return new Factories(configuration, configuration);
  }

  /** Parameters of a plain URL. */
  String parameters() {
    StringBuilder parameters = new StringBuilder("ApplicationName=factories");
    if (socketArgument != null) {
      parameters.append("&socketFactory=").append(SOCKETS);
      parameters.append("&socketFactoryArg=").append(encoded(socketArgument));
    }
    if (sslArgument != null) {
      parameters.append("&sslfactory=").append(SSL);
      parameters.append("&sslfactoryarg=").append(encoded(sslArgument));
    }
    return parameters.toString();
  }

  /** Properties as DriverManager takes them. */
  Properties properties() {
    Properties properties = PostgresIT.appLogin();
    if (socketArgument != null) {
      properties.setProperty("socketFactory", SOCKETS);
      properties.setProperty("socketFactoryArg", socketArgument);
    }
    if (sslArgument != null) {
      properties.setProperty("sslfactory", SSL);
      properties.setProperty("sslfactoryarg", sslArgument);
    }
    return properties;
  }

  /** Puts them into one of pgjdbc's DataSources, with the application's login. */
  <T extends BaseDataSource> T into(T source, String url) {
    source.setURL(url);
    source.setUser(PostgresServer.APP.user());
    source.setPassword(PostgresServer.APP.password());
    if (socketArgument != null) {
      source.setSocketFactory(SOCKETS);
      source.setSocketFactoryArg(socketArgument);
    }
    if (sslArgument != null) {
      source.setSslfactory(SSL);
      source.setSslFactoryArg(sslArgument);
    }
    return source;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

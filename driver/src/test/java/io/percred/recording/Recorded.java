package io.percred.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.PercredDriver;
import io.percred.spi.CredentialResolver;
import io.percred.spi.Resolution;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.assertj.core.api.AbstractThrowableAssert;

/** Opens connections through percred and tells what became of them. */
public final class Recorded {
  private Recorded() {}

  /** What the adapter got for a URL with these parameters and these properties. */
  public static RecordingAdapter.Opened open(String parameters, Properties properties)
      throws SQLException {
    Connection connection =
        new PercredDriver().connect("jdbc:percred:recording://host/db" + parameters, properties);
    assertThat(connection).isNotNull();
    connection.close();
    return RecordingAdapter.last();
  }

  /** The same without properties. */
  public static RecordingAdapter.Opened open(String parameters) throws SQLException {
    return open(parameters, new Properties());
  }

  /** The resolver of a connection of a DataSource. */
  public static CredentialResolver resolver(PercredDataSource source) throws SQLException {
    source.getConnection().close();
    return RecordingAdapter.last().context().resolver();
  }

  /** A DataSource whose URL has these parameters. */
  public static PercredDataSource source(String parameters) {
    PercredDataSource source = new PercredDataSource();
    source.setUrl("jdbc:percred:recording://host/db" + parameters);
    return source;
  }

  /** The exception with which opening such a connection fails. */
  public static SQLException failure(String parameters, Properties properties) {
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> open(parameters, properties));
    assertFailure(failure).as("opening with " + parameters).isNotNull();
    return failure;
  }

  /** The same without properties. */
  public static SQLException failure(String parameters) {
    return failure(parameters, new Properties());
  }

  /** What AssertJ says of throwables; SQLException is also an Iterable, which confuses it. */
  public static AbstractThrowableAssert<?, Throwable> assertFailure(Throwable failure) {
    return assertThat(failure);
  }

  /** The stable code of a failure to open such a connection; its SQLSTATE must be 22023. */
  public static String codeOfFailure(String parameters) {
    SQLException failure = failure(parameters);
    assertThat(failure.getSQLState()).isEqualTo("22023");
    return String.valueOf(Percred.codeOf(failure));
  }

  /** Properties of these keys and values. */
  public static Properties properties(String... keysAndValues) {
    Properties properties = new Properties();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      properties.setProperty(keysAndValues[i], keysAndValues[i + 1]);
    }
    return properties;
  }

  /** The token that a transaction gets now. */
  public static String token(CredentialResolver resolver) {
    Resolution resolution = resolver.resolve(RecordingAdapter.TARGET);
    assertThat(resolution).isInstanceOf(Resolution.Bind.class);
    return ((Resolution.Bind) resolution).credential().token();
  }

  /** The error with which a transaction is refused now. */
  public static SQLException refusal(CredentialResolver resolver) {
    Resolution resolution = resolver.resolve(RecordingAdapter.TARGET);
    assertThat(resolution).isInstanceOf(Resolution.Refused.class);
    return ((Resolution.Refused) resolution).error().toSqlException();
  }

  /** The stable code with which a transaction is refused now. */
  public static String refusalCode(CredentialResolver resolver) {
    return String.valueOf(Percred.codeOf(refusal(resolver)));
  }
}

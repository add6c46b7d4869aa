package io.percred.tokens.jwt;

import io.percred.spi.Settings;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.jwt.RefreshedKeys.Fetched;
import io.percred.tokens.jwt.VerificationKey.UnusableKeyException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.concurrent.Executor;

/** Keys in a file that its owner may replace while the application runs. */
final class FileKeys {
  private static final String SHOWN = "the file of " + TokensProperty.JWT_JWKS.key();

  private FileKeys() {}

  static KeySource of(Settings settings, Clock clock, Executor background) {
    return new RefreshedKeys(SHOWN, () -> read(settings, clock), clock, background);
  }

  private static Fetched read(Settings settings, Clock clock) throws OutageException {
    try {
      String text = settings.secret(TokensProperty.JWT_JWKS);
      if (text == null) {
        throw OutageException.at(SHOWN, "it is empty", clock);
      }
      return new Fetched(text, VerificationKeys.ofPublicSet(text));
    } catch (SQLException e) {
      throw OutageException.at(SHOWN, "it cannot be read", clock);
    } catch (UnusableKeyException e) {
      throw OutageException.at(SHOWN, String.valueOf(e.getMessage()), clock);
    }
  }
}

package io.percred.tokens.rig;

import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import io.percred.spi.Target;
import io.percred.tokens.TokensError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The contexts that the driver would give. */
public final class Contexts {
  public static final Target TARGET =
      new Target("jdbc:postgresql://db.example/shop", "editor", "192.0.2.7");

  private Contexts() {}

  public static ProviderContext provider(Settings settings, Clock clock) {
    return provider(settings, clock, PercredListener.NONE);
  }

  public static ProviderContext provider(Settings settings, Clock clock, PercredListener listener) {
    return new ProviderContext(null, false, settings, clock, listener);
  }

  public static ProviderContext command(String argument, Settings settings, Clock clock) {
    return new ProviderContext(argument, false, settings, clock, PercredListener.NONE);
  }

  /** What a caller with this credential gives to a supplier; ten seconds to answer. */
  public static SupplyContext supply(@Nullable Credential credential, Clock clock) {
    return supply(credential, clock, Duration.ofSeconds(10));
  }

  public static SupplyContext supply(
      @Nullable Credential credential, Clock clock, Duration patience) {
    Caller caller = credential == null ? Caller.NONE : Caller.of(credential);
    return new CallerSupply(caller, clock, clock.instant().plus(patience));
  }

  private record CallerSupply(Caller caller, Clock clock, Instant deadline)
      implements SupplyContext {
    @Override
    public Target target() {
      return TARGET;
    }

    @Override
    public @Nullable String connectionProperty(String name) {
      return null;
    }

    @Override
    public @Nullable Credential supplyFrom(String specification) throws SupplyException {
      if (specification.equals("context")) {
        return caller.credential();
      }
      throw new SupplyException(
          PercredError.of(TokensError.BAD_VALUE, "percred.oauth.subject-supplier", "unknown"));
    }
  }
}

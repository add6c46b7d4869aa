package io.percred.recording;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.ProviderContext;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import io.percred.spi.Verdict;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Providers that {@link java.util.ServiceLoader} finds in tests. */
public final class TestSuppliers {
  private TestSuppliers() {}

  /** Supplies the client that its settings name; counts what was made and closed. */
  public static final class Client implements TokenSupplierProvider {
    /** How many were made. */
    public static final AtomicInteger MADE = new AtomicInteger();

    /** How many were closed. */
    public static final AtomicInteger CLOSED = new AtomicInteger();

    @Override
    public String name() {
      return "client";
    }

    @Override
    public TokenSupplier create(ProviderContext context) {
      MADE.incrementAndGet();
      return new TokenSupplier() {
        @Override
        public Credential supply(SupplyContext supply) {
          return Credential.of(
              context.settings().text(RecordingProperty.CLIENT)
                  + (context.argument() == null ? "" : "/" + context.argument())
                  + (context.fromUrl() ? "/url" : ""));
        }

        @Override
        public void close() {
          CLOSED.incrementAndGet();
        }
      };
    }
  }

  /** Cannot be made. */
  public static final class Broken implements TokenSupplierProvider {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public TokenSupplier create(ProviderContext context) {
      throw new IllegalStateException("text of the provider");
    }
  }

  /** Makes nothing. */
  public static final class Nothing implements TokenSupplierProvider {
    @Override
    public String name() {
      return "makes-nothing";
    }

    @Override
    @SuppressWarnings("NullAway")
    public TokenSupplier create(ProviderContext context) {
      return null;
    }
  }

  /** One of two of the same name. */
  public static final class Twice implements TokenSupplierProvider {
    @Override
    public String name() {
      return "twice";
    }

    @Override
    public TokenSupplier create(ProviderContext context) {
      return supply -> null;
    }
  }

  /** The other one. */
  public static final class TwiceToo implements TokenSupplierProvider {
    @Override
    public String name() {
      return "twice";
    }

    @Override
    public TokenSupplier create(ProviderContext context) {
      return supply -> null;
    }
  }

  /** Accepts everything and counts what was closed. */
  public static final class Accepting implements CredentialVerifierProvider {
    /** How many were closed. */
    public static final AtomicInteger CLOSED = new AtomicInteger();

    @Override
    public String name() {
      return "accepting";
    }

    @Override
    public CredentialVerifier create(ProviderContext context) {
      return new CredentialVerifier() {
        @Override
        public Verdict verify(Credential credential, io.percred.spi.Target target) {
          return new Verdict.Accepted(credential.withPrincipal("accepted"));
        }

        @Override
        public void close() {
          CLOSED.incrementAndGet();
          throw new IllegalStateException("closing fails");
        }
      };
    }
  }

  /** Remembers what it heard. */
  public static final class Listening implements PercredListener {
    /** What all of them heard. */
    public static final CopyOnWriteArrayList<PercredEvent> HEARD = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(PercredEvent event) {
      HEARD.add(event);
    }

    @Override
    public String name() {
      return "listening";
    }
  }
}

package io.percred.postgres.wire;

import io.percred.spi.PercredError;
import io.percred.spi.Resolution;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a mode turns what was resolved into what is bound. Thread-safe. */
public interface BindingPlan {
  /** Every setting that percred manages, in lower case. */
  Set<String> managedNames();

  /**
   * Whether the binding switches the role. If it does not, statements whose rights are the login
   * role's anyway may go without it: {@code LOCK} in front of it, so that lock-then-read keeps the
   * snapshot it would have without percred, and what cannot run in a transaction block at all.
   */
  boolean switchesRole();

  /**
   * Settings that callers' SQL must not change, in lower case; a name that ends with a dot stands
   * for all that begin so. Empty: nothing is guarded.
   */
  default Set<String> guardedNames() {
    return Set.of();
  }

  /**
   * What to bind.
   *
   * @throws UnboundException if it cannot be bound, saying why
   */
  Binding bind(Resolution resolution) throws UnboundException;

  /**
   * Whose session it is once this was bound: what one leaves behind in it is not for another. Named
   * by everything that is bound for the caller except the token, which may be renewed. The request
   * is no part of it: it says what is asked, not who asks.
   *
   * @return a key to compare with {@code equals}, which holds no secret; or null if it cannot be
   *     bound
   */
  @Nullable Object owner(Resolution resolution);

  /** The owner as far as the principal tells, or that there is none. */
  static Object principal(Resolution resolution) {
    return resolution instanceof Resolution.Bind bind
        ? new SessionOwner.Principal(bind.credential().principal(), bind.service())
        : resolution.getClass();
  }

  /**
   * The server accepted the login of the connection.
   *
   * @param sessionUser who logged in, as the server says it; null if it does not
   */
  default void loggedIn(@Nullable String sessionUser) {}

  /** Why a resolved credential cannot be bound. */
  final class UnboundException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient PercredError error;

    public UnboundException(PercredError error) {
      super(error.message());
      this.error = error;
    }

    public PercredError error() {
      return error;
    }
  }
}

package io.percred.session;

import io.percred.spi.AdapterContext;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as supplier, verifier and policy say. Confined to one handle, guarded by its
 * lock.
 */
final class CallerCheck {
  /**
   * A session is taken when its first statement is made, a moment before that is executed: one
   * verification serves both if they are not further apart than this.
   */
  private static final Duration SAME_MOMENT = Duration.ofSeconds(1);

  /**
   * Whose session it has to be.
   *
   * @param credential what opens it; null for the static login
   */
  record Resolved(SessionKey key, @Nullable Credential credential) {}

  private final AdapterContext context;
  private final Target target;
  private final SessionVendor vendor;
  private final Object shape;
  private final KeyClaims keyClaims;
  private @Nullable Resolved unspent;
  private @Nullable Object unspentFor;
  private Instant unspentSince = Instant.MIN;
  private boolean denied;
  private @Nullable Instant expiry;

  CallerCheck(AdapterContext context, Target target, SessionVendor vendor, Object shape) {
    this.context = context;
    this.target = target;
    this.vendor = vendor;
    this.shape = shape;
    this.keyClaims = KeyClaims.of(context.settings());
  }

  /**
   * Resolves the caller, for a transaction that will begin in a moment.
   *
   * @throws SQLException if there is none or it is refused
   */
  Resolved resolve(Object callerKey) throws SQLException {
    Resolved resolved = ask();
    unspent = resolved;
    unspentFor = callerKey;
    unspentSince = context.clock().instant();
    return resolved;
  }

  /**
   * Resolves the caller for a transaction that begins now.
   *
   * @throws SQLException if there is none or it is refused
   */
  Resolved resolveToExecute(Object callerKey) throws SQLException {
    Resolved earlier = unspent;
    boolean fresh =
        callerKey.equals(unspentFor)
            && context.clock().instant().isBefore(unspentSince.plus(SAME_MOMENT));
    forget();
    return earlier != null && fresh ? earlier : ask();
  }

  /**
   * Another credential of the same caller in the place of one that the database denied, or null if
   * its supplier has none.
   *
   * @throws SQLException if the supplier fails or the new credential is refused
   */
  @Nullable Resolved renew(Resolved denied) throws SQLException {
    Credential old = denied.credential();
    if (old == null || !context.resolver().rejected(old)) {
      return null;
    }
    Resolved renewed = ask();
    Credential next = renewed.credential();
    return next == null || next.fingerprint().equals(old.fingerprint()) ? null : renewed;
  }

  /** Drops a verification that no transaction has used yet. */
  void forget() {
    unspent = null;
    unspentFor = null;
    unspentSince = Instant.MIN;
  }

  /**
   * Refuses a statement made for somebody else.
   *
   * @throws SQLException with PERCRED-305
   */
  void requireOwner(@Nullable SessionKey owner, SessionKey caller) throws SQLException {
    if (owner != null && !owner.equals(caller)) {
      throw PercredError.of(SessionError.FOREIGN_STATEMENT, owner.principal()).toSqlException();
    }
  }

  /**
   * Whether the only credential that this handle can ever have is over, or was denied: a pool that
   * has another one by now must make another handle.
   */
  boolean isOver() {
    Instant end = expiry;
    return context.resolver().isFixed()
        && (denied || (end != null && !context.clock().instant().isBefore(end)));
  }

  /**
   * A denial, with what makes pools give the handle up if no other credential can come: they look
   * along the chain for an SQLSTATE of class 08.
   */
  SQLException denied(SQLException denial) {
    denied = context.resolver().isFixed();
    if (denied) {
      denial.setNextException(PercredError.of(SessionError.ONLY_TOKEN_OVER).toSqlException());
    }
    return denial;
  }

  /** A credential has opened a session. */
  void accepted() {
    denied = false;
  }

  private Resolved ask() throws SQLException {
    Resolution resolution = context.resolver().resolve(target);
    if (resolution instanceof Resolution.Bind bind) {
      Credential credential = bind.credential();
      expiry = credential.expiry();
      Object whole = List.of(shape, vendor.shapeOf(credential));
      return new Resolved(SessionKey.of(credential, whole, keyClaims), credential);
    }
    if (resolution instanceof Resolution.Refused refused) {
      SQLException refusal = refused.error().toSqlException();
      throw refusal instanceof SQLInvalidAuthorizationSpecException ? denied(refusal) : refusal;
    }
    if (resolution instanceof Resolution.Shared) {
      return new Resolved(SessionKey.shared(shape), null);
    }
    throw PercredError.of(SessionError.ANONYMOUS).toSqlException();
  }
}

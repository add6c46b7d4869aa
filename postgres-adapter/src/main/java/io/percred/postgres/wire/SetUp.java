package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import io.percred.postgres.sql.StatementKind;
import io.percred.spi.PercredError;
import org.jspecify.annotations.Nullable;

/**
 * The time from the opening of a connection to its hand-over to the application. What is set then
 * is the connection's, on whichever thread and whoever is calling there; what a caller sets first
 * thing afterwards never is. The two look the same on the wire, so a {@link SetUpWitness} is asked,
 * and only until the first statement that somebody else sends for a caller. Where nothing tells, it
 * is the caller's. Confined to one connection.
 */
final class SetUp {
  private static final String WAY_ROUND =
      "A pool sets its connections up with it, and nobody is calling. Put settings into the URL"
          + " (currentSchema, options=-c%20NAME=VALUE) or the login role (ALTER ROLE … SET), what is"
          + " loaded into session_preload_libraries, and log in as the role that is to run. What"
          + " passes is in docs/guides/pools.md.";

  private final SetUpWitness witness;
  private final TransactionCaller caller;
  private boolean opening = true;
  private boolean over;
  private boolean openedByPool;
  private boolean openedForCaller;

  /** What the witness says of the group of messages that is being sent; null if not asked. */
  private @Nullable Boolean inGroup;

  SetUp(SetUpWitness witness, TransactionCaller caller) {
    this.witness = witness;
    this.caller = caller;
  }

  /** The driver's connection is open. */
  void opened() {
    opening = false;
    inGroup = null;
    openedForCaller = caller.isAnybody();
    openedByPool |= witness.look() == SetUpWitness.Sender.POOL;
  }

  /** The application has the connection. */
  void handedOver() {
    opening = false;
    over = true;
  }

  /** Whether what is sent now sets the connection up. */
  boolean isUnderWay() {
    if (opening || over) {
      return opening;
    }
    Boolean known = inGroup;
    if (known == null) {
      SetUpWitness.Sender sender = witness.look();
      openedByPool |= sender == SetUpWitness.Sender.POOL;
      known = sender != SetUpWitness.Sender.UNKNOWN;
      inGroup = known;
    }
    return known;
  }

  /** Whether a setting that is sent now is the connection's: nobody in particular sends it. */
  boolean isNobodys() {
    return !caller.isAnybody() || isUnderWay();
  }

  /** A statement goes out to be executed. */
  void executed(StatementKind kind, @Nullable SessionChange change) {
    boolean sets = change != null && change.verb().isOfSettings();
    boolean touches = !Exemption.isExempt(kind) && kind != StatementKind.SAVEPOINT;
    if (over || opening || !(sets || touches) || !caller.isAnybody()) {
      return;
    }
    if (!isUnderWay()) {
      over = true;
      if (change != null && sets && openedForCaller && !openedByPool) {
        witness.unsure(change);
      }
    } else if (touches && kind != StatementKind.SET_UP) {
      witness.ranForCaller();
    }
  }

  /**
   * The refusal of a statement with nobody calling, with the words of the statement, and if a pool
   * sends it, with the way round.
   */
  PercredError explain(PercredError refusal, StatementOnItsWay statement) {
    String words = caller.isAnybody() ? "" : statement.words();
    if (words.isEmpty()) {
      return refusal;
    }
    return new PercredError(
        refusal.code(),
        refusal.message() + " The statement begins with \"" + words + "\".",
        isUnderWay() ? WAY_ROUND : refusal.remedy(),
        refusal.cause());
  }

  /** A group of messages ended. */
  void endedGroup() {
    inGroup = null;
  }
}

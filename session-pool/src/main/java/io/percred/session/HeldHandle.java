package io.percred.session;

import io.percred.spi.HeldConnection;

/** The hold on a handle: whose it is, and when its unit of work is over. */
final class HeldHandle implements HeldConnection {
  private final PinnableContext context;
  private final UnitOfWork unit;

  HeldHandle(PinnableContext context, UnitOfWork unit) {
    this.context = context;
    this.unit = unit;
  }

  @Override
  public void pin() {
    context.pin();
  }

  /** The session goes back: what its caller changed in it is never seen by anybody again. */
  @Override
  public void release() {
    unit.end();
    context.unpin();
  }
}

package io.percred.postgres.wire;

import io.percred.postgres.socket.WeakHandles;
import io.percred.spi.HistoryEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * percred's hold on the filter of one open connection. The driver learns the handle under which it
 * is found in front of the server's first ReadyForQuery, as a ParameterStatus of percred's own: so
 * the filter of a connection is found whatever wraps the connection. Used by whichever thread has
 * the connection.
 */
public final class FilterHold {
  /** The name of the parameter whose value is the handle. */
  public static final String PARAMETER = "percred.connection";

  // The driver's stream holds the wire, and the wire this: entries end with their connections.
  private static final WeakHandles<FilterHold> HOLDS = new WeakHandles<>();

  private final Wire wire;

  FilterHold(Wire wire) {
    this.wire = wire;
  }

  /** The hold that has that handle, or null if there is none or its connection is gone. */
  public static @Nullable FilterHold find(@Nullable String handle) {
    return HOLDS.find(handle);
  }

  /** From now on every statement is that of who is calling on this thread now, if anybody is. */
  public void pin() {
    wire.pin();
  }

  /** From now on a statement is that of who is calling when it is sent. */
  public void unpin() {
    wire.unpin();
  }

  /** Whether the driver has read every answer of the server, to the end. */
  public boolean isRead() {
    return wire.isRead();
  }

  /**
   * Has what the last caller left in the session cleared in front of the driver's next message.
   *
   * @return whether there is anything to clear, so that such a message is wanted
   */
  public boolean clearAtNextMessage() {
    return wire.clearAtNextMessage();
  }

  /** The last things percred did on the connection, oldest first. */
  public List<HistoryEntry> history() {
    return wire.history().entries();
  }

  /** The message that tells the driver where this is found. */
  byte[] announcement() {
    return Answers.parameterStatus(PARAMETER, HOLDS.register(this));
  }
}

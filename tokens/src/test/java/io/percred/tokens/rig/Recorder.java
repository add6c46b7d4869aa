package io.percred.tokens.rig;

import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers every event. */
public final class Recorder implements PercredListener {
  private final List<PercredEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void onEvent(PercredEvent event) {
    events.add(event);
  }

  public List<PercredEvent> events() {
    return events;
  }

  /** The states that circuit breakers went through. */
  public List<String> breakerStates() {
    return events.stream()
        .filter(PercredEvent.BreakerChanged.class::isInstance)
        .map(event -> ((PercredEvent.BreakerChanged) event).state())
        .toList();
  }
}

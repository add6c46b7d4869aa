package io.percred.session;

import java.sql.SQLException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Random JDBC calls of several callers on handles of one pool: they answer and do what they would
 * on plain connections, but for what {@link HandleModel} names, and nobody ever gets somebody
 * else's session.
 */
class HandleModelTest {
  private static final int STEPS = 80;

  /** The same sequences in every build; others, and more of them, are for who changes handles. */
  private static final String SEED = "20261121";

  @Property(tries = 100, seed = SEED, shrinking = ShrinkingMode.OFF)
  void handlesDoWhatPlainConnectionsDo(@ForAll long seed) throws SQLException {
    try (HandleRun run = new HandleRun(new Random(seed))) {
      for (int step = 0; step < STEPS; step++) {
        run.step();
      }
      run.end();
    }
  }
}

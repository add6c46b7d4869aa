package io.percred.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That the demo would notice a caller who got somebody else's rows. */
class VisitTest {
  private static final Employee ALICE = new Employee("alice", "Aster Ltd");

  @Test
  void ownRowsSeenAsOneselfAreTheCallers() {
    assertThat(visit("alice", "Aster Ltd").isOf(ALICE)).isTrue();
  }

  @Test
  void rowsSeenAsSomebodyElseAreNotTheCallers() {
    assertThat(visit("bob", "Aster Ltd").isOf(ALICE)).isFalse();
    assertThat(visit("alice, bob", "Aster Ltd").isOf(ALICE)).isFalse();
    assertThat(visit("null", "Aster Ltd").isOf(ALICE)).isFalse();
  }

  @Test
  void oneForeignRowAmongOwnOnesIsNoticed() {
    assertThat(visit("alice", "Aster Ltd", "Birch GmbH").isOf(ALICE)).isFalse();
    assertThat(visit("alice", "Aster Ltd", "null").isOf(ALICE)).isFalse();
  }

  @Test
  void noRowsAtAllAreNotTheCallersEither() {
    assertThat(visit("nobody").isOf(ALICE)).isFalse();
  }

  private static Visit visit(String saw, String... organisations) {
    return new Visit(4711, saw, Set.of(organisations), List.of("Ines"));
  }
}

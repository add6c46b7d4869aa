package io.percred.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That the demo would notice an analyst who saw what was not due. */
class CustomerListTest {
  private static final Analyst ALICE = new Analyst("alice", "EU", false);
  private static final Analyst BOB = new Analyst("bob", "US", true);
  private static final String MASKED = "Ada <*****>";
  private static final String SHOWN = "Grace <grace@example.com>";

  @Test
  void ownRowsAndTheColumnAsTheRoleMaySeeItAreDue() {
    assertThat(list("ALICE as ANALYST_EU", "EU", MASKED).isOf(ALICE)).isTrue();
    assertThat(list("BOB as ANALYST_US", "US", SHOWN).isOf(BOB)).isTrue();
  }

  @Test
  void anotherUserOrRoleIsNoticed() {
    assertThat(list("BOB as ANALYST_EU", "EU", MASKED).isOf(ALICE)).isFalse();
    assertThat(list("ALICE as PUBLIC", "EU", MASKED).isOf(ALICE)).isFalse();
  }

  @Test
  void foreignRowsAndNoneAtAllAreNoticed() {
    assertThat(list("ALICE as ANALYST_EU", "US", MASKED).isOf(ALICE)).isFalse();
    assertThat(new CustomerList("nobody", Set.of(), List.of()).isOf(ALICE)).isFalse();
  }

  @Test
  void aColumnThatIsNotMaskedIsNoticed() {
    assertThat(list("ALICE as ANALYST_EU", "EU", MASKED, SHOWN).isOf(ALICE)).isFalse();
    assertThat(list("BOB as ANALYST_US", "US", MASKED).isOf(BOB)).isFalse();
  }

  private static CustomerList list(String saw, String region, String... customers) {
    return new CustomerList(saw, Set.of(region), List.of(customers));
  }
}

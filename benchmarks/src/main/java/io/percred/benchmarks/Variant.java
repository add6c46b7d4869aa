package io.percred.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * One way to run a unit of work.
 *
 * @param technique how the database learns the caller
 * @param delivery value of {@code percred.delivery}; empty without percred
 * @param residue value of {@code percred.residue}; empty without percred
 * @param callers who comes next
 */
record Variant(Technique technique, String delivery, String residue, Callers callers) {
  /** How the database learns the caller. */
  enum Technique {
    /** Not at all: pgjdbc alone. */
    PLAIN("pgjdbc alone"),
    /** percred, with the token in a setting. */
    PERCRED("percred"),
    /** percred, with role and claims. */
    CLAIMS("percred mode=claims"),
    /** percred, with role, claims, three settings and a pre-request function. */
    CLAIMS_AND_MORE("percred mode=claims, 3 settings, pre-request"),
    /** SET in front of the unit, RESET behind it, each a statement of its own. */
    SET_RESET("SET + RESET"),
    /** {@code set_config(…, true)} as a statement of its own in a transaction. */
    SET_CONFIG("set_config in transaction"),
    /** The statement that Hibernate 8 runs after begin: two settings, the tenant and its root. */
    HIBERNATE("as Hibernate 8 after begin");

    private final String title;

    Technique(String title) {
      this.title = title;
    }

    /** Whether it is percred's. */
    boolean isPercreds() {
      return this == PERCRED || bindsClaims();
    }

    /** Whether role and claims are bound. */
    boolean bindsClaims() {
      return this == CLAIMS || this == CLAIMS_AND_MORE;
    }

    /** Whether it needs a transaction even around a single statement. */
    boolean needsTransaction() {
      return this == SET_CONFIG || this == HIBERNATE;
    }
  }

  /** Who takes the connection out of the pool. */
  enum Callers {
    /** Nobody in particular. */
    NONE("-"),
    /** Another one than the last time. */
    CHANGING("changes"),
    /** The one who had it the last time. */
    SAME("same");

    private final String title;

    Callers(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** What everything else is compared with. */
  static final Variant PLAIN = new Variant(Technique.PLAIN, "", "", Callers.NONE);

  private static final List<String> DELIVERIES = List.of("bind", "function-call", "auto");
  private static final List<Technique> RECIPES =
      List.of(Technique.SET_RESET, Technique.SET_CONFIG, Technique.HIBERNATE);

  /** All but {@link #PLAIN}. */
  static List<Variant> compared() {
    List<Variant> all = new ArrayList<>();
    for (String delivery : DELIVERIES) {
      all.add(new Variant(Technique.PERCRED, delivery, "clear", Callers.CHANGING));
      all.add(new Variant(Technique.PERCRED, delivery, "keep", Callers.CHANGING));
      all.add(new Variant(Technique.PERCRED, delivery, "clear", Callers.SAME));
    }
    for (Technique claims : List.of(Technique.CLAIMS, Technique.CLAIMS_AND_MORE)) {
      all.add(new Variant(claims, "bind", "clear", Callers.CHANGING));
      all.add(new Variant(claims, "bind", "clear", Callers.SAME));
    }
    for (Technique recipe : RECIPES) {
      all.add(new Variant(recipe, "", "", Callers.CHANGING));
      all.add(new Variant(recipe, "", "", Callers.SAME));
    }
    return all;
  }

  /** Those that are worth running for a workload of a second. */
  boolean isForLongWork() {
    return callers != Callers.SAME
        && !residue.equals("keep")
        && technique != Technique.HIBERNATE
        && !technique.bindsClaims();
  }

  /** What a reader calls it. */
  String title() {
    if (!technique.isPercreds()) {
      return technique.title;
    }
    String title = technique.title + " " + delivery;
    return residue.equals("keep") ? title + " residue=keep" : title;
  }

  @Override
  public String toString() {
    return callers == Callers.NONE ? title() : title() + ", caller " + callers.title();
  }
}

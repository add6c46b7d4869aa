package io.percred.configuration;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PropertyDescriptor;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What connection properties and code have fixed, against which a value of the URL is held. Of the
 * properties that decide something together, the defaults are fixed as soon as one of them is
 * given.
 */
final class FixedValues {
  private final Map<String, String> given;
  private final Set<Policy> policies = EnumSet.noneOf(Policy.class);

  /**
   * @param given percred's connection properties, all of them known
   * @param inCode the policies that objects set in code belong to
   */
  FixedValues(Map<String, String> given, KnownProperties known, Set<Policy> inCode) {
    this.given = given;
    policies.addAll(inCode);
    for (String key : given.keySet()) {
      PropertyDescriptor property = known.find(key);
      if (property != null) {
        policies.addAll(policiesOf(property.fromUrl()));
      }
    }
  }

  /**
   * Checks one value of a URL.
   *
   * @throws SQLException with PERCRED-003 if it would weaken what is fixed
   */
  void check(String key, PropertyDescriptor property, String value) throws SQLException {
    FromUrl rule = property.fromUrl();
    String own = given.get(key);
    boolean fixed = own != null || policiesOf(rule).stream().anyMatch(policies::contains);
    String other = own == null ? property.defaultValue() : own;
    check(key, rule, value, new Fixed(fixed, other));
  }

  /** As {@link #check(String, PropertyDescriptor, String)} for a parameter of any kind. */
  static void check(String key, FromUrl rule, String value, Fixed fixed) throws SQLException {
    if (rule instanceof FromUrl.Never never) {
      throw UrlRules.refused(key, "it never counts: " + never.reason(), "leave it out of the URL");
    }
    if (rule instanceof FromUrl.Keeps && fixed.byOthers() && !value.equals(fixed.value())) {
      throw UrlRules.refused(
          key,
          "it would change what connection properties, code or a default beside them have fixed",
          "leave it out of the URL");
    }
    if (rule instanceof FromUrl.Narrows narrows
        && (fixed.byOthers() || narrows.always())
        && !narrows.order().isAsStrict(value, fixed.value())) {
      throw UrlRules.refused(
          key,
          narrows.always()
              ? "nothing may be waived"
              : "it would weaken what connection properties, code or a default beside them have"
                  + " fixed",
          "leave it out of the URL");
    }
  }

  private static Set<Policy> policiesOf(FromUrl rule) {
    if (rule instanceof FromUrl.Keeps keeps) {
      return keeps.policies();
    }
    return rule instanceof FromUrl.Narrows narrows ? narrows.policies() : Set.of();
  }

  /**
   * What a URL's value is held against.
   *
   * @param byOthers whether somebody else than the URL decided it
   * @param value the value in force without the URL, or null
   */
  record Fixed(boolean byOthers, @Nullable String value) {
    /** Shows no value. */
    @Override
    public String toString() {
      return byOthers ? "fixed" : "free";
    }
  }
}

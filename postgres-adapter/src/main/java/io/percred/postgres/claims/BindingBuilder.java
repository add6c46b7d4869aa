package io.percred.postgres.claims;

import io.percred.postgres.PostgresError;
import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan.UnboundException;
import io.percred.spi.PercredError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the settings of one transaction, in the order in which they are set. */
final class BindingBuilder {
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();
  private int loud;

  /**
   * Adds a setting.
   *
   * @throws UnboundException with PERCRED-204 if PostgreSQL cannot store the value
   */
  void set(String name, String value) throws UnboundException {
    names.add(name);
    values.add(storable(name, value));
  }

  /**
   * Adds a setting that a role brings with it.
   *
   * @throws UnboundException with PERCRED-204 if PostgreSQL cannot store the value
   */
  void setOfRole(RoleSetting setting) throws UnboundException {
    int at = setting.isLoud() ? loud++ : names.size();
    names.add(at, setting.name());
    values.add(at, storable(setting.name(), setting.value()));
  }

  /**
   * The value of a setting.
   *
   * @throws UnboundException with PERCRED-204 if PostgreSQL cannot store it
   */
  static String storable(String name, String value) throws UnboundException {
    if (value.indexOf('\0') >= 0) {
      throw new UnboundException(PercredError.of(PostgresError.BAD_VALUE, name));
    }
    return value;
  }

  Binding withCall(@Nullable String call) {
    return new Binding(names, values, call, loud);
  }
}

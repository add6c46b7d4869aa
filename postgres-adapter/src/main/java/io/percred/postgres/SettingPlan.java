package io.percred.postgres;

import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan;
import io.percred.spi.PercredError;
import io.percred.spi.Resolution;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** {@code mode=setting}: the token in a setting. */
final class SettingPlan implements BindingPlan {
  private final List<String> names;
  private final Set<String> managed;
  private final String prefix;

  /**
   * @param setting the name of the setting
   * @param prefix what stands in front of the token, trimmed, or empty
   */
  SettingPlan(String setting, String prefix) {
    this.names = List.of(setting);
    this.managed = Set.of(setting.toLowerCase(Locale.ROOT));
    this.prefix = prefix;
  }

  @Override
  public Set<String> managedNames() {
    return managed;
  }

  @Override
  public boolean switchesRole() {
    return false;
  }

  @Override
  public Binding bind(Resolution resolution) throws UnboundException {
    if (!(resolution instanceof Resolution.Bind bind)) {
      return new Binding(names, List.of(""));
    }
    String token = bind.credential().token();
    String value = prefix.isEmpty() ? token : prefix + ' ' + token;
    if (value.indexOf('\0') >= 0) {
      throw new UnboundException(PercredError.of(PostgresError.BAD_VALUE, names.get(0)));
    }
    return new Binding(names, List.of(value));
  }
}

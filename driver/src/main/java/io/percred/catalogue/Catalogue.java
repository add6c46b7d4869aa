package io.percred.catalogue;

import io.percred.spi.ErrorCode;
import io.percred.spi.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every property and error of what is on the class path, by module: the driver first, then by name.
 *
 * @param modules what each module defines
 */
public record Catalogue(List<Module> modules) {
  private static final String DRIVER = "percred-driver";
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "io.percred.catalogue", DRIVER,
          "io.percred.postgres", "percred-postgres-adapter",
          "io.percred.session", "percred-session-pool",
          "io.percred.snowflake", "percred-snowflake-adapter",
          "io.percred.tokens", "percred-tokens");

  /** What is installed. */
  public static Catalogue of(Installed installed) {
    Set<PropertyDescriptor> properties = new LinkedHashSet<>(List.of(DriverProperty.values()));
    Set<ErrorCode> errors = new LinkedHashSet<>(List.of(DriverError.values()));
    installed
        .adapters()
        .all()
        .forEach(
            adapter -> {
              properties.addAll(adapter.properties());
              errors.addAll(adapter.errorCodes());
            });
    installed
        .suppliers()
        .all()
        .forEach(
            provider -> {
              properties.addAll(provider.properties());
              errors.addAll(provider.errorCodes());
            });
    installed
        .verifiers()
        .all()
        .forEach(
            provider -> {
              properties.addAll(provider.properties());
              errors.addAll(provider.errorCodes());
            });
    return of(properties, errors);
  }

  private static Catalogue of(Set<PropertyDescriptor> properties, Set<ErrorCode> errors) {
    Set<String> keys = new HashSet<>();
    Map<String, List<PropertyDescriptor>> propertiesOf =
        properties.stream()
            .filter(each -> keys.add(each.key()))
            .collect(Collectors.groupingBy(Catalogue::moduleOf, TreeMap::new, Collectors.toList()));
    Map<String, List<ErrorCode>> errorsOf =
        errors.stream()
            .sorted(Comparator.comparingInt(ErrorCode::number))
            .collect(Collectors.groupingBy(Catalogue::moduleOf, TreeMap::new, Collectors.toList()));
    List<Module> modules = new ArrayList<>();
    Stream.concat(propertiesOf.keySet().stream(), errorsOf.keySet().stream())
        .distinct()
        .sorted(
            Comparator.comparing((String name) -> !name.equals(DRIVER))
                .thenComparing(Comparator.naturalOrder()))
        .forEach(
            name ->
                modules.add(
                    new Module(
                        name,
                        propertiesOf.getOrDefault(name, List.of()),
                        errorsOf.getOrDefault(name, List.of()))));
    return new Catalogue(List.copyOf(modules));
  }

  /** The artifact that a constant comes from; of other people's modules the package. */
  private static String moduleOf(Object constant) {
    String declaring = constant.getClass().getPackageName();
    return ARTIFACTS.getOrDefault(declaring, declaring);
  }

  /**
   * What one module defines.
   *
   * @param name the artifact, or the package of somebody else's module
   * @param properties in the order of their enum
   * @param errors by number
   */
  public record Module(String name, List<PropertyDescriptor> properties, List<ErrorCode> errors) {}
}

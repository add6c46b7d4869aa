package io.percred.conformance;

import io.percred.rig.PostgresServers;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** The chosen servers, each a parameter of the test class. */
final class PostgresVersions implements ArgumentsProvider {
  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) throws Exception {
    return PostgresServers.chosen().stream()
        .map(server -> Arguments.of(Named.of(server.toString(), server)));
  }
}

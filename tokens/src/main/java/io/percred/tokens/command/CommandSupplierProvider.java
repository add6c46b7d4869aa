package io.percred.tokens.command;

import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import io.percred.tokens.TokensError;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code percred.supplier=command:PROGRAM ARGUMENTS}. A URL may name only programs that the
 * administrator lists, exactly as they are listed.
 */
public final class CommandSupplierProvider implements TokenSupplierProvider {
  static final String ALLOWED = "PERCRED_ALLOWED_COMMANDS";

  private final UnaryOperator<@Nullable String> variables;

  /** For {@link java.util.ServiceLoader}. */
  public CommandSupplierProvider() {
    this(System::getenv);
  }

  CommandSupplierProvider(UnaryOperator<@Nullable String> variables) {
    this.variables = variables;
  }

  @Override
  public String name() {
    return CommandSupplier.NAME;
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    return List.of();
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return List.of(TokensError.values());
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    String argument = context.argument();
    CommandLine command;
    try {
      command = CommandLine.parse(argument == null ? "" : argument);
    } catch (IllegalArgumentException e) {
      throw PercredError.of(
              TokensError.BAD_VALUE, "percred.supplier=command:", String.valueOf(e.getMessage()))
          .toSqlException();
    }
    if (context.fromUrl() && !isAllowed(command.program())) {
      throw PercredError.of(TokensError.COMMAND_NOT_ALLOWED, command.program()).toSqlException();
    }
    return new CommandSupplier(command, context);
  }

  private boolean isAllowed(String program) {
    return Stream.of(variables.apply(ALLOWED), System.getProperty(ALLOWED))
        .flatMap(list -> list == null ? Stream.of() : Arrays.stream(list.split(",", -1)))
        .anyMatch(allowed -> allowed.strip().equals(program));
  }
}

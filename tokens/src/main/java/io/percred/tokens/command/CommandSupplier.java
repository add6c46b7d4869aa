package io.percred.tokens.command;

import io.percred.spi.Credential;
import io.percred.spi.ProviderContext;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.cache.BackgroundThreads;
import io.percred.tokens.cache.TokenCache;

/** Supplies what a program prints, the same to every caller. Thread-safe. */
final class CommandSupplier implements TokenSupplier {
  static final String NAME = "command";

  private final CommandRun run;
  private final TokenCache cache;
  private final BackgroundThreads threads = new BackgroundThreads("percred-command");

  CommandSupplier(CommandLine command, ProviderContext context) {
    this.run = new CommandRun(command, context.clock(), threads);
    this.cache =
        new TokenCache(
            new TokenCache.Parts(
                NAME,
                context.settings().timeSpan(TokensProperty.TOKEN_SKEW),
                context.clock(),
                context.listener(),
                threads));
  }

  @Override
  public Credential supply(SupplyContext context) throws SupplyException {
    return cache.get(NAME, context.deadline(), run::run);
  }

  @Override
  public boolean mayBlock() {
    return !cache.isReady(NAME);
  }

  @Override
  public boolean dependsOnCaller() {
    return false;
  }

  @Override
  public boolean rejected(Credential credential) {
    return cache.drop(credential);
  }

  @Override
  public void close() {
    threads.close();
  }
}

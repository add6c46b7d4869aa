package io.percred.postgres.socket;

/**
 * What percred's socket factories need for one connection. Found through {@link FilterRegistry}.
 *
 * @param filters makes the filters of its sockets
 * @param userFactories the factories that the user asked for
 */
public record FilterConfiguration(SocketFilterFactory filters, UserFactories userFactories) {}

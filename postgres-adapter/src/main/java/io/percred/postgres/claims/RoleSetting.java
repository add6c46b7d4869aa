package io.percred.postgres.claims;

/**
 * A setting that a role brings with it ({@code ALTER ROLE … SET}).
 *
 * @param name its name, in lower case
 * @param value its value
 */
public record RoleSetting(String name, String value) {}

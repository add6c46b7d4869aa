package io.percred.snowflake;

import io.percred.spi.ErrorCode;

/** The errors of the Snowflake adapter. */
public enum SnowflakeError implements ErrorCode {
  /** No driver. */
  VENDOR_DRIVER_MISSING(
      350,
      "08001",
      "No driver on the class path accepts Snowflake's URLs.",
      "Add net.snowflake:snowflake-jdbc, 3.25 or later."),
  /** An authenticator that is not the caller's token. */
  AUTHENTICATOR(
      351,
      "22023",
      "authenticator={authenticator} cannot be used: {reason}. Nothing was opened.",
      "Leave authenticator out, or choose OAUTH or PROGRAMMATIC_ACCESS_TOKEN."),
  /** A secret in the URL. */
  SECRET_IN_URL(
      352,
      "22023",
      "The URL holds \"{property}\": URLs are logged, and a token may lose its padding there. Nothing"
          + " was opened.",
      "Callers' tokens come from percred.supplier; give the static login's secret in the"
          + " properties."),
  /** A property that would mix callers. */
  REFUSED_PROPERTY(
      353,
      "22023",
      "Property \"{property}\" cannot be used: {reason}. Nothing was opened.",
      "Leave it out."),
  /** A URL of another form. */
  URL(
      354,
      "22023",
      "The URL does not have the form jdbc:snowflake://HOST[:PORT]/[?NAME=VALUE&…]: {reason}. Nothing"
          + " was opened.",
      "Name the host in the URL."),
  /** Snowflake does not take the token. */
  DENIED(
      355,
      "28000",
      "Snowflake denied the login of principal \"{principal}\": {message} ({code}). Nothing was"
          + " executed.",
      "Get a new token, or see whether its user and role exist and match the account's security"
          + " integration."),
  /** What the URL names is not there, or not for this caller. */
  NOT_GRANTED(
      360,
      "28000",
      "Snowflake has no session for principal \"{principal}\" with the role, database, schema or"
          + " warehouse of the URL: {message} ({code}). Nothing was executed; the token is good.",
      "See that they exist and that the caller may use them, or leave them out of the URL for the"
          + " caller's own defaults."),
  /** Two drivers that are not one. */
  SEVERAL_VENDOR_DRIVERS(
      361,
      "08001",
      "Several drivers on the class path accept Snowflake's URLs: {classes}. Nothing was opened.",
      "Leave one of them on the class path, or name its class in percred.snowflake.driver."),
  /** Snowflake does not answer. */
  UNAVAILABLE(
      356,
      "58000",
      "Snowflake did not answer the login of principal \"{principal}\": {message} ({code}). Nothing"
          + " was executed.",
      "See whether the account can be reached; the token may be good."),
  /** The session is another user's. */
  WRONG_USER(
      357,
      "28000",
      "Snowflake opened a session of user \"{user}\" with the token of principal \"{principal}\", and"
          + " neither that nor the claim \"{claim}\" is this user. The session was closed; nothing was"
          + " executed.",
      "Name in percred.snowflake.user-claim the claim that the account's security integration maps to"
          + " users, or the Snowflake user as principal."),
  /** Nobody vouched for the principal. */
  UNVERIFIED_PRINCIPAL(
      358,
      "28000",
      "percred.snowflake.verify-user needs a name to compare, and nobody vouched for the principal of"
          + " this token or its claim \"{claim}\". Nothing was sent to the database.",
      "Choose a percred.verifier, or name the principal with the credential."),
  /** No static login. */
  NO_STATIC_LOGIN(
      359,
      "28000",
      "percred.on-missing=shared has no login to share: neither password nor token nor private key is"
          + " among the properties. Nothing was sent to the database.",
      "Give user and password (or percred.login.password) of the shared login.");

  private final int number;
  private final String sqlState;
  private final String message;
  private final String remedy;

  SnowflakeError(int number, String sqlState, String message, String remedy) {
    this.number = number;
    this.sqlState = sqlState;
    this.message = message;
    this.remedy = remedy;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String sqlState() {
    return sqlState;
  }

  @Override
  public String message() {
    return message;
  }

  @Override
  public String remedy() {
    return remedy;
  }
}

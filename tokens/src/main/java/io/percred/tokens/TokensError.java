package io.percred.tokens;

import io.percred.spi.ErrorCode;

/** The errors of the suppliers and verifiers in this module: 500 to 599. */
public enum TokensError implements ErrorCode {
  MISSING_PROPERTY(
      500, "22023", "{feature} needs {property}, which is not set.", "Set {properties}."),
  BAD_VALUE(
      501, "22023", "Property {property} cannot be used: {problem}.", "Correct the property."),
  PLAINTEXT_REFUSED(
      502,
      "22023",
      "{property} is {address}: a token would travel over plain HTTP to another machine.",
      "Use https, or set percred.http.allow-plaintext=true outside the URL."),
  NOT_IN_URL(
      503,
      "22023",
      "{property} must not come from the URL: {problem}.",
      "Set it where only an administrator can: in Properties, in code or in the pool's"
          + " configuration."),
  COMMAND_NOT_ALLOWED(
      504,
      "22023",
      "The URL asks to run \"{command}\", which nobody allowed.",
      "Add it to PERCRED_ALLOWED_COMMANDS (environment variable or system property, separated by"
          + " commas), or set percred.supplier outside the URL."),
  UNKNOWN_VERIFIER(
      505,
      "22023",
      "{property} names \"{verifier}\", and there is no such verifier.",
      "Choose one of {verifiers}."),
  CLIENT_REFUSED(
      510,
      "22023",
      "{endpoint} refused percred's own client \"{client}\": {reason}.",
      "Check percred.oauth.client-id, percred.oauth.client-secret, percred.oauth.client-auth,"
          + " percred.oauth.scope and what the authorization server allows this client."),
  NO_TOKEN_ENDPOINT(
      511,
      "22023",
      "The discovery document {address} names no usable token endpoint: {reason}.",
      "Correct percred.oauth.issuer, or set percred.oauth.token-endpoint."),
  COMMAND_NOT_STARTED(
      512,
      "22023",
      "The command \"{command}\" could not be started: {reason}.",
      "Check that it exists and may be executed by this process."),
  NO_LOGIN_ROLE(
      513,
      "22023",
      "percred.verifier=remote asks about the login role, and the connection names none.",
      "Give the user name in the URL or to the pool."),
  WRONG_ENDPOINT(
      514,
      "22023",
      "{endpoint} answers {reason}, whatever the token: it is not an endpoint of the kind that it is"
          + " used for, or it refuses what percred always sends.",
      "Correct the address in {property}."),
  GRANT_REFUSED(
      520,
      "28000",
      "{endpoint} issued no token: {reason}.",
      "The caller must sign in again, or is not allowed to do this."),
  ENDPOINT_UNAVAILABLE(
      530,
      "58000",
      "{endpoint} is unavailable since {since} ({reason}, {failures}){until}.",
      "Check that the endpoint can be reached from this machine."),
  DEADLINE_PASSED(
      531,
      "58000",
      "{supplier} had no token in time: it was waited for {duration}.",
      "Check the endpoint or command, or raise percred.supplier.timeout."),
  COMMAND_FAILED(
      532,
      "58000",
      "The command \"{command}\" printed no token: {reason}.",
      "Run it by hand as the user of this process."),
  OVERLOADED(
      533,
      "58000",
      "{supplier} is asked for too many tokens at once; this one was not fetched.",
      "Check why the endpoint is slow.");

  private final int number;
  private final String sqlState;
  private final String message;
  private final String remedy;

  TokensError(int number, String sqlState, String message, String remedy) {
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

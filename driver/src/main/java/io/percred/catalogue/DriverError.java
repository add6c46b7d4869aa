package io.percred.catalogue;

import io.percred.spi.ErrorCode;

/** The errors that percred's driver itself reports. */
public enum DriverError implements ErrorCode {
  /** A property nobody reads. */
  UNKNOWN_PROPERTY(
      1,
      State.BAD_CONFIGURATION,
      "Unknown property \"{property}\".",
      "{hint} Driver.getPropertyInfo lists the known ones, and io.percred.CatalogueMarkdown, run with a"
          + " directory, writes them down there."),
  /** A value that is not allowed. */
  BAD_VALUE(
      2,
      State.BAD_CONFIGURATION,
      "The value of property \"{property}\" is not allowed: {value}.",
      "It must be {allowed}."),
  /** Something that a URL must not say. */
  NOT_IN_URL(
      3,
      State.BAD_CONFIGURATION,
      "Property \"{property}\" was given in the URL, where {rule}.",
      "Give it in the connection properties or in code, or {remedy}."),
  /** A name that nothing on the class path has. */
  UNKNOWN_PROVIDER(
      4,
      State.BAD_CONFIGURATION,
      "There is no {kind} \"{name}\" on the class path. Known: {known}.",
      "{hint}"),
  /** A name that two classes have. */
  DUPLICATE_PROVIDER(
      5,
      State.BAD_CONFIGURATION,
      "Two classes say that they are the {kind} \"{name}\": {first} and {second}.",
      "Take one of them off the class path."),
  /** The vendor's driver, or something it needs, is missing. */
  VENDOR_DRIVER_MISSING(
      6,
      State.BAD_CONFIGURATION,
      "The adapter for \"{subprotocol}\" could not load {class}.",
      "Add the database's own JDBC driver to the class path."),
  /** One property, two values. */
  GIVEN_TWICE(
      7,
      State.BAD_CONFIGURATION,
      "Property \"{property}\" was given twice: {where}.",
      "Give it once."),
  /** A property that another one needs. */
  PROPERTY_MISSING(
      8, State.BAD_CONFIGURATION, "{what} needs {property}, which was not given.", "Give it."),
  /** A URL that cannot be read. */
  MALFORMED_URL(
      9,
      State.BAD_CONFIGURATION,
      "The URL cannot be read: {reason}.",
      "Write it like jdbc:percred:postgresql://host/database?percred.setting=app.api_token."),
  /** A file or variable that cannot be read. */
  UNREADABLE_SECRET(
      10,
      State.BAD_CONFIGURATION,
      "Property \"{property}\" names {source}, which cannot be read: {reason}.",
      "See that it exists, that this process may read it, and that it is not empty."),
  /** An adapter or provider that broke its contract. */
  PROVIDER_BROKEN(
      11,
      State.BAD_CONFIGURATION,
      "The {kind} \"{name}\" ({class}) failed: {failure}.",
      "This is a defect of that class; its cause says where."),
  /** A DataSource in use after its end. */
  CLOSED(
      12,
      "08003",
      "This PercredDataSource is closed; no connection was opened.",
      "Make another one."),
  /** No parent logger. */
  NO_PARENT_LOGGER(
      13, "0A000", "percred logs through SLF4J; it has no parent logger.", "Configure SLF4J."),
  /** A wrong unwrap. */
  NOT_A_WRAPPER(
      14,
      "0A000",
      "A PercredDataSource does not wrap {type}.",
      "Unwrap a connection instead: connections are the vendor's own."),
  /** A pool whose connections cannot be bound. */
  FOREIGN_DATABASE(
      15,
      State.BAD_CONFIGURATION,
      "The pool's connections go to \"{subprotocol}\". percred did not open them and cannot bind a"
          + " caller to them; the connection went back to the pool.",
      "Have the pool open its connections through a jdbc:percred: URL."),
  /** Two configurations for one connection. */
  CONFIGURED_ELSEWHERE(
      16,
      State.BAD_CONFIGURATION,
      "percred opened the pool's connections, with a configuration of their own. What was given to"
          + " the decorator would not count: {given}. The connection went back to the pool.",
      "Give it where the pool is told the URL, not to the decorator."),
  /** A decorated connection in use after it was given back. */
  GIVEN_BACK(
      17,
      "08003",
      "This connection has been given back to its pool.",
      "Take another one from the DataSource."),
  /** A configuration that needs what only percred's own opening of a connection can give. */
  OPENED_BY_VENDOR(
      18,
      State.BAD_CONFIGURATION,
      "A supplier reads a property of the connection, or percred.login.password was given, but the"
          + " vendor's driver opens this connection and has its properties already.",
      "Use another supplier, or connect with a jdbc:percred: URL."),
  /** A secret that a URL would have sent to a machine of its choice. */
  SECRET_TO_STRANGER(
      19,
      State.BAD_CONFIGURATION,
      "{secret} would be sent to {host}, which the URL names and PERCRED_ALLOWED_HOSTS does not."
          + " Nothing was opened.",
      "Have the administrator add the host to PERCRED_ALLOWED_HOSTS (environment variable or system"
          + " property) or, where whoever wrote the URL also writes the application's configuration,"
          + " give percred.url.trusted=true in the connection properties."),
  /** A secret that a URL would have sent where others can read it. */
  SECRET_EXPOSED(
      20,
      State.BAD_CONFIGURATION,
      "{secret} would be sent to {host}, and {exposure}. Nothing was opened.",
      "{remedy}"),
  /** No credential. */
  NO_CREDENTIAL(
      101,
      State.REFUSED,
      "No credential for this transaction: {reason} and percred.on-missing is \"{policy}\". Nothing"
          + " was sent to the database.",
      "In a request: open a CallerContext around it. On another thread: CallerContext.capture(), or"
          + " context-propagation. At start-up or in a job: CallerContext.service(). In a tool:"
          + " percred.supplier=password and the token in the password field."),
  /** No credential of the service account. */
  NO_SERVICE_CREDENTIAL(
      102,
      State.REFUSED,
      "No credential for the service account: {supplier} has none. Nothing was sent to the"
          + " database.",
      "See that percred.service.supplier can supply a token."),
  /** A token beyond the limit. */
  TOKEN_TOO_LARGE(
      103,
      State.REFUSED,
      "The token of {principal} has {size} characters, more than the {limit} that"
          + " percred.token.max-size allows. Nothing was sent to the database.",
      "Raise percred.token.max-size if tokens of that size are expected."),
  /** A token beyond its expiry. */
  TOKEN_EXPIRED(
      104,
      State.REFUSED,
      "The token of {principal} expired at {expiry}. Nothing was sent to the database.",
      "Open the context with a fresh token."),
  /** A supplier that needs itself. */
  REENTRANT(
      105,
      State.REFUSED,
      "{provider} used a percred connection from inside its own call on thread \"{thread}\". Nothing"
          + " was sent to the database.",
      "Give the supplier or verifier a connection that percred did not open."),
  /** A service scope without a service account. */
  NO_SERVICE_SUPPLIER(
      106,
      State.REFUSED,
      "CallerContext.service() is open on thread \"{thread}\", but percred.service.supplier is not"
          + " configured. Nothing was sent to the database.",
      "Configure percred.service.supplier, or choose percred.on-missing=shared."),
  /** A credential that is not good. */
  DENIED(
      111,
      State.REFUSED,
      "Token of {principal} was denied by {verifier}: {reason}. Nothing was sent to the database;"
          + " the connection stays usable.",
      "Get a new token for the caller."),
  /** Nobody can tell whether the credential is good. */
  UNAVAILABLE(
      121,
      State.UNAVAILABLE,
      "{endpoint} is unavailable since {since} ({reason}, {failures}); {outlook}. Nothing was sent"
          + " to the database.",
      "See that the endpoint answers; callers are served again as soon as it does."),
  /** A supplier that failed. */
  SUPPLIER_FAILED(
      122,
      State.UNAVAILABLE,
      "Supplier {supplier} failed: {failure}. Nothing was sent to the database.",
      "The cause says where; its text is left out, as it may hold the token."),
  /** A supplier that did not answer in time. */
  SUPPLIER_TIMED_OUT(
      123,
      State.UNAVAILABLE,
      "Supplier {supplier} did not answer within {timeout}; {busy} of its configuration under way."
          + " Nothing was sent to the database.",
      "See what the supplier waits for, or raise percred.supplier.timeout."),
  /** Too many calls of suppliers at once. */
  SUPPLIERS_BUSY(
      124,
      State.UNAVAILABLE,
      "Supplier {supplier} was not asked: {busy} under way or waiting. Nothing was sent to the"
          + " database.",
      "See why the supplier is slow."),
  /** A verifier that broke its contract. */
  VERIFIER_FAILED(
      125,
      State.UNAVAILABLE,
      "Verifier {verifier} failed: {failure}. Nothing was sent to the database.",
      "This is a defect of the verifier; the cause says where."),
  /** An interrupt while waiting for a supplier. */
  INTERRUPTED(
      126,
      "57014",
      "Thread \"{thread}\" was interrupted while it waited for supplier {supplier}. Nothing was sent"
          + " to the database.",
      "Nothing needs to be done unless nobody meant to interrupt it."),
  /** The file of a file: supplier cannot be read. */
  TOKEN_FILE_UNREADABLE(
      127,
      State.UNAVAILABLE,
      "The token file {path} cannot be read: {reason}. Nothing was sent to the database.",
      "See that it exists, is a regular file of at most 1 MiB, and that this process may read it.");

  private final int number;
  private final String sqlState;
  private final String message;
  private final String remedy;

  DriverError(int number, String sqlState, String message, String remedy) {
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

  /** SQLSTATEs on which no pool evicts a healthy connection. */
  private static final class State {
    static final String BAD_CONFIGURATION = "22023";
    static final String REFUSED = "28000";
    static final String UNAVAILABLE = "58000";
  }
}

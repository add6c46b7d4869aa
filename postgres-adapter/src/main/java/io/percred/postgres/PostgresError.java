package io.percred.postgres;

import io.percred.spi.ErrorCode;

/** The errors that the PostgreSQL adapter reports. */
public enum PostgresError implements ErrorCode {
  CALLER_CHANGED(
      201,
      "28000",
      "The caller changed while a transaction was open, and percred.on-change is \"reject\". The "
          + "statement was not sent and the transaction can only be rolled back.",
      "Commit or roll back before another caller uses the connection, or choose"
          + " percred.on-change=keep."),
  TORN_TEXT(
      202,
      "25000",
      "In one text, a statement that needs the caller, or another caller's session to be cleared,"
          + " stands behind the end of a transaction, where nothing can be put in front of it. The"
          + " text was not sent.",
      "Send the statements one by one, or use preferQueryMode=extended."),
  BINDING_REFUSED(
      203,
      "42501",
      "The server refused to bind the caller: {message}. The statement did not run.",
      "Check the name of percred.setting and that the login role may set it; with"
          + " percred.mode=claims, that the role exists and is granted to the login role."),
  BAD_VALUE(
      204,
      "28000",
      "The value for setting \"{setting}\" holds a NUL character, which PostgreSQL cannot store."
          + " Nothing was sent to the database.",
      "Correct the token or the percred.prefix."),
  POSITION_LOST(
      205,
      "08006",
      "An answer of the server could not be placed: {detail}. The connection was closed, because"
          + " percred could no longer tell whose transaction it carries.",
      "Read what a COPY sends to its end, or close the connection, before another caller uses it. If"
          + " no answer was left unread, report this with the versions of the server, of pgjdbc and"
          + " of any pooler between."),
  NOT_FILTERED(
      206,
      "08006",
      "The connection was about to turn to {encryption} outside of percred's reach and was closed.",
      "Let percred configure the connection: use a jdbc:percred:postgresql: URL, and leave"
          + " gssEncMode unset. Where percred's factories are named directly, name both, and set"
          + " gssEncMode=disable."),
  REPLICATION(
      207,
      "22023",
      "A replication connection (replication={value}) has no transactions that a caller could be"
          + " bound to.",
      "Use a jdbc:postgresql: URL for replication."),
  GSS_ENCRYPTION(
      208,
      "22023",
      "gssEncMode={value} would encrypt the connection out of percred's reach.",
      "Use TLS (sslmode) instead; GSSAPI authentication itself works."),
  BAD_SETTING(
      209,
      "22023",
      "\"{setting}\" is not a name that a custom setting of PostgreSQL can have.",
      "Use two or more identifiers joined by dots, such as app.api_token."),
  CLAIMS_NEED_VERIFIER(
      210,
      "22023",
      "{property} takes claims, but percred.verifier is \"none\" and nobody else vouches for the"
          + " claims of a token from percred.supplier={supplier}.",
      "Choose percred.verifier=jwt, or percred.claims.unverified=true if a gateway has verified the"
          + " token."),
  NO_CLAIMS(
      211,
      "28000",
      "Nobody vouches for any claims of {principal}: no verifier judged the token, and the"
          + " application supplied none. Nothing was sent to the database.",
      "Choose percred.verifier=jwt, supply the claims with Credential.withClaims, or choose"
          + " percred.claims.unverified=true if a gateway has verified the token."),
  NO_ROLE(
      212,
      "28000",
      "The claims of {principal} have no role at \"{path}\", and percred.on-missing is not"
          + " \"anonymous\". Nothing was sent to the database.",
      "Have the role put into the token, or correct percred.role-claim."),
  BAD_ROLE(
      213,
      "28000",
      "The role \"{role}\" in the claims of {principal} cannot be used: {reason}. Nothing was sent"
          + " to the database.",
      "Have the issuer put the name of a role into the token, or correct percred.allowed-roles."),
  BAD_CLAIMS(
      214,
      "28000",
      "The claims of {principal} cannot be written as JSON: {reason}. Nothing was sent to the"
          + " database.",
      "Supply texts, numbers, booleans, lists and maps of these."),
  UNREADABLE_TOKEN(
      215,
      "28000",
      "percred.claims.unverified is true, and the token of {principal} is no JSON Web Token whose"
          + " claims could be read. Nothing was sent to the database.",
      "Send a JSON Web Token, or choose percred.mode=setting."),
  GUARDED(
      216,
      "42501",
      "{statement} changes whom the database takes the caller for, or what it does for others of the"
          + " same role, and percred.guard is \"on\". The text was not sent.",
      "Leave that to percred, or choose percred.guard=off if the SQL is trusted."),
  BAD_CLAIMS_PROPERTY(
      217, "22023", "The value of {property} cannot be used: {reason}.", "Correct {property}."),
  ENCODING_CHANGES(
      218,
      "22023",
      "allowEncodingChanges={value} would let SQL change client_encoding, and percred reads UTF8"
          + " only. Nothing was opened.",
      "Leave allowEncodingChanges out; pgjdbc itself turns texts into Java's."),
  ENCODING_CHANGED(
      219,
      "08006",
      "client_encoding changed to {encoding}; pgjdbc and percred read UTF8 only. The connection was"
          + " closed.",
      "Leave client_encoding alone, in SQL, in the options of the URL and in what the role is set to;"
          + " pgjdbc itself turns texts into Java's."),
  NOT_CLEARED(
      220,
      "08006",
      "What the last caller left in the session could not be cleared: {detail}. The connection was"
          + " closed, and the next caller's statement did not run.",
      "Run the transaction again on another connection. If this happens often, look for what callers"
          + " leave in their sessions, or choose percred.residue=keep if nothing can."),
  PREPARED_FOR_ANOTHER(
      221,
      "26000",
      "A prepared statement was made while another caller had changed the search_path, or had a"
          + " temporary table; it is gone with that caller's session. The statement was not sent.",
      "pgjdbc prepares it again and nobody notices, unless it stands in a text of several statements:"
          + " then execute that again."),
  PINNED_TO_ANOTHER(
      222,
      "28000",
      "The connection was taken from its pool for another caller than the one whose CallerContext is"
          + " open on this thread. Nothing was sent to the database.",
      "Keep nothing of a connection beyond its close(). To work for another caller, take another"
          + " connection."),
  LOGIN_DENIED(
      230,
      "28000",
      "PostgreSQL denied the login of role \"{user}\" with the token of principal \"{principal}\":"
          + " {message} ({sqlstate}). Nothing was executed.",
      "Get a new token for the caller, or see whether the role exists, may connect and takes this"
          + " token as its password."),
  LOGIN_UNAVAILABLE(
      231,
      "58000",
      "PostgreSQL did not complete the login of role \"{user}\" with the token of principal"
          + " \"{principal}\": {message} ({sqlstate}). Nothing was executed.",
      "See whether the server, and who judges tokens for it, can be reached; the token may be good."),
  LOGIN_NEEDS_TLS(
      232,
      "22023",
      "percred.mode=login sends tokens as passwords, and sslmode={sslmode} does not insist on TLS."
          + " Nothing was opened.",
      "Set sslmode=verify-full, or percred.login.allow-plaintext=true where nobody can listen."),
  LOGIN_NEEDS_USER(
      233,
      "22023",
      "percred.mode=login has no role to log in as. Nothing was opened.",
      "Give user, or percred.login.user-claim; percred.on-missing=shared needs user."),
  LOGIN_USER_CLAIM(
      234,
      "28000",
      "The claim {claim} does not tell the role to log in as: {reason}. Nothing was sent to the"
          + " database.",
      "See that a percred.verifier accepts the token, or that the application vouches for the claims,"
          + " and that percred.login.user-claim names the right one."),
  NOT_OF_MODE(
      235,
      "22023",
      "Property \"{property}\" has no meaning with percred.mode={mode}. Nothing was opened.",
      "Leave it out, or choose another percred.mode."),
  LOGIN_PROPERTY(
      236,
      "22023",
      "Property \"{property}\" cannot be used with percred.mode=login: {reason}. Nothing was"
          + " opened.",
      "Leave it out."),
  URL(
      237,
      "22023",
      "The URL is not one of PostgreSQL's: {reason}. Nothing was opened.",
      "Write it like jdbc:percred:postgresql://host:5432/database?sslmode=verify-full."),
  FOREIGN_HIDDEN(
      240,
      "22023",
      "pgjdbc's connection cannot be reached behind {class}: it does not unwrap. The connection went"
          + " back to the pool.",
      "Put percred directly around the pool, below whatever wraps its connections, or have the pool"
          + " open them through a jdbc:percred:postgresql: URL."),
  FOREIGN_SIMPLE(
      241,
      "22023",
      "With preferQueryMode=simple the token would stand in the text of a statement. Nothing was"
          + " sent and the connection went back to the pool.",
      "Leave preferQueryMode unset, or have the pool open its connections through a"
          + " jdbc:percred:postgresql: URL."),
  FOREIGN_KEEPS_LESS(
      242,
      "22023",
      "percred did not open the pool's connections, so it cannot keep what {property} asks for.",
      "Have the pool open its connections through a jdbc:percred:postgresql: URL, or leave the"
          + " property unset: on these connections there is percred.mode=setting only."),
  FOREIGN_IN_TRANSACTION(
      243,
      "25001",
      "The pool handed out a connection with an open transaction, to which no caller was bound.",
      "Have it end transactions before it hands out a connection; pools that take part in JTA"
          + " transactions need connections opened through a jdbc:percred:postgresql: URL."),
  FOREIGN_POOLER(
      244,
      "22023",
      "The session that answers is not the one that pgjdbc logged in to: a pooler stands between, and"
          + " what is set for the session could reach other clients. Nothing was set.",
      "Connect to the server itself, or have the pool open its connections through a"
          + " jdbc:percred:postgresql: URL."),
  NOT_RESET(
      245,
      "08006",
      "The caller could not be taken out of the session ({setting}). The connection was closed.",
      "If this happens again, look for what stands between pgjdbc and the server."),
  FACTORY_UNCONFIGURED(
      246,
      "22023",
      "percred's {property} was named without a configuration.",
      "Put it into socketFactoryArg and sslfactoryarg, such as percred.setting=app.api_token (in a URL"
          + " percred.setting%3Dapp.api_token), or connect with a jdbc:percred:postgresql: URL."),
  FACTORY_ALONE(
      247,
      "22023",
      "percred's sslfactory was named without its socketFactory, so the connection would not be"
          + " bound. It was closed.",
      "Set socketFactory=io.percred.postgres.PercredSocketFactory, with the same configuration in"
          + " socketFactoryArg as in sslfactoryarg."),
  FACTORIES_DIFFER(
      248,
      "22023",
      "socketFactoryArg and sslfactoryarg hold different configurations.",
      "Put the same text into both."),
  FACTORY_LOGIN(
      250,
      "22023",
      "percred.mode=login opens sessions of its own, which pgjdbc's factories cannot.",
      "Connect with a jdbc:percred:postgresql: URL."),
  CALLS_UNANSWERED(
      251,
      "08006",
      "A function call of the protocol, which keeps the token out of the server's logs, was not"
          + " answered as PostgreSQL answers it: {detail}. The connection was closed, and the"
          + " statement did not run for its caller.",
      "If a pooler stands between, choose percred.delivery=bind."),
  GROUP_TORN(
      252,
      "08006",
      "What stands between pgjdbc and the server ended the transaction between the binding and the"
          + " caller's statement. The connection was closed, and the statement did not run.",
      "Choose percred.delivery=function-call, which puts a block around every statement, or connect"
          + " without that pooler."),
  DRIVER_MISSING(
      249,
      "22023",
      "percred's factories need io.percred:percred-driver, which is not on the class path.",
      "Add it.");

  private final int number;
  private final String sqlState;
  private final String message;
  private final String remedy;

  PostgresError(int number, String sqlState, String message, String remedy) {
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

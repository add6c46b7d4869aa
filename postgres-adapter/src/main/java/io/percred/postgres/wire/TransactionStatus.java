package io.percred.postgres.wire;

/** What ReadyForQuery says about the transaction (PostgreSQL documentation, "ReadyForQuery"). */
enum TransactionStatus {
  /** No transaction block. */
  IDLE('I'),
  /** In a transaction block. */
  BLOCK('T'),
  /** In a failed transaction block: nothing but its end is accepted. */
  FAILED('E');

  private final char code;

  TransactionStatus(char code) {
    this.code = code;
  }

  byte code() {
    return (byte) code;
  }

  static TransactionStatus of(byte code) {
    return switch (code) {
      case 'I' -> IDLE;
      case 'T' -> BLOCK;
      default -> FAILED;
    };
  }
}

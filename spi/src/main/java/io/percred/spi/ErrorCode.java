package io.percred.spi;

/**
 * One error of the catalogue, a constant of its module's enum. The code and the SQLSTATE are public
 * contract; the words may change.
 */
public interface ErrorCode {
  /** The number in {@code PERCRED-101}: 1 to 999, unique among all modules. */
  int number();

  /** The SQLSTATE, five characters. */
  String sqlState();

  /**
   * What failed, which value, what percred did. Placeholders such as {@code {property}} are filled
   * in order from the arguments.
   */
  String message();

  /** What to do; may hold placeholders, filled after those of the message. */
  String remedy();

  /** The stable code, such as {@code PERCRED-101}. */
  default String stableCode() {
    return String.format("PERCRED-%03d", number());
  }
}

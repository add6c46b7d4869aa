package io.percred.resolution;

/** What an object that the application made is called. */
final class InCode {
  private InCode() {}

  /** The simple name of its class; lambdas and anonymous classes have none worth showing. */
  static String nameOf(Object made) {
    String name = made.getClass().getSimpleName();
    return made.getClass().isHidden() || name.isEmpty() ? "set in code" : name;
  }
}

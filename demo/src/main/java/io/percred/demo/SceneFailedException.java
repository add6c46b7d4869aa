package io.percred.demo;

/** percred did not do what a scene was to show. */
final class SceneFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  SceneFailedException(String whatWasSeen) {
    super(whatWasSeen);
  }
}

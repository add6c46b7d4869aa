package io.percred.demo;

/** One thing that the demo shows. */
interface Scene {
  /** What it shows, for people: the headline over its output. */
  String title();

  /**
   * Shows it.
   *
   * @throws SceneFailedException if percred did not do what the headline says
   * @throws Exception if the scene could not be played at all
   */
  void play(Stage stage) throws Exception;
}

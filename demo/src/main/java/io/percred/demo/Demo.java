package io.percred.demo;

import io.percred.rig.EmbeddedServer;
import io.percred.rig.PostgresServers;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays all scenes; ends with exit code 1 if one of them did not show what it was to show. */
public final class Demo {
  private static final int POSTGRESQL = 17;
  private static final List<Scene> SCENES =
      List.of(
          new CallersScene(), //
          new PublicApiScene(),
          new NobodyScene(),
          new NetworkTurnsScene(),
          new ServerLogScene(),
          new AnalystsScene());

  private Demo() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) {
    // The server stops when the JVM ends, which exit does not wait for anybody to let it.
    System.exit(play(System.out) ? 0 : 1);
  }

  private static boolean play(PrintStream out) {
    long begin = System.nanoTime();
    @Nullable Scene playing = null;
    try {
      EmbeddedServer server = PostgresServers.embedded(POSTGRESQL);
      Stage stage = Stage.on(server, out);
      stage.say(
          "%s on port %d; a HikariCP pool of %d connections",
          server, server.port(), Stage.POOL_SIZE);
      for (Scene scene : SCENES) {
        playing = scene;
        stage.say("%n== %s%n", scene.title());
        scene.play(stage);
      }
      Duration taken = Duration.ofNanos(System.nanoTime() - begin);
      stage.say("%nAll that in %.1f s.", taken.toMillis() / 1000.0);
      return true;
    } catch (SceneFailedException e) {
      out.println("FAILED: " + e.getMessage());
      return false;
    } catch (Exception e) {
      out.println("FAILED: " + (playing == null ? "the server" : playing.title()));
      e.printStackTrace(out);
      return false;
    }
  }
}

package io.percred.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of this JVM: each is started when first asked for, and all are stopped when the JVM
 * ends. Which ones, is said by system properties, never by what happens to be installed:
 *
 * <ul>
 *   <li>{@value #RIG}: {@code embedded} (default) or {@code existing}
 *   <li>{@value #VERSIONS}: for {@code embedded}, the major versions; default all five
 *   <li>{@value #URL}: for {@code existing}, the JDBC URL of a superuser
 * </ul>
 */
public final class PostgresServers {
  /** Names the rig. */
  public static final String RIG = "percred.test.rig";

  /** Names the major versions of the embedded rig, separated by commas. */
  public static final String VERSIONS = "percred.test.postgres";

  /** Names the server of the existing rig. */
  public static final String URL = "percred.test.url";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresServers.class);
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Map<Integer, EmbeddedServer> EMBEDDED = new LinkedHashMap<>();
  private static @Nullable ServerCertificates certificates;
  private static @Nullable Path certificateDirectory;
  private static @Nullable ExistingServer existing;

  private PostgresServers() {}

  /** The servers that the tests run on, each started by now. */
  public static List<PostgresServer> chosen() throws IOException, SQLException {
    String rig = System.getProperty(RIG, "embedded");
    return switch (rig) {
      case "embedded" -> {
        List<PostgresServer> servers = new ArrayList<>();
        for (String version : System.getProperty(VERSIONS, "14,15,16,17,18").split(",", -1)) {
          servers.add(embedded(Integer.parseInt(version.trim())));
        }
        yield servers;
      }
      case "existing" -> List.of(existing());
      default ->
          throw new IllegalArgumentException(
              RIG + "=" + rig + " is not one of " + Arrays.asList("embedded", "existing"));
    };
  }

  /** The embedded server of a major version. */
  public static EmbeddedServer embedded(int majorVersion) throws IOException {
    LOCK.lock();
    try {
      ServerCertificates shared = certificates();
      EmbeddedServer server = EMBEDDED.get(majorVersion);
      if (server == null) {
        server = EmbeddedServer.start(majorVersion, shared);
        EMBEDDED.put(majorVersion, server);
      }
      return server;
    } finally {
      LOCK.unlock();
    }
  }

  private static ServerCertificates certificates() throws IOException {
    ServerCertificates made = certificates;
    if (made == null) {
      Runtime.getRuntime().addShutdownHook(new Thread(PostgresServers::stop, "percred-rig-stop"));
      Path directory = Files.createTempDirectory("percred-certificates-");
      certificateDirectory = directory;
      made = ServerCertificates.create(directory);
      certificates = made;
    }
    return made;
  }

  private static ExistingServer existing() throws SQLException {
    LOCK.lock();
    try {
      ExistingServer server = existing;
      if (server == null) {
        String url = System.getProperty(URL, "");
        if (url.isBlank()) {
          throw new IllegalArgumentException(RIG + "=existing needs " + URL);
        }
        server = ExistingServer.at(url);
        existing = server;
      }
      return server;
    } finally {
      LOCK.unlock();
    }
  }

  /** Stops all servers at once: one after the other they take longer than Maven waits for a JVM. */
  private static void stop() {
    List<Thread> stopping = new ArrayList<>();
    for (EmbeddedServer server : EMBEDDED.values()) {
      Thread thread = new Thread(() -> stop(server), "percred-rig-stop-" + server.majorVersion());
      thread.start();
      stopping.add(thread);
    }
    try {
      for (Thread thread : stopping) {
        thread.join();
      }
      Path directory = certificateDirectory;
      if (directory != null) {
        TemporaryDirectories.delete(directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("Cannot delete {}", certificateDirectory, e);
    }
  }

  private static void stop(EmbeddedServer server) {
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("Cannot stop {}", server, e);
    }
  }
}

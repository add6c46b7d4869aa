package io.percred.suppliers;

import io.percred.catalogue.DriverError;
import io.percred.configuration.SecretSource;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file. Whether it has changed (time, size or, where there are such, inode; a link
 * that points elsewhere counts) is looked up at most once per {@link #CHECK_INTERVAL}, on the
 * calling thread: a look at a local file is cheaper than a change of threads. A file that has gone
 * or cannot be read is an error, not the end of the chain and not the old token.
 *
 * <p>Safe for many threads; two that read at once read the same.
 */
final class FileSupplier implements LookingSupplier {
  /** How long a change can go unnoticed. */
  static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  private final String shownPath;
  private final Location location;
  private volatile @Nullable Seen seen;

  FileSupplier(String shownPath, Location location) {
    this.shownPath = shownPath;
    this.location = location;
  }

  @Override
  public Credential supply(SupplyContext context) throws SupplyException {
    Instant now = context.clock().instant();
    Seen last = seen;
    if (last != null && last.isFresh(now)) {
      return last.credential();
    }
    try {
      Path file = location.locate();
      Stamp stamp = Stamp.of(file);
      Credential credential =
          last != null && last.stamp().equals(stamp) && last.isSettled()
              ? last.credential()
              : Credential.of(SecretSource.textOf(file));
      seen = new Seen(credential, stamp, now);
      return credential;
    } catch (IOException e) {
      throw unreadable(SecretSource.reason(e));
    } catch (SQLException e) {
      throw unreadable("its place is not one that a URL may name");
    }
  }

  @Override
  public boolean dependsOnCaller() {
    return false;
  }

  private SupplyException unreadable(String reason) {
    seen = null;
    return new SupplyException(
        PercredError.of(DriverError.TOKEN_FILE_UNREADABLE, shownPath, reason));
  }

  /** Where the file is now. */
  @FunctionalInterface
  interface Location {
    Path locate() throws SQLException;
  }

  /** What tells one content of the file from another without reading it. */
  private record Stamp(FileTime modified, long size, @Nullable Object inode) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }
  }

  private record Seen(Credential credential, Stamp stamp, Instant at) {
    /**
     * Whether a later write would have another time: clocks of file systems tick slowly, so a file
     * that was written just before it was read may have been written again in the same tick.
     */
    boolean isSettled() {
      return stamp.modified().toInstant().isBefore(at.minus(CHECK_INTERVAL));
    }

    boolean isFresh(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(CHECK_INTERVAL));
    }
  }
}

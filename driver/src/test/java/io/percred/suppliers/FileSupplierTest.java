package io.percred.suppliers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import io.percred.spi.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a token file is read again, and what happens when it is gone. */
class FileSupplierTest {
  private final SettableClock clock = new SettableClock();
  private Path file;
  private FileSupplier supplier;

  @BeforeEach
  void writeFile(@TempDir Path directory) throws Exception {
    file = directory.resolve("token");
    Files.writeString(file, "first\n");
    supplier = new FileSupplier(file.toString(), () -> file);
  }

  @Test
  void lineEndAtTheEndDoesNotCount() throws Exception {
    assertThat(token()).isEqualTo("first");
  }

  @Test
  void changeIsSeenAfterTheInterval() throws Exception {
    assertThat(token()).isEqualTo("first");
    Files.writeString(file, "second");
    assertThat(token()).as("looked up too short a while ago").isEqualTo("first");
    clock.advance(FileSupplier.CHECK_INTERVAL);
    assertThat(token()).isEqualTo("second");
  }

  @Test
  void changeOfTheSameSizeAndTimeIsSeenByTheInode() throws Exception {
    FileTime old = FileTime.from(clock.instant().minusSeconds(60));
    Files.setLastModifiedTime(file, old);
    assertThat(token()).isEqualTo("first");
    Path other = Files.writeString(file.resolveSibling("other"), "thrd!\n");
    Files.setLastModifiedTime(other, old);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    clock.advance(FileSupplier.CHECK_INTERVAL);
    assertThat(token()).isEqualTo("thrd!");
  }

  @Test
  void secondWriteWithinTheSameTickIsSeen() throws Exception {
    FileTime tick = FileTime.from(clock.instant());
    Files.setLastModifiedTime(file, tick);
    assertThat(token()).isEqualTo("first");
    Files.writeString(file, "again\n");
    Files.setLastModifiedTime(file, tick);
    clock.advance(FileSupplier.CHECK_INTERVAL);
    assertThat(token()).isEqualTo("again");
  }

  @Test
  void unchangedFileGivesTheSameCredential() throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(clock.instant().minusSeconds(60)));
    Credential first = supplier.supply(context());
    clock.advance(FileSupplier.CHECK_INTERVAL);
    assertThat(supplier.supply(context())).isSameAs(first);
  }

  @Test
  void linkThatPointsElsewhereIsFollowed() throws Exception {
    Path one = Files.createDirectory(file.resolveSibling("one"));
    Path two = Files.createDirectory(file.resolveSibling("two"));
    Files.writeString(one.resolve("token"), "1");
    Files.writeString(two.resolve("token"), "2");
    Path link = Files.createSymbolicLink(file.resolveSibling("data"), one);
    supplier = new FileSupplier("t", () -> link.resolve("token"));
    assertThat(token()).isEqualTo("1");
    Files.delete(link);
    Files.createSymbolicLink(link, two);
    clock.advance(FileSupplier.CHECK_INTERVAL);
    assertThat(token()).isEqualTo("2");
  }

  @Test
  void deletedFileIsAnErrorThatNamesThePathUntilItIsBack() throws Exception {
    assertThat(token()).isEqualTo("first");
    Files.delete(file);
    clock.advance(FileSupplier.CHECK_INTERVAL);
    for (int i = 0; i < 2; i++) {
      SupplyException failure = catchThrowableOfType(SupplyException.class, this::token);
      assertThat(failure.error().code().number()).isEqualTo(127);
      assertThat(failure.error().message())
          .contains(file.toString())
          .contains("there is no such file");
    }
    Files.writeString(file, "back");
    assertThat(token()).isEqualTo("back");
  }

  @Test
  void directoryIsNotToken() {
    supplier = new FileSupplier("dir", () -> file.resolve("..").normalize());
    SupplyException failure = catchThrowableOfType(SupplyException.class, this::token);
    assertThat(failure.error().message()).contains("it is not a regular file");
  }

  @Test
  void clockThatGoesBackIsNoReasonToKeepAnOldToken() throws Exception {
    assertThat(token()).isEqualTo("first");
    Files.writeString(file, "second");
    clock.advance(Duration.ofHours(-1));
    assertThat(token()).isEqualTo("second");
  }

  private String token() throws SupplyException {
    return supplier.supply(context()).token();
  }

  private SupplyContext context() {
    return new SupplyContext() {
      @Override
      public Caller caller() {
        return Caller.NONE;
      }

      @Override
      public Target target() {
        return new Target("jdbc:x", null, null);
      }

      @Override
      public Instant deadline() {
        return clock.instant().plusSeconds(10);
      }

      @Override
      public Clock clock() {
        return clock;
      }

      @Override
      public @Nullable String connectionProperty(String name) {
        return null;
      }

      @Override
      public @Nullable Credential supplyFrom(String specification) {
        return null;
      }
    };
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.now();

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}

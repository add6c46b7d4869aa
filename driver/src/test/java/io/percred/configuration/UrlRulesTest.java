package io.percred.configuration;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.failure;
import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.properties;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.Percred;
import io.percred.recording.AllowedHost;
import io.percred.recording.RecordingAdapter;
import io.percred.recording.RecordingProperty;
import io.percred.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL may not say, and that properties may. */
@ExtendWith(AllowedHost.class)
class UrlRulesTest {
  private Path directory;
  private Path allowed;
  private Path outside;

  @BeforeEach
  void allowOneDirectory(@TempDir Path temporary) throws Exception {
    directory = temporary;
    allowed = Files.createDirectory(directory.resolve("allowed"));
    outside = Files.writeString(directory.resolve("outside.txt"), "of the server");
    Files.writeString(allowed.resolve("token"), "from file\n");
    System.setProperty(UrlRules.ALLOWED_DIRECTORIES, allowed.toString());
  }

  @AfterEach
  void allowNothing() {
    System.clearProperty(UrlRules.ALLOWED_DIRECTORIES);
    System.clearProperty(UrlRules.ALLOWED_VARIABLES);
  }

  @Test
  void secretIsRefusedInUrlAndNotShown() {
    SQLException failure = failure("?percred.jwt.secret=pl4nted");
    assertRefused(failure);
    assertFailure(failure)
        .hasMessageContaining("percred.jwt.secret")
        .hasMessageNotContaining("pl4nted");
    assertRefused(failure("?percred.login.password=pl4nted"));
  }

  @Test
  void secretInPropertiesIsFree() throws Exception {
    Settings settings = open("", properties("percred.jwt.secret", "pl4nted")).context().settings();
    assertThat(settings.secret(RecordingProperty.SECRET)).isEqualTo("pl4nted");
  }

  @Test
  void secretMayBeNamedInUrlAsAllowedFile() throws Exception {
    Path file = allowed.resolve("token");
    Settings settings = open("?percred.jwt.secret=file:" + file).context().settings();
    assertThat(settings.secret(RecordingProperty.SECRET)).isEqualTo("from file");
    Files.writeString(file, "changed\r\n");
    assertThat(settings.secret(RecordingProperty.SECRET)).isEqualTo("changed");
  }

  @Test
  void loginPasswordMayBeNamedInUrlAsAllowedFile() throws Exception {
    RecordingAdapter.Opened opened =
        open(
            "?percred.supplier=password&percred.login.password=file:" + allowed.resolve("token"),
            properties("password", "t0ken"));
    assertThat(opened.properties()).isEqualTo(Map.of("password", "from file", "careful", "yes"));
  }

  @Test
  void fileOutsideTheAllowedDirectoriesIsRefusedInUrlWhetherItExistsOrNot() {
    assertRefused(failure("?percred.jwt.secret=file:" + outside));
    assertRefused(failure("?percred.jwt.secret=file:" + directory.resolve("none")));
    assertRefused(failure("?percred.supplier=file:" + outside));
    assertRefused(failure("?percred.supplier=context,file:" + outside));
    assertRefused(failure("?percred.service.supplier=file:" + outside));
  }

  @Test
  void parentDirectoriesInPathAreNoWayOut() {
    assertRefused(failure("?percred.supplier=file:" + allowed + "/../outside.txt"));
    assertRefused(failure("?percred.supplier=file:" + allowed + "/%2e%2e/outside.txt"));
    assertRefused(failure("?percred.supplier=file:" + allowed + "-similar/token"));
  }

  @Test
  void linkOutOfTheAllowedDirectoryIsNoWayOut() throws Exception {
    Path link = Files.createSymbolicLink(allowed.resolve("link"), outside);
    assertRefused(failure("?percred.supplier=file:" + link));
    assertRefused(failure("?percred.jwt.secret=file:" + link));
    Path linked = Files.createSymbolicLink(allowed.resolve("dir"), directory);
    assertRefused(failure("?percred.supplier=file:" + linked.resolve("outside.txt")));
  }

  @Test
  void linkThatLaterLeadsOutIsRefusedWhenItIsRead() throws Exception {
    Path link = Files.createSymbolicLink(allowed.resolve("link"), allowed.resolve("token"));
    Settings settings = open("?percred.jwt.secret=file:" + link).context().settings();
    assertThat(settings.secret(RecordingProperty.SECRET)).isEqualTo("from file");
    Files.delete(link);
    Files.createSymbolicLink(link, outside);
    assertRefused(
        catchThrowableOfType(SQLException.class, () -> settings.secret(RecordingProperty.SECRET)));
  }

  @Test
  void allowedDirectoryMayItselfBeReachedByLink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("way-in"), allowed);
    System.setProperty(UrlRules.ALLOWED_DIRECTORIES, "/nowhere:" + link);
    assertThat(token(open("?percred.supplier=file:" + link + "/token").context().resolver()))
        .isEqualTo("from file");
    assertThat(token(open("?percred.supplier=file:" + allowed + "/token").context().resolver()))
        .isEqualTo("from file");
  }

  @Test
  void withoutAllowanceNoFileIsAllowedInUrl() {
    allowNothing();
    assertRefused(failure("?percred.supplier=file:" + allowed.resolve("token")));
  }

  @Test
  void fileInPropertiesIsFree() throws Exception {
    assertThat(
            token(open("", properties("percred.supplier", "file:" + outside)).context().resolver()))
        .isEqualTo("of the server");
  }

  @Test
  void textThatNamesFileCountsAsFileInUrl() {
    assertRefused(failure("?percred.setting=file:" + outside));
  }

  @Test
  void variableIsRefusedInUrlUnlessItIsAllowed() throws Exception {
    assertRefused(failure("?percred.supplier=env:PATH"));
    assertRefused(failure("?percred.jwt.secret=env:PATH"));
    assertRefused(failure("?percred.supplier=env:PERCRED_ALLOWED_DIRS"));
    System.setProperty(UrlRules.ALLOWED_VARIABLES, "HOME, PATH");
    assertThat(token(open("?percred.supplier=env:PATH").context().resolver()))
        .isEqualTo(System.getenv("PATH"));
    assertThat(
            open("?percred.jwt.secret=env:PATH")
                .context()
                .settings()
                .secret(RecordingProperty.SECRET))
        .isEqualTo(System.getenv("PATH"));
    assertThat(open("?percred.supplier=env:PERCRED_NOT_SET").context()).isNotNull();
  }

  @Test
  void variableInPropertiesIsFree() throws Exception {
    assertThat(token(open("", properties("percred.supplier", "env:PATH")).context().resolver()))
        .isEqualTo(System.getenv("PATH"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://auth.example/x",
        "http://127.0.0.1.evil.example/x",
        "http://localhost.evil.example/x",
        "http://10.0.0.1/x"
      })
  void plainHttpToOtherMachinesIsRefusedInUrl(String address) throws Exception {
    assertRefused(failure("?percred.remote.url=" + address));
    assertThat(open("", properties("percred.remote.url", address)).context()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://auth.example/x",
        "http://localhost:8080/x",
        "http://127.0.0.1/x",
        "http://[::1]:1/x"
      })
  void httpsAndLoopbackAreFineInUrlIfTheirHostIsAllowed(String address) throws Exception {
    assertRefused(failure("?percred.remote.url=" + address));
    System.setProperty(UrlRules.ALLOWED_HOSTS, "auth.example,localhost:8080, 127.0.0.1,[::1]:1");
    assertThat(
            open("?percred.remote.url=" + address)
                .context()
                .settings()
                .text(RecordingProperty.ADDRESS))
        .isEqualTo(address);
  }

  @Test
  void whatIsNoPathIsToldWhileConnecting() {
    SQLException failure = failure("", properties("percred.supplier", "file:a\0b"));
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-010");
    assertFailure(failure).hasMessageContaining("not a path");
  }

  @Test
  void unreadableSecretsSayWhy() throws Exception {
    Files.writeString(allowed.resolve("empty"), "\n");
    assertUnreadable("file:" + allowed.resolve("none"), "there is no such file");
    assertUnreadable("file:" + allowed, "it is not a regular file");
    assertUnreadable("file:" + allowed.resolve("empty"), "it is empty");
    assertUnreadable("file:\0", "it is not a path");
    assertUnreadable("env:PERCRED_NOT_SET", "it is not set");
    Files.write(allowed.resolve("large"), new byte[SecretSource.LARGEST_FILE + 1]);
    assertUnreadable("file:" + allowed.resolve("large"), "it is larger than 1 MiB");
  }

  private static void assertUnreadable(String value, String reason) {
    SQLException failure = failure("", properties("percred.login.password", value));
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-010");
    assertFailure(failure)
        .hasMessageContaining("percred.login.password")
        .hasMessageContaining(reason);
  }

  private static void assertRefused(SQLException failure) {
    assertFailure(failure).isNotNull();
    assertThat(Percred.codeOf(failure)).isEqualTo("PERCRED-003");
    assertThat(failure.getSQLState()).isEqualTo("22023");
  }
}

package io.percred.tokens.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.ProviderContext;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real programs: small shell scripts that print what cloud command lines print. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs are shell scripts")
class CommandSupplierTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant LATER = Instant.parse("2026-11-21T13:00:00Z");

  private final SetClock clock = new SetClock(NOW);
  private final Path directory;

  CommandSupplierTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void plainTokenIsTakenWithoutItsLineEnd() throws Exception {
    Credential token = supply("echo ya29.plain");
    assertThat(token.token()).isEqualTo("ya29.plain");
    assertThat(token.hasTrustedPrincipal()).isFalse();
    assertThat(token.expiry()).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "kubectl plugin | {'kind':'ExecCredential','status':{'token':'t','expirationTimestamp':'2026-11-21T13:00:00Z'}}",
        "az, epoch | {'accessToken':'t','expiresOn':'2001-01-01 00:00:00.000000','expires_on':1795266000,'tokenType':'Bearer'}",
        "gcloud helper | {'credential':{'access_token':'t','token_expiry':'2026-11-21T13:00:00Z'}}",
        "databricks | {'access_token':'t','token_type':'Bearer','expiry':'2026-11-21T14:00:00+01:00'}",
        "token response | {'access_token':'t','expires_in':3600}",
        "token response in words | {'access_token':'t','expires_in':'3600'}",
        "sso cache | {'accessToken':'t','expiresAt':'2026-11-21T13:00:00Z'}",
        "milliseconds | {'token':'t','expires_at':1795266000000}"
      })
  void objectsOfCommandLinesAreRead(String name, String printed) throws Exception {
    Credential token = supply("printf '%s' '" + printed.replace('\'', '"') + "'");
    assertThat(token.token()).isEqualTo("t");
    assertThat(token.expiry()).isEqualTo(LATER);
  }

  @Test
  void localTimeOfTheAzureCommandLineIsRead() throws Exception {
    Credential token =
        supply(
            "printf '%s' '{\"accessToken\":\"t\",\"expiresOn\":\"2026-11-21 13:00:00.123456\"}'");
    Instant local =
        LocalDateTime.parse("2026-11-21T13:00:00.123456")
            .atZone(ZoneId.systemDefault())
            .toInstant();
    assertThat(token.expiry()).isEqualTo(local);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "true | it printed nothing",
        "echo two words | it printed more than a token",
        "echo '{' | it printed something that is not JSON",
        "echo '{}' | it printed a JSON object without a token",
        "echo '{\"token\":\"t\",\"expiry\":\"tomorrow\"}' | it printed an expiry that is not a time",
        "echo '{\"token\":\"t\",\"expires_in\":\"soon\"}' | it printed an expiry that is not a time",
        "head -c 10485760 /dev/zero | it printed a megabyte and more",
        "echo not signed in >&2; exit 3 | exit status 3, \"not signed in\""
      })
  void outputThatHoldsNoTokenIsExplained(String script, String reason) throws Exception {
    PercredError error = failure(script, Duration.ofSeconds(10));
    assertThat(error.code()).isEqualTo(TokensError.COMMAND_FAILED);
    assertThat(error.message()).endsWith("printed no token: " + reason + ".");
  }

  @Test
  void tokenIsNotShownEvenIfTheProgramComplainsAboutIt() throws Exception {
    PercredError error =
        failure(
            "echo s3cr3t; echo refresh of s3cr3t failed,"
                + " eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln >&2; exit 1",
            Duration.ofSeconds(10));
    assertThat(error.message()).contains("refresh of").doesNotContain("s3cr3t", "eyJ");
  }

  @Test
  void programThatDoesNotEndIsEndedWithWhatItStarted() throws Exception {
    Path pid = directory.resolve("pid");
    PercredError error = failure("sleep 60 & echo $! > " + pid + "; wait", Duration.ofMillis(1500));

    assertThat(error.code()).isIn(TokensError.COMMAND_FAILED, TokensError.DEADLINE_PASSED);
    Optional<ProcessHandle> child = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
    child.ifPresent(process -> process.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    assertThat(child.map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void programThatReadsItsInputFindsItAtItsEnd() throws Exception {
    assertThat(supply("read answer; echo t").token()).isEqualTo("t");
  }

  @Test
  void missingProgramIsNamedAndItsArgumentsAreNot() throws Exception {
    try (TokenSupplier supplier = supplier("no-such-program-anywhere --secret hunter2", false)) {
      SupplyException failure =
          catchThrowableOfType(
              SupplyException.class, () -> supplier.supply(Contexts.supply(null, clock)));
      assertThat(failure.error().code()).isEqualTo(TokensError.COMMAND_NOT_STARTED);
      assertThat(failure.error().message())
          .contains("no-such-program-anywhere")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void programRunsAgainOnlyWhenItsTokenIsAboutToEnd() throws Exception {
    Path runs = directory.resolve("runs");
    Path script = script("echo x >> " + runs + "; echo '{\"token\":\"t\",\"expires_in\":100}'");
    try (TokenSupplier supplier = supplier(script.toString(), false)) {
      assertThat(supplier.mayBlock()).isTrue();
      supplier.supply(Contexts.supply(null, clock));
      assertThat(supplier.mayBlock()).isFalse();
      clock.advance(Duration.ofSeconds(59));
      supplier.supply(Contexts.supply(null, clock));
      assertThat(Files.readAllLines(runs)).hasSize(1);
      clock.advance(Duration.ofSeconds(21));
      supplier.supply(Contexts.supply(null, clock));
      assertThat(Files.readAllLines(runs)).hasSize(2);
      assertThat(supplier.dependsOnCaller()).isFalse();
    }
  }

  @ParameterizedTest(name = "<{0}>")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "a b  c | a;b;c",
        "a \"b c\" d | a;b c;d",
        "a b\"c d\"e | a;bc de",
        "a \"\" b | a;;b",
        "a $HOME `id` ; rm * | a;$HOME;`id`;;;rm;*",
        "a 'b c' | a;'b;c'",
        "a b\\c | a;b\\c"
      })
  void blanksSeparateAndDoubleQuotesGroupAndNothingElseHasAMeaning(String text, String words) {
    List<String> parsed = CommandLine.parse(text).words();
    assertThat(String.join(";", parsed)).isEqualTo(words);
  }

  @Test
  void commandThatCannotBeReadIsRefusedAtOnce() {
    for (String text : new String[] {"", "  ", "\"\"", "a \"b"}) {
      assertThatThrownBy(() -> supplier(text, false)).hasMessageContaining("PERCRED-501");
    }
  }

  @Test
  void urlMayNameOnlyProgramsThatAreListedExactly() throws Exception {
    assertThatThrownBy(() -> supplier("mycloud auth", true))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("\"mycloud\"")
        .hasMessageContaining("PERCRED_ALLOWED_COMMANDS");
    CommandSupplierProvider listed =
        new CommandSupplierProvider(
            name -> name.equals("PERCRED_ALLOWED_COMMANDS") ? "az, mycloud" : null);
    listed.create(context("mycloud auth print-access-token", true)).close();
    for (String other :
        new String[] {"./mycloud", "/tmp/mycloud", "mycloud2", "m", "AZ", "\"az, mycloud\""}) {
      assertThatThrownBy(() -> listed.create(context(other, true)))
          .hasMessageContaining("PERCRED-504");
    }
    supplier("anything", false).close();
  }

  private Credential supply(String script) throws Exception {
    try (TokenSupplier supplier = supplier(script(script).toString(), false)) {
      return Objects.requireNonNull(supplier.supply(Contexts.supply(null, clock)));
    }
  }

  private PercredError failure(String script, Duration patience) throws Exception {
    try (TokenSupplier supplier = supplier(script(script).toString(), false)) {
      SupplyException failure =
          catchThrowableOfType(
              SupplyException.class, () -> supplier.supply(Contexts.supply(null, clock, patience)));
      assertThat(failure).isNotNull();
      return failure.error();
    }
  }

  private Path script(String body) throws Exception {
    Path file = Files.createTempFile(directory, "program", ".sh");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  private TokenSupplier supplier(String command, boolean fromUrl) throws SQLException {
    return new CommandSupplierProvider(name -> null).create(context(command, fromUrl));
  }

  private ProviderContext context(String command, boolean fromUrl) {
    return new ProviderContext(command, fromUrl, GivenSettings.of(), clock, PercredListener.NONE);
  }
}

package io.percred.tokens.command;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import io.percred.tokens.http.SafeText;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the program once and reads its token. Thread-safe. */
final class CommandRun {
  private static final int LONGEST_OUTPUT = 1 << 20;
  private static final int LONGEST_COMPLAINT = 4096;
  private static final long AFTERWARDS_MILLIS = 500;

  private final CommandLine command;
  private final Clock clock;
  private final Executor readers;

  CommandRun(CommandLine command, Clock clock, Executor readers) {
    this.command = command;
    this.clock = clock;
    this.readers = readers;
  }

  /**
   * What the program prints, within {@code patience}; the program is ended then.
   *
   * @throws SupplyException if it is no token
   */
  Credential run(Duration patience) throws SupplyException {
    Instant started = clock.instant();
    Process process = start();
    try {
      BoundedOutput output = BoundedOutput.of(process.getInputStream(), LONGEST_OUTPUT, readers);
      BoundedOutput complaint =
          BoundedOutput.of(process.getErrorStream(), LONGEST_COMPLAINT, readers);
      if (!process.waitFor(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS)) {
        throw failed("it did not end within " + patience.toMillis() + "ms", "");
      }
      String printed = output.text(AFTERWARDS_MILLIS);
      int status = process.exitValue();
      if (status != 0) {
        String said = complaint.text(AFTERWARDS_MILLIS);
        throw failed("exit status " + status, withoutToken(said, printed));
      }
      if (printed.length() >= LONGEST_OUTPUT) {
        throw failed("it printed a megabyte and more", "");
      }
      return PrintedToken.parse(printed, started);
    } catch (PrintedToken.UnreadableException e) {
      throw failed(String.valueOf(e.getMessage()), "");
    } catch (TimeoutException e) {
      throw failed("another program that it started keeps its output open", "");
    } catch (RejectedExecutionException e) {
      throw failed("too much is running already", "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("it was interrupted", "");
    } finally {
      end(process);
    }
  }

  private Process start() throws SupplyException {
    try {
      Process process = new ProcessBuilder(command.words()).start();
      process.getOutputStream().close(); // Nobody answers its questions.
      return process;
    } catch (IOException e) {
      // The message of the platform repeats all arguments.
      throw new SupplyException(
          PercredError.of(
              TokensError.COMMAND_NOT_STARTED,
              command.program(),
              "there is no such program, or it may not be executed"));
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private SupplyException failed(String reason, String complaint) {
    String said = SafeText.of(complaint);
    return new SupplyException(
        PercredError.of(
            TokensError.COMMAND_FAILED,
            command.program(),
            said.isEmpty() ? reason : reason + ", \"" + said + "\""));
  }

  /** A program may complain about its token, whole or in words. */
  private static String withoutToken(String complaint, String printed) {
    String text = complaint;
    for (String word : printed.split("[\\s\"',:{}]+", -1)) {
      text = word.length() < 6 ? text : text.replace(word, "…");
    }
    return text;
  }
}

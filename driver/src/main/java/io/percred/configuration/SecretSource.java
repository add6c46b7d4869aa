package io.percred.configuration;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;

/** Reads what {@code file:PATH} and {@code env:NAME} stand for. */
public final class SecretSource {
  static final String FILE = "file:";
  static final String VARIABLE = "env:";

  /** The largest file that is read: a secret is not larger. */
  public static final int LARGEST_FILE = 1 << 20;

  private final Surroundings surroundings;
  private final UrlRules rules;

  SecretSource(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.rules = new UrlRules(surroundings);
  }

  /**
   * The secret itself, or what it names.
   *
   * @throws SQLException with PERCRED-010 if the file or variable cannot be read, with PERCRED-003
   *     if a URL may not name it
   */
  String read(String key, String value, boolean fromUrl) throws SQLException {
    if (value.startsWith(FILE)) {
      return readFile(key, value.substring(FILE.length()), fromUrl);
    }
    if (value.startsWith(VARIABLE)) {
      String name = value.substring(VARIABLE.length());
      if (fromUrl) {
        rules.checkVariable(key, name);
      }
      String found = surroundings.variable(name);
      if (found == null || found.isBlank()) {
        throw unreadable(key, "the environment variable " + name, "it is not set");
      }
      return found;
    }
    return value;
  }

  private String readFile(String key, String path, boolean fromUrl) throws SQLException {
    String source = "the file " + path;
    String content;
    try {
      Path file = fromUrl ? rules.checkFile(key, path) : Path.of(path);
      content = textOf(file);
    } catch (IOException | InvalidPathException e) {
      throw unreadable(key, source, reason(e));
    }
    if (content.isBlank()) {
      throw unreadable(key, source, "it is empty");
    }
    return content;
  }

  /**
   * The text of a small file, without a line end at its end.
   *
   * @throws IOException if it cannot be read, is not a regular file or is larger than {@link
   *     #LARGEST_FILE}
   */
  public static String textOf(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST_FILE + 1);
    }
    if (bytes.length > LARGEST_FILE) {
      throw new IOException("it is larger than 1 MiB");
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    int end = text.length();
    if (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
    }
    if (end > 0 && text.charAt(end - 1) == '\r') {
      end--;
    }
    return text.substring(0, end);
  }

  /** Why a file cannot be read, in words; the exceptions of the platform hold only the path. */
  public static String reason(Exception failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return "access is denied";
    }
    return failure instanceof InvalidPathException
        ? "it is not a path"
        : String.valueOf(failure.getMessage());
  }

  private static SQLException unreadable(String key, String source, String reason) {
    return PercredError.of(DriverError.UNREADABLE_SECRET, key, source, reason).toSqlException();
  }
}

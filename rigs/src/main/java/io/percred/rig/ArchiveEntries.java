package io.percred.rig;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads single files out of a jar that is not on the class path. */
final class ArchiveEntries {
  private ArchiveEntries() {}

  /** The content of the first entry whose name matches. */
  static InputStream open(Path jar, Predicate<String> name) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry =
          zip.stream()
              .filter(candidate -> name.test(candidate.getName()))
              .findFirst()
              .orElseThrow(() -> new IOException("No binaries in " + jar));
      try (InputStream content = zip.getInputStream(entry)) {
        return new ByteArrayInputStream(content.readAllBytes());
      }
    }
  }
}

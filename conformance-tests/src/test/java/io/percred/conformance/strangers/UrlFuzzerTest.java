package io.percred.conformance.strangers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The corpus of the fuzzer, and a few thousand of the strangers' URLs. */
class UrlFuzzerTest {
  @ParameterizedTest
  @MethodSource("seeds")
  void whatHoldsForEveryUrlHoldsForTheCorpus(Path seed) throws IOException {
    UrlFuzzer.fuzzerTestOneInput(Files.readAllBytes(seed));
  }

  static List<Path> seeds() throws IOException {
    try (Stream<Path> seeds = Files.list(Path.of("src", "test", "resources", "urls", "seeds"))) {
      return seeds.sorted().toList();
    }
  }

  @RepeatedTest(5)
  void whatHoldsForEveryUrlHoldsForThoseOfStrangers() {
    TypedUrls urls = new TypedUrls(new Random().nextLong(), Path.of("/nowhere"));
    for (int i = 0; i < 1_000; i++) {
      String url = urls.next();
      try {
        UrlFuzzer.check(url);
      } catch (RuntimeException e) {
        throw new AssertionError(url, e);
      }
    }
  }
}

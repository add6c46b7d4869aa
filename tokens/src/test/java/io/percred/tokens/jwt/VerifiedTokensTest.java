package io.percred.tokens.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.Verdict;
import io.percred.tokens.json.JsonObjects;
import io.percred.tokens.jwt.VerifiedTokens.Verified;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {
  private static final KeySource NO_KEYS =
      new KeySource() {
        @Override
        public VerificationKeys current() {
          throw new UnsupportedOperationException();
        }

        @Override
        public VerificationKeys newerThan(VerificationKeys seen) {
          throw new UnsupportedOperationException();
        }
      };

  private final VerifiedTokens tokens = new VerifiedTokens();

  @Test
  void tokensOfOrdinarySizeAreRememberedByTheThousand() throws Exception {
    List<Credential> callers =
        IntStream.range(0, 1500)
            .mapToObj(i -> Credential.of("x".repeat(700) + i, "caller-" + i))
            .toList();
    for (Credential each : callers) {
      remember(
          each.withClaims(
              JsonObjects.strict(
                  "{\"iss\":\"https://auth.example\",\"sub\":\"caller\",\"aud\":[\"shop\"],"
                      + "\"exp\":1800000000,\"iat\":1799990000,\"scope\":\"read write\"}")));
    }
    assertThat(callers).allMatch(each -> tokens.get(each) != null);
  }

  @Test
  void fewHugeTokensPushOthersOutInsteadOfFillingTheMemory() {
    for (int i = 0; i < 2000; i++) {
      remember(Credential.of("x".repeat(16_000) + i, "caller").withClaims(Map.of()));
    }
    assertThat(tokens.weight()).isBetween(1L << 20, (long) VerifiedTokens.MOST_BYTES);
  }

  @Test
  void claimsOfManySmallPartsWeighMoreThanTheirText() throws Exception {
    String text = "{\"x\":[" + "{},".repeat(3000) + "0]}";
    Credential deep = Credential.of("short", "caller").withClaims(JsonObjects.strict(text));
    remember(deep);
    assertThat(tokens.weight()).isGreaterThan(3000 * 100);
  }

  @Test
  void tokenThatIsHeavierThanAllTogetherMayBeIsNotRemembered() {
    Credential huge = Credential.of("x".repeat(5 << 20), "caller");
    remember(huge);
    assertThat(tokens.weight()).isZero();
    assertThat(tokens.get(huge)).isNull();
  }

  private void remember(Credential credential) {
    ValidityTimes times = ValidityTimes.of(Map.of());
    VerificationKeys keys = new VerificationKeys(List.of(), List.of());
    tokens.put(credential, new Verified(new Verdict.Accepted(credential), times, NO_KEYS, keys));
  }
}

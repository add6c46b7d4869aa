package io.percred.postgres.claims;

import io.percred.spi.Credential;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the value of a setting comes from; what is absent is empty. */
sealed interface SettingSource {
  /** What {@code percred.setting.NAME} takes. */
  Pattern SHAPE =
      Pattern.compile("token|principal|attribute:.+|claim:(?:" + ClaimPath.SHAPE.pattern() + ")");

  /** The value for a caller. */
  String valueFor(Facts facts);

  /**
   * What is known about the caller of a transaction.
   *
   * @param credential the credential, or null
   * @param attributes what the application knows
   * @param claims what the claims say, or null if nobody vouches for any
   */
  record Facts(
      @Nullable Credential credential,
      Map<String, String> attributes,
      @Nullable Map<String, ?> claims) {}

  /** Reads a value of the {@link #SHAPE}. */
  static SettingSource parse(String text, String prefix) {
    int colon = text.indexOf(':');
    return switch (colon < 0 ? text : text.substring(0, colon)) {
      case "token" -> new Token(prefix);
      case "principal" -> new Principal();
      case "attribute" -> new Attribute(text.substring(colon + 1));
      default -> new Claim(ClaimPath.parse(text.substring(colon + 1)));
    };
  }

  /** The token, behind what the configuration puts in front of it. */
  record Token(String prefix) implements SettingSource {
    @Override
    public String valueFor(Facts facts) {
      Credential credential = facts.credential();
      if (credential == null) {
        return "";
      }
      return prefix.isEmpty() ? credential.token() : prefix + ' ' + credential.token();
    }
  }

  /** Whom the credential stands for, if somebody vouches for that. */
  record Principal() implements SettingSource {
    @Override
    public String valueFor(Facts facts) {
      Credential credential = facts.credential();
      return credential != null && credential.hasTrustedPrincipal() ? credential.principal() : "";
    }
  }

  /** An attribute of the caller. */
  record Attribute(String key) implements SettingSource {
    @Override
    public String valueFor(Facts facts) {
      return facts.attributes().getOrDefault(key, "");
    }
  }

  /** A claim: a text as it is, anything else as JSON. */
  record Claim(ClaimPath path) implements SettingSource {
    @Override
    public String valueFor(Facts facts) {
      ClaimPath.Found found = facts.claims() == null ? null : path.find(facts.claims());
      return found == null ? "" : ClaimsJson.textOf(found.value());
    }
  }
}

package io.percred.tokens.verify;

import io.percred.spi.PropertyDescriptor;
import io.percred.tokens.TokensProperty;
import java.util.List;

/** What a token looks like, which says nothing about whether it is good. */
enum TokenKind {
  /** A personal access token: it begins with one of the configured prefixes. */
  PAT(TokensProperty.BY_KIND_PAT),
  /** A JSON Web Token: three parts, of which the first two begin like encoded JSON objects. */
  JWT(TokensProperty.BY_KIND_JWT),
  /** Anything else. */
  PASSWORD(TokensProperty.BY_KIND_PASSWORD);

  private static final String ENCODED_OBJECT = "eyJ";

  private final TokensProperty property;

  TokenKind(TokensProperty property) {
    this.property = property;
  }

  /** The property that names the verifier of this kind. */
  PropertyDescriptor property() {
    return property;
  }

  static TokenKind of(String token, List<String> prefixes) {
    if (prefixes.stream().anyMatch(token::startsWith)) {
      return PAT;
    }
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    boolean threeParts = first > 0 && second > first && token.indexOf('.', second + 1) < 0;
    return threeParts
            && token.startsWith(ENCODED_OBJECT)
            && token.startsWith(ENCODED_OBJECT, first + 1)
        ? JWT
        : PASSWORD;
  }
}

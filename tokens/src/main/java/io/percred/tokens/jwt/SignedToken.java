package io.percred.tokens.jwt;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import io.percred.tokens.json.JsonObjects;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token taken apart, nothing of it trusted yet. A token has one spelling: base64url without
 * padding, line breaks or other additions, and with the spare bits of the last character zero (RFC
 * 7515, section 2, and RFC 4648, sections 3.2, 3.3 and 3.5). Otherwise whoever has one good token
 * has as many as he likes, each of which would be verified and remembered anew.
 *
 * @param header its header
 * @param signed what was signed: header and payload, encoded
 * @param payload its claims, encoded
 * @param signature the signature
 */
record SignedToken(JWSHeader header, String signed, Base64URL payload, Base64URL signature) {

  /**
   * Takes a token apart.
   *
   * @throws MalformedException if it is no signed JSON Web Token in compact form
   */
  static SignedToken parse(String token) throws MalformedException {
    String[] parts = token.split("\\.", 6);
    if (parts.length == 5) {
      throw new MalformedException("it is an encrypted token, which is not supported");
    }
    if (parts.length != 3) {
      throw new MalformedException("it is not a JSON Web Token of three parts");
    }
    for (String part : parts) {
      if (!isCanonical(part)) {
        throw new MalformedException("one of its parts is not in canonical base64url");
      }
    }
    Map<String, Object> header;
    try {
      header = JsonObjects.strict(new Base64URL(parts[0]).decodeToString());
    } catch (ParseException e) {
      throw new MalformedException("its header is not JSON");
    }
    if ("none".equals(header.get("alg"))) {
      throw new MalformedException("it is not signed (alg is none)");
    }
    // Nothing is understood, so nothing may be critical (RFC 7515, section 4.1.11).
    if (header.containsKey("crit") || header.containsKey("b64")) {
      throw new MalformedException("its header demands an extension that is not supported");
    }
    try {
      return new SignedToken(
          JWSHeader.parse(header, new Base64URL(parts[0])),
          parts[0] + "." + parts[1],
          new Base64URL(parts[1]),
          new Base64URL(parts[2]));
    } catch (ParseException | RuntimeException e) {
      throw new MalformedException("its header is not that of a signed token");
    }
  }

  byte[] signingInput() {
    return signed.getBytes(StandardCharsets.US_ASCII);
  }

  /** What the header says that the token is, or null. */
  @Nullable String type() {
    return header.getType() == null ? null : header.getType().getType();
  }

  /**
   * The claims, to be believed only after the signature was verified.
   *
   * @throws MalformedException if they are no JSON object
   */
  Map<String, Object> claims() throws MalformedException {
    try {
      return JsonObjects.strict(payload.decodeToString());
    } catch (ParseException e) {
      throw new MalformedException("its claims are not JSON");
    }
  }

  /** The platform's decoder refuses foreign characters; it lets padding and spare bits pass. */
  private static boolean isCanonical(String part) {
    try {
      byte[] octets = Base64.getUrlDecoder().decode(part);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(octets).equals(part);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Shows nothing: it may be a good token. */
  @Override
  public String toString() {
    return "SignedToken";
  }

  /** Not a token that could be verified; the message shows nothing of it. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String reason) {
      super(reason);
    }
  }
}

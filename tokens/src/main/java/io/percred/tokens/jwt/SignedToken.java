package io.percred.tokens.jwt;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;

/**
 * A token taken apart, nothing of it trusted yet.
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
    String[] parts = token.split("\\.", -1);
    if (parts.length == 5) {
      throw new MalformedException("it is an encrypted token, which is not supported");
    }
    if (parts.length != 3) {
      throw new MalformedException("it is not a JSON Web Token of three parts");
    }
    Map<String, Object> header;
    try {
      header = JSONObjectUtils.parse(new Base64URL(parts[0]).decodeToString());
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

  /**
   * The claims, to be believed only after the signature was verified.
   *
   * @throws MalformedException if they are no JSON object
   */
  Map<String, Object> claims() throws MalformedException {
    try {
      return JSONObjectUtils.parse(payload.decodeToString());
    } catch (ParseException e) {
      throw new MalformedException("its claims are not JSON");
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

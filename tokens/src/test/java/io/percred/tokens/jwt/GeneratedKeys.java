package io.percred.tokens.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.text.ParseException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One key of each kind, made once: RSA keys take a while. */
final class GeneratedKeys {
  private static final Map<String, JWK> KEYS = new ConcurrentHashMap<>();

  private GeneratedKeys() {}

  static JWK of(String kind) {
    return KEYS.computeIfAbsent(kind, each -> generate(each, null));
  }

  static JWK generate(String kind, @Nullable String keyId) {
    try {
      return switch (kind) {
        case "oct" -> new OctetSequenceKeyGenerator(512).keyID(keyId).generate();
        case "RSA" -> new RSAKeyGenerator(2048).keyID(keyId).generate();
        case "Ed25519" -> JWK.parse(RfcVectors.ED25519_KEY);
        default -> new ECKeyGenerator(Curve.parse(kind)).keyID(keyId).generate();
      };
    } catch (JOSEException | ParseException e) {
      throw new IllegalArgumentException(e);
    }
  }
}

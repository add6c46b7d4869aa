package io.percred.tokens.oauth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import io.percred.spi.PercredError;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.sql.SQLException;

/**
 * The certificate of a client's key, as client assertions name it (RFC 7515, sections 4.1.7 and
 * 4.1.8).
 *
 * @param sha1 its thumbprint {@code x5t}, which Microsoft's servers look for
 * @param sha256 its thumbprint {@code x5t#S256}
 */
record ClientCertificate(Base64URL sha1, Base64URL sha256) {
  /**
   * The first certificate in {@code pem}.
   *
   * @throws SQLException with SQLSTATE 22023 if there is none
   */
  static ClientCertificate parse(String pem) throws SQLException {
    byte[] text = pem.getBytes(StandardCharsets.US_ASCII);
    try {
      byte[] encoded =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(text))
              .getEncoded();
      return new ClientCertificate(digest("SHA-1", encoded), digest("SHA-256", encoded));
    } catch (GeneralSecurityException e) {
      throw PercredError.of(
              TokensError.BAD_VALUE,
              TokensProperty.OAUTH_CLIENT_CERTIFICATE.key(),
              "it is not an X.509 certificate in PEM")
          .toSqlException();
    }
  }

  @SuppressWarnings("deprecation") // Microsoft Entra ID and AD FS know x5t only.
  void nameIn(JWSHeader.Builder header) {
    header.x509CertThumbprint(sha1).x509CertSHA256Thumbprint(sha256);
  }

  private static Base64URL digest(String algorithm, byte[] encoded)
      throws GeneralSecurityException {
    return Base64URL.encode(MessageDigest.getInstance(algorithm).digest(encoded));
  }
}

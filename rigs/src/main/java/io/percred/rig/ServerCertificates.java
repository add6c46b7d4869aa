package io.percred.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A throw-away certificate authority and a server certificate for {@code localhost} (not for {@code
 * 127.0.0.1}), made with the JDK's keytool.
 *
 * @param authority the authority's certificate, PEM
 * @param certificate the server's certificate, PEM
 * @param key the server's private key, PEM, readable by its owner only
 */
public record ServerCertificates(Path authority, Path certificate, Path key) {
  private static final String PASSWORD = "throw-away";
  private static final long KEYTOOL_SECONDS = 60;

  /** Makes the three files in {@code directory}. */
  public static ServerCertificates create(Path directory) throws IOException {
    Path store = directory.resolve("certificates.p12");
    keytool(
        store,
        "-genkeypair -alias authority -dname CN=percred-test-authority -ext bc:critical=ca:true"
            + " -ext ku:critical=keyCertSign");
    keytool(
        store,
        "-genkeypair -alias server -dname CN=localhost -ext san=dns:localhost -signer authority");
    try {
      KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      Path authority = directory.resolve("ca.crt");
      Path certificate = directory.resolve("server.crt");
      Path key = directory.resolve("server.key");
      Files.writeString(authority, pem(keys.getCertificate("authority")));
      Files.writeString(certificate, pem(keys.getCertificate("server")));
      Files.createFile(
          key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(key, pem(keys.getKey("server", PASSWORD.toCharArray())));
      return new ServerCertificates(authority, certificate, key);
    } catch (GeneralSecurityException e) {
      throw new IOException("Cannot export what keytool made", e);
    }
  }

  private static void keytool(Path store, String arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
    command.addAll(
        List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store.toString()));
    Path output = store.resolveSibling("keytool.log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
            .start();
    try {
      if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException("keytool failed: " + Files.readString(output));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while keytool was running", e);
    }
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate.getEncoded());
  }

  private static String pem(Key key) {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String kind, byte[] encoded) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
        + "\n-----END "
        + kind
        + "-----\n";
  }
}

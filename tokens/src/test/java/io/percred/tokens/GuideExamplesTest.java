package io.percred.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.PercredListener;
import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every configuration example of the guides. Only addresses, files, variables and programs are
 * replaced by such as exist here.
 */
class GuideExamplesTest {
  private static final Path GUIDES = Path.of("..", "docs", "guides");
  private static final Pattern EXAMPLE =
      Pattern.compile("^```properties\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final String SECRET = "a passphrase of more than thirty-two bytes";

  private final Clock clock = Clock.systemUTC();
  private final StrictEndpoint server = new StrictEndpoint();
  private final Path directory;
  private final ECKey key;

  GuideExamplesTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.key = new ECKeyGenerator(Curve.P_256).generate();
    server.answering(this::answer);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void everySupplierAndVerifierHasAGuideWithAnExample() throws Exception {
    List<String> pages = new ArrayList<>();
    ServiceLoader.load(TokenSupplierProvider.class)
        .forEach(each -> pages.add("supplier-" + each.name() + ".md"));
    ServiceLoader.load(CredentialVerifierProvider.class)
        .forEach(each -> pages.add("verifier-" + each.name() + ".md"));
    for (String page : pages) {
      assertThat(examplesOf(GUIDES.resolve(page))).as(page).isNotEmpty();
    }
  }

  @TestFactory
  List<DynamicTest> everyExampleWorks() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> pages = Files.list(GUIDES)) {
      for (Path page : pages.sorted().toList()) {
        String name = page.getFileName().toString();
        if (name.matches("(supplier|verifier).*\\.md")) {
          for (String example : examplesOf(page)) {
            tests.add(
                DynamicTest.dynamicTest(
                    name + ": " + example.lines().findFirst().orElse(""), () -> run(example)));
          }
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(10);
    return tests;
  }

  private void run(String example) throws Exception {
    Properties written = new Properties();
    written.load(new StringReader(example));
    Map<String, String> values = new HashMap<>();
    for (String name : written.stringPropertyNames()) {
      assertKnown(name);
      values.put(name, existing(written.getProperty(name)));
    }
    String supplier = values.get("percred.supplier");
    if (supplier != null && !supplier.equals("context")) {
      supply(supplier, values);
    }
    String service = values.get("percred.service.supplier");
    if (service != null) {
      supply(service, ofService(values));
    }
    if (values.containsKey("percred.verifier")) {
      verify(values);
    }
  }

  private void supply(String specification, Map<String, String> values) throws Exception {
    String[] parts = specification.split(":", 2);
    TokenSupplierProvider provider =
        ServiceLoader.load(TokenSupplierProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.name().equals(parts[0]))
            .findFirst()
            .orElseThrow();
    String argument = parts.length == 1 ? null : parts[1];
    try (TokenSupplier supplier = provider.create(context(argument, values))) {
      // The driver knows the suppliers "context" and "password"; here both are the caller's token.
      Credential token =
          supplier.supply(Contexts.supply(Credential.of(signed(new ECDSASigner(key))), clock));
      assertThat(token).isNotNull().extracting(Credential::token).isEqualTo("issued");
    }
  }

  private void verify(Map<String, String> values) throws Exception {
    CredentialVerifierProvider provider =
        ServiceLoader.load(CredentialVerifierProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.name().equals(values.get("percred.verifier")))
            .findFirst()
            .orElseThrow();
    try (CredentialVerifier verifier = provider.create(context(null, values))) {
      List<Verdict> verdicts = new ArrayList<>();
      for (String token :
          List.of(signed(new ECDSASigner(key)), signed(new MACSigner(SECRET)), "sbp_token")) {
        verdicts.add(verifier.verify(Credential.of(token), Contexts.TARGET));
      }
      assertThat(verdicts).hasAtLeastOneElementOfType(Verdict.Accepted.class);
      assertThat(verdicts)
          .doesNotHaveAnyElementsOfTypes(Verdict.Unavailable.class, Verdict.Misconfigured.class);
    }
  }

  private ProviderContext context(@Nullable String argument, Map<String, String> values) {
    return new ProviderContext(
        argument, false, GivenSettings.of(values), clock, PercredListener.NONE);
  }

  /** What the driver does for the service account. */
  private static Map<String, String> ofService(Map<String, String> values) {
    return values.entrySet().stream()
        .collect(
            Collectors.toMap(
                each -> each.getKey().replace("percred.service.oauth.", "percred.oauth."),
                Map.Entry::getValue));
  }

  private static void assertKnown(String name) {
    Set<String> known =
        Stream.of(TokensProperty.values()).map(TokensProperty::key).collect(Collectors.toSet());
    known.addAll(
        Set.of(
            "percred.supplier",
            "percred.supplier.timeout",
            "percred.service.supplier",
            "percred.verifier"));
    assertThat(known).contains(name);
  }

  private String existing(String value) throws Exception {
    String here = value.replaceAll("https://[a-z]+\\.example", server.url(""));
    if (here.startsWith("env:")) {
      return SECRET;
    }
    if (here.startsWith("file:")) {
      boolean isKey = here.endsWith(".pem");
      Path file = directory.resolve(isKey ? "key.pem" : "secret");
      return "file:" + Files.writeString(file, isKey ? pem() : SECRET);
    }
    if (here.startsWith("command:")) {
      Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\necho issued\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
      return here.replace("mycloud", program.toString());
    }
    return here.equals("password") ? "context" : here;
  }

  private String pem() throws Exception {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.toPrivateKey().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private String signed(JWSSigner signer) throws Exception {
    boolean elliptic = signer instanceof ECDSASigner;
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(elliptic ? JWSAlgorithm.ES256 : JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .issuer(server.url(""))
                .subject("alice")
                .audience("shop")
                .expirationTime(Date.from(clock.instant().plusSeconds(60)))
                .build());
    token.sign(signer);
    return token.serialize();
  }

  private Answer answer(StrictEndpoint.Asked asked) {
    String path = asked.path();
    if (path.endsWith("/.well-known/openid-configuration")) {
      String issuer = server.url(path.replace("/.well-known/openid-configuration", ""));
      return Answer.json(
          "{'issuer':'" + issuer + "','token_endpoint':'" + server.url("/token") + "'}");
    }
    if (path.endsWith("/jwks.json")) {
      return Answer.of(200, new JWKSet(key.toPublicJWK()).toString());
    }
    if (path.endsWith("/introspect")) {
      return Answer.json("{'active':true,'sub':'alice','aud':'shop'}");
    }
    if (path.endsWith("/jit")) {
      return Answer.json("{'user_id':'u','user_role':{'role':'editor'}}");
    }
    return path.endsWith("/token")
        ? Answer.json(
            "{'access_token':'issued','issued_token_type':"
                + "'urn:ietf:params:oauth:token-type:access_token','token_type':'Bearer',"
                + "'expires_in':60}")
        : Answer.of(404, "");
  }

  private static List<String> examplesOf(Path page) throws Exception {
    Matcher matcher = EXAMPLE.matcher(Files.readString(page));
    return matcher.results().map(found -> found.group(1)).toList();
  }
}

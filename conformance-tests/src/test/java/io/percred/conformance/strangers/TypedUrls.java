package io.percred.conformance.strangers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes URLs as somebody types them who wants what is not his, well-formed or not. */
final class TypedUrls {
  /** The one host that the machine allows. */
  static final String ALLOWED = "db.example";

  private static final List<String> HOSTS =
      List.of(
          ALLOWED,
          ALLOWED + ":5432",
          "evil.example",
          "evil.example:7777",
          "localhost",
          "192.0.2.1",
          "[2001:db8::1]",
          "[2001:db8::1]:5432",
          "DB.EXAMPLE",
          "app@" + ALLOWED,
          ALLOWED + "@evil.example",
          ALLOWED + "\\@evil.example",
          ALLOWED + "#.evil.example",
          ALLOWED + "%2eevil.example",
          "dö.example",
          "");

  /** So many of them are well-formed. */
  private static final int PLAIN_HOSTS = 8;

  private static final List<String> PREFIXES =
      List.of(
          "jdbc:percred:postgresql:",
          "jdbc:percred:postgresql:",
          "jdbc:percred:postgresql:",
          "jdbc:percred:postgresql:",
          "jdbc:percred:postgresql:",
          "jdbc:postgresql:",
          "jdbc:postgresql:",
          "jdbc:postgresql:",
          "jdbc:percred:snowflake:",
          "jdbc:snowflake:",
          "jdbc:PERCRED:postgresql:",
          "jdbc:percred:percred:postgresql:");

  private final Random random;
  private final List<String> parameters;

  /**
   * Makers of one sequence of URLs.
   *
   * @param directory holds what {@link CanaryFiles} wrote
   */
  TypedUrls(long seed, Path directory) {
    random = new Random(seed);
    parameters = parameters(directory);
  }

  String next() {
    StringBuilder url = new StringBuilder(oneOf(PREFIXES));
    boolean plain = chance(60);
    url.append(!plain && chance(20) ? oneOf(List.of("", "/", "///", "?")) : "//");
    int hosts = plain || chance(80) ? 1 : 2 + random.nextInt(2);
    for (int i = 0; i < hosts; i++) {
      url.append(i == 0 ? "" : ",")
          .append(plain ? HOSTS.get(random.nextInt(PLAIN_HOSTS)) : oneOf(HOSTS));
    }
    url.append(plain ? "/db" : oneOf(List.of("/db", "/", "", "/d%2Fb", "/db/", "/dö", "/db;x=y")));
    int count = random.nextInt(plain ? 4 : 7);
    for (int i = 0; i < count; i++) {
      url.append(
          i == 0 ? "?" : plain || chance(90) ? "&" : oneOf(List.of("&&", "?", ";", "&?", "%26")));
      String parameter = garbled(oneOf(parameters));
      url.append(parameter);
      if (chance(4)) {
        url.append('&').append(parameter);
      }
    }
    return url.toString();
  }

  private String garbled(String parameter) {
    if (parameter.isEmpty() || chance(75)) {
      return parameter;
    }
    int at = random.nextInt(parameter.length());
    char chosen = parameter.charAt(at);
    String encoded =
        chosen < 0x80
            ? String.format(Locale.ROOT, "%%%02x", (int) chosen)
            : URLEncoder.encode(String.valueOf(chosen), StandardCharsets.UTF_8);
    String before = parameter.substring(0, at);
    String after = parameter.substring(at + 1);
    return switch (random.nextInt(7)) {
      case 0, 1, 2 -> before + encoded + after;
      case 3 -> before + Character.toUpperCase(chosen) + after;
      case 4 -> before + after;
      case 5 ->
          before + chosen + oneOf(List.of("%", "%zz", "%00", " ", "+", "é", "\u202e")) + after;
      default -> before + chosen + chosen + after;
    };
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static List<String> parameters(Path directory) {
    String on = directory.resolve("on").toString();
    String off = directory.resolve("off").toString();
    String command = directory.resolve("program").toString();
    List<String> all = new ArrayList<>();
    for (String place :
        List.of(
            "file:" + on + "/secret",
            "file:" + on + "/link",
            "file:" + off + "/secret",
            "file:" + on + "/../off/secret",
            "env:" + CanaryFiles.VARIABLE,
            "env:PERCRED_NOTHING",
            CanaryFiles.TYPED)) {
      all.add("percred.login.password=" + place);
      all.add("percred.jwt.secret=" + place);
      all.add("percred.jwt.jwks=" + place);
      all.add("percred.supplier=" + place);
      all.add("percred.supplier=context," + place);
      all.add("percred.service.supplier=" + place);
    }
    for (String file : List.of(on + "/secret", off + "/secret", on + "/link")) {
      for (String name :
          List.of("sslcert", "sslkey", "sslrootcert", "loggerFile", "private_key_file")) {
        all.add(name + '=' + file);
      }
      all.add("sslfactoryarg=file:" + file);
    }
    for (String name :
        List.of(
            "socketFactory",
            "sslfactory",
            "authenticationPluginClassName",
            "connectExecutor",
            "sslhostnameverifier",
            "sslpasswordcallback",
            "xmlFactoryFactory",
            "jaasApplicationName",
            "net.snowflake.client.jdbc.HttpHeadersCustomizer")) {
      all.add(name + '=' + Tripwire.class.getName());
    }
    for (String host : List.of("evil.example", "db.example,evil.example", ALLOWED, "localhost")) {
      all.addAll(List.of("PGHOST=" + host, "host=" + host, "serverURL=https://" + host));
      all.addAll(List.of("proxyHost=" + host + "&useProxy=true", "localSocketAddress=" + host));
      all.add("percred.remote.url=https://" + host + "/jit&percred.verifier=remote");
      all.add("percred.jwt.jwks=https://" + host + "/jwks&percred.verifier=jwt");
      all.add(
          "percred.supplier=client-credentials&percred.oauth.client-id=x"
              + "&percred.oauth.client-secret=file:"
              + on
              + "/secret&percred.oauth.token-endpoint=https://"
              + host
              + "/t");
    }
    all.addAll(
        List.of(
            "PGPORT=7777",
            "port=1",
            "PGDBNAME=x",
            "service=canary",
            "percred.supplier=command:" + command,
            "percred.supplier=command:\"" + command + "\" x",
            "percred.supplier=password",
            "percred.supplier=property:password",
            "percred.supplier=property:sslmode",
            "percred.supplier=property:socketFactory",
            "percred.supplier=property:spare",
            "percred.verifier=none",
            "percred.verifier=jwt",
            "percred.verifier=by-kind&percred.verifier.by-kind.password=none",
            "percred.on-missing=shared",
            "percred.on-missing=anonymous",
            "percred.on-missing=service",
            "percred.claims.unverified=true",
            "percred.guard=off",
            "percred.guard=on",
            "percred.mode=login",
            "percred.mode=login&user=app&percred.login.allow-plaintext=true&sslmode=disable",
            "percred.mode=claims",
            "percred.mode=setting",
            "percred.allowed-roles=boss",
            "percred.residue=keep",
            "percred.url.trusted=true",
            "percred.http.allow-plaintext=true",
            "percred.login.allow-plaintext=true",
            "percred.setting=app.other",
            "percred.setting.app.more=token",
            "percred.listener=nobody",
            "sslmode=disable",
            "sslmode=verify-full",
            "sslmode=prefer",
            "ssl=false",
            "ssl=true",
            "ssl=off",
            "requireAuth=password",
            "requireAuth=none,password",
            "requireAuth=!scram-sha-256",
            "channelBinding=disable",
            "gssEncMode=prefer",
            "options=-c%20role=boss",
            "user=boss",
            "password=typed",
            "token=typed",
            "insecureMode=true",
            "ApplicationName=tool",
            "currentSchema=public",
            "connectTimeout=1",
            "targetServerType=primary",
            "loadBalanceHosts=true",
            "preferQueryMode=simple",
            "prepareThreshold=0",
            "role=ACCOUNTADMIN",
            "query_tag=x",
            "authenticator=externalbrowser",
            "nobody=knows",
            "",
            "=",
            "x"));
    return List.copyOf(all);
  }
}

package io.percred.postgres;

import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Kind;
import io.percred.spi.Strictness;
import io.percred.spi.VendorReading;
import io.percred.spi.VendorReading.Exposure;
import io.percred.spi.VendorReading.Parameter;
import io.percred.spi.VendorReading.Secrecy;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * What a URL that a stranger typed may say to pgjdbc. Every parameter of every version of pgjdbc
 * that percred is tested with is listed; others are refused.
 */
final class PgjdbcRules {
  private static final String SSL = "ssl";
  private static final String SSL_MODE = "sslmode";
  private static final String VERIFIED = "verify-full";
  private static final String REQUIRED_AUTHENTICATION = "requireAuth";
  private static final String PASSWORD = "password";
  private static final String USER = "user";
  private static final String SERVICE = "service";
  private static final String MARK = "\0";
  private static final Strictness SSL_MODES =
      Strictness.words(VERIFIED, "verify-ca", "require", "prefer", "allow", "disable");

  /** pgjdbc's own, which check certificates as sslmode says. */
  private static final Set<String> CHECKING_FACTORIES =
      Set.of("org.postgresql.ssl.LibPQFactory", "org.postgresql.ssl.DefaultJavaSSLFactory");

  private static final Pattern IDENTITY_OPTION =
      Pattern.compile("(?i)(?<!\\.)(role|session[_-]authorization)\\s*=");

  private static final Map<String, FromUrl> RULES = rules();

  private PgjdbcRules() {}

  /** What a URL may say of a parameter. */
  static FromUrl rule(String name, Properties properties) {
    if (name.equals(SSL_MODE)
        && properties.getProperty(SSL_MODE) == null
        && properties.getProperty(SSL) != null) {
      String implied = sslMode(properties);
      return FromUrl.waives((value, none) -> SSL_MODES.isAsStrict(value, implied));
    }
    return RULES.getOrDefault(name, FromUrl.UNKNOWN);
  }

  /**
   * Reads URL and properties as pgjdbc does.
   *
   * @throws SQLException with PERCRED-237 if it does not understand them
   */
  static VendorReading read(String url, Properties properties) throws SQLException {
    if (namesService(url)) {
      // Not read any further, so that the service file stays closed.
      return new VendorReading(
          List.of(new Parameter(SERVICE, "")), List.of(), new Secrecy(null, null, Map.of(), null));
    }
    Properties ofUrl = ofUrl(url);
    Properties effective = PgjdbcUrl.effective(url, properties);
    List<Parameter> parameters =
        ofUrl.stringPropertyNames().stream()
            .sorted()
            .map(name -> new Parameter(name, ofUrl.getProperty(name)))
            .toList();
    return new VendorReading(
        parameters, PgjdbcUrl.hosts(effective), secrecy(ofUrl, properties, effective));
  }

  /** What the URL gives; with a password at hand pgjdbc does not look for one elsewhere. */
  private static Properties ofUrl(String url) throws SQLException {
    Properties marked = new Properties();
    marked.setProperty(PASSWORD, MARK);
    Properties ofUrl = PgjdbcUrl.effective(url, marked);
    ofUrl.remove(PASSWORD, MARK);
    return ofUrl;
  }

  private static boolean namesService(String url) {
    int question = url.indexOf('?');
    return question >= 0
        && Stream.of(url.substring(question + 1).split("&", -1))
            .anyMatch(each -> each.equals(SERVICE) || each.startsWith(SERVICE + "="));
  }

  private static Secrecy secrecy(Properties ofUrl, Properties properties, Properties effective)
      throws SQLException {
    Exposure ofTokens = exposureOfTokens(ofUrl, effective);
    String methods = effective.getProperty(REQUIRED_AUTHENTICATION);
    Map<String, String> precautions = new HashMap<>();
    Exposure ofPasswords = ofTokens;
    if (PGProperty.forName(REQUIRED_AUTHENTICATION) == null) {
      ofPasswords =
          ofTokens == null
              ? new Exposure(
                  "this version of pgjdbc sends a password in clear to whoever asks",
                  "Use a pgjdbc that knows requireAuth, such as 42.7.14.")
              : ofTokens;
    } else if (methods == null) {
      precautions.put(REQUIRED_AUTHENTICATION, "scram-sha-256");
    } else if (ofTokens == null && mayBeReadable(methods)) {
      ofPasswords =
          new Exposure(
              "requireAuth lets it be sent in clear or as an MD5 hash",
              "Say requireAuth=scram-sha-256, or leave it out.");
    }
    return new Secrecy(
        ofTokens, ofPasswords, precautions, machinesSecret(ofUrl, properties, effective));
  }

  private static @Nullable Exposure exposureOfTokens(Properties ofUrl, Properties effective) {
    String mode = sslMode(effective);
    if (!mode.equals(VERIFIED)) {
      return new Exposure(
          "sslmode=" + mode + " does not tell who listens there", "Say sslmode=verify-full.");
    }
    String factory = ofUrl.getProperty("sslfactory");
    if ((factory != null && !CHECKING_FACTORIES.contains(factory))
        || ofUrl.getProperty("sslhostnameverifier") != null) {
      return new Exposure(
          "the URL names the class that judges the server's certificate",
          "Leave sslfactory and sslhostnameverifier out of the URL.");
    }
    return null;
  }

  /** As pgjdbc reads it. Without one it takes TLS if it is offered, so never for certain. */
  private static String sslMode(Properties effective) {
    String mode = effective.getProperty(SSL_MODE);
    if (mode != null) {
      return mode;
    }
    String ssl = effective.getProperty(SSL);
    boolean on = ssl != null && (ssl.isEmpty() || Boolean.parseBoolean(ssl));
    return on ? VERIFIED : "prefer";
  }

  /** Whether a list of methods, or of exclamation marks with methods, lets a password be read. */
  private static boolean mayBeReadable(String methods) {
    List<String> words = Stream.of(methods.split(",")).map(String::strip).toList();
    return words.stream().anyMatch(word -> word.startsWith("!"))
        ? !words.containsAll(List.of("!password", "!md5"))
        : words.stream().anyMatch(word -> word.equals(PASSWORD) || word.equals("md5"));
  }

  /** A password that pgjdbc finds for a host that cannot be is one that it finds for any host. */
  private static @Nullable String machinesSecret(
      Properties ofUrl, Properties properties, Properties effective) throws SQLException {
    if (properties.getProperty(PASSWORD) != null || ofUrl.containsKey(PASSWORD)) {
      return null;
    }
    Properties nowhere = new Properties();
    nowhere.putAll(effective);
    nowhere.setProperty(PgjdbcUrl.HOSTS, "percred.invalid");
    Properties login = new Properties();
    // pgjdbc's own choice if nobody says who logs in.
    login.setProperty(USER, effective.getProperty(USER, System.getProperty("user.name", "")));
    String found = PgjdbcUrl.effective(PgjdbcUrl.of(nowhere), login).getProperty(PASSWORD);
    return found == null ? null : "The password that pgjdbc's password file has for any host";
  }

  private static Map<String, FromUrl> rules() {
    Map<String, FromUrl> rules = new HashMap<>();
    put(rules, FromUrl.CHOOSES, "", "ApplicationName", "PGDBNAME", "PGHOST", "PGPORT");
    put(rules, FromUrl.CHOOSES, "adaptiveFetch", "adaptiveFetchMaximum", "adaptiveFetchMinimum");
    put(rules, FromUrl.CHOOSES, "allowEncodingChanges", "assumeMinServerVersion", "autosave");
    put(rules, FromUrl.CHOOSES, "binaryTransfer", "binaryTransferDisable", "binaryTransferEnable");
    put(rules, FromUrl.CHOOSES, "cancelSignalTimeout", "cleanupSavepoints", "connectTimeout");
    put(rules, FromUrl.CHOOSES, "convertBooleanToNumeric", "currentSchema");
    put(rules, FromUrl.CHOOSES, "databaseMetadataCacheFields", "databaseMetadataCacheFieldsMiB");
    put(rules, FromUrl.CHOOSES, "defaultRowFetchSize", "disableColumnSanitiser");
    put(rules, FromUrl.CHOOSES, "escapeSyntaxCallMode", "flushCacheOnDdl");
    put(rules, FromUrl.CHOOSES, "groupStartupParameters", "gssResponseTimeout");
    put(rules, FromUrl.CHOOSES, "hideUnprivilegedObjects", "hostRecheckSeconds");
    put(rules, FromUrl.CHOOSES, "loadBalanceHosts", "loginTimeout", "logUnclosedConnections");
    put(rules, FromUrl.CHOOSES, "maxResultBuffer", "maxSendBufferSize", "pemKeyAlgorithm");
    put(rules, FromUrl.CHOOSES, "preferQueryMode", "prepareThreshold", "protocolVersion");
    put(rules, FromUrl.CHOOSES, "preparedStatementCacheQueries", "preparedStatementCacheSizeMiB");
    put(rules, FromUrl.CHOOSES, "queryTimeout", "quoteReturningIdentifiers");
    put(rules, FromUrl.CHOOSES, "receiveBufferSize", "sendBufferSize", "socketTimeout");
    put(rules, FromUrl.CHOOSES, "reWriteBatchedInserts", "reWriteBatchedInsertsSize");
    put(rules, FromUrl.CHOOSES, "sslResponseTimeout", "stringtype", "targetServerType");
    put(rules, FromUrl.CHOOSES, "tcpKeepAlive", "tcpNoDelay", "unknownLength");
    put(rules, FromUrl.keeps(), "gssEncMode", "gsslib", "gssUseDefaultCreds", "jaasLogin");
    put(rules, FromUrl.keeps(), "kerberosServerName", "loggerLevel", "logServerErrorDetail");
    put(rules, FromUrl.keeps(), "readOnlyMode", "replication", REQUIRED_AUTHENTICATION);
    put(rules, FromUrl.keeps(), "scramMaxIterations", SSL, "sslNegotiation", "sspiServiceClass");
    put(rules, FromUrl.keeps(), USER, "useSpnego");
    put(rules, FromUrl.narrows(Strictness.words("true", "false")), "readOnly");
    put(rules, FromUrl.narrows(Strictness.words("require", "prefer", "disable")), "channelBinding");
    put(rules, FromUrl.narrows(SSL_MODES), SSL_MODE);
    put(rules, FromUrl.waives((value, none) -> isHarmless(value)), "options");
    put(rules, FromUrl.OWN, PASSWORD, "sslpassword");
    put(rules, FromUrl.names(Kind.CLASS), "authenticationPluginClassName", "connectExecutor");
    put(rules, FromUrl.names(Kind.CLASS), "jaasApplicationName", "socketFactory", "sslfactory");
    put(rules, FromUrl.names(Kind.CLASS), "sslhostnameverifier", "sslpasswordcallback");
    put(rules, FromUrl.names(Kind.CLASS), "xmlFactoryFactory");
    put(rules, FromUrl.names(Kind.FILE), "sslcert", "sslkey", "sslrootcert");
    put(rules, FromUrl.names(Kind.HOST), "localSocketAddress");
    put(rules, FromUrl.never("a class is told what only its owner can judge"), "socketFactoryArg");
    put(rules, FromUrl.never("a class is told what only its owner can judge"), "sslfactoryarg");
    put(
        rules,
        FromUrl.never("a class is told what only its owner can judge"),
        "connectExecutorArg");
    put(
        rules,
        FromUrl.never("it decides which of two classes of one name is loaded"),
        "classLoaderStrategy");
    put(rules, FromUrl.never("pgjdbc writes the file that it names"), "loggerFile");
    put(rules, FromUrl.never("it makes pgjdbc read a file with hosts and passwords"), SERVICE);
    return Map.copyOf(rules);
  }

  /** Start-up options that change who the session is are left to percred. */
  private static boolean isHarmless(String options) {
    return !IDENTITY_OPTION.matcher(options.replace("\\", "")).find();
  }

  private static void put(Map<String, FromUrl> rules, FromUrl rule, String... names) {
    for (String name : names) {
      rules.put(name, rule);
    }
  }
}

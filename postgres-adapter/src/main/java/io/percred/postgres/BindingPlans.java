package io.percred.postgres;

import io.percred.postgres.PostgresProperty.Guard;
import io.percred.postgres.PostgresProperty.Mode;
import io.percred.postgres.claims.CallerSettings;
import io.percred.postgres.claims.ClaimPath;
import io.percred.postgres.claims.ClaimsPlan;
import io.percred.postgres.claims.ClaimsRules;
import io.percred.postgres.claims.ClaimsSource;
import io.percred.postgres.claims.LoginRole;
import io.percred.postgres.claims.PlanExtras;
import io.percred.postgres.claims.RoleRules;
import io.percred.postgres.claims.RoleSettings;
import io.percred.postgres.claims.SettingPlan;
import io.percred.postgres.claims.SharedLogin;
import io.percred.postgres.claims.Unvouched;
import io.percred.postgres.socket.UserFactories;
import io.percred.postgres.wire.BindingPlan;
import io.percred.spi.AdapterContext;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Makes the plan of a connection out of its configuration, and refuses one that cannot work. */
final class BindingPlans {
  /** Suppliers that know nothing of a token's claims. */
  private static final Set<String> WITHOUT_CLAIMS =
      Set.of(
          "password",
          "property",
          "env",
          "file",
          "command",
          "client-credentials",
          "refresh-token",
          "token-exchange",
          "jwt-bearer");

  private static final String POLICIES_OF_POSTGREST = "request.";

  private final AdapterContext context;
  private final Settings settings;
  private final Mode mode;

  private BindingPlans(AdapterContext context) {
    this.context = context;
    this.settings = context.settings();
    this.mode = settings.choice(PostgresProperty.MODE, Mode.class);
  }

  /**
   * The plan of a connection that is about to be opened. In mode {@code claims} the login role is
   * looked at over a connection of its own, unless that was done for another of this configuration.
   *
   * @param login how to log in, as the application said it
   * @throws SQLException with SQLSTATE 22023 if the configuration cannot work, and whatever the
   *     vendor's driver throws
   */
  static BindingPlan of(AdapterContext context, Login login) throws SQLException {
    BindingPlans plans = new BindingPlans(context);
    PlanExtras extras = plans.extras();
    plans.refuseUnvouchedClaims(extras);
    if (plans.mode == Mode.CLAIMS) {
      return plans.claimsPlan(extras, loginRole(login));
    }
    SharedLogin shared = context.shared(SharedLogin.class, SharedLogin::new);
    return shared.isKnown()
        ? new SettingPlan(extras)
        : new SettingPlan(extras, shared, loginRole(login));
  }

  /**
   * The plan of a connection that percred did not open and cannot open again: mode {@code setting}.
   *
   * @throws SQLException with SQLSTATE 22023 if the configuration cannot work
   */
  static BindingPlan withoutLogin(AdapterContext context) throws SQLException {
    return new SettingPlan(new BindingPlans(context).extras());
  }

  /**
   * How to log in.
   *
   * @param url the vendor's URL
   * @param properties the vendor's properties
   * @param effective both, as pgjdbc reads them
   */
  record Login(UrlParameters url, Properties properties, Properties effective) {
    /** Shows nothing. */
    @Override
    public String toString() {
      return "Login";
    }
  }

  private PlanExtras extras() throws SQLException {
    String prefix = settings.text(PostgresProperty.PREFIX);
    String function = settings.text(PostgresProperty.PRE_REQUEST);
    return new PlanExtras(
        new CallerSettings(
            namedSettings(),
            prefix == null ? "" : prefix.strip(),
            context.shared(Unvouched.class, Unvouched::new)),
        new ClaimsSource(settings.flag(PostgresProperty.CLAIMS_UNVERIFIED)),
        function == null ? null : callOf(function),
        settings.choice(PostgresProperty.GUARD, Guard.class) == Guard.ON);
  }

  /** In mode claims the token itself is bound only if that was asked for. */
  private Map<String, String> namedSettings() throws SQLException {
    Map<String, String> named = new LinkedHashMap<>();
    Map<String, String> folded = new LinkedHashMap<>();
    if (mode != Mode.CLAIMS || settings.isGiven(PostgresProperty.SETTING)) {
      String name = Objects.requireNonNull(settings.text(PostgresProperty.SETTING));
      named.put(name, "token");
      folded.put(name.toLowerCase(Locale.ROOT), PostgresProperty.SETTING.key());
    }
    for (Map.Entry<String, String> each :
        settings.family(PostgresProperty.MORE_SETTINGS).entrySet()) {
      String key = PostgresProperty.MORE_SETTINGS.key() + each.getKey();
      String other = folded.put(each.getKey().toLowerCase(Locale.ROOT), key);
      if (other != null) {
        throw unusable(key, "it is the same setting as that of " + other);
      }
      named.put(each.getKey(), each.getValue());
    }
    for (Map.Entry<String, String> each : folded.entrySet()) {
      if (mode == Mode.CLAIMS && each.getKey().startsWith(POLICIES_OF_POSTGREST)) {
        throw unusable(each.getValue(), "mode=claims itself sets what begins with request.");
      }
    }
    return named;
  }

  /** Quoted, so that case counts as it does for PostgREST. */
  private static String callOf(String function) {
    int dot = function.indexOf('.');
    return "SELECT \""
        + function.substring(0, dot)
        + "\".\""
        + function.substring(dot + 1)
        + "\"()";
  }

  /**
   * Where nobody can vouch for claims, no transaction could ever be bound. Whether the application
   * supplies claims shows only when it calls.
   */
  private void refuseUnvouchedClaims(PlanExtras extras) throws SQLException {
    boolean needed = mode == Mode.CLAIMS || extras.settings().needClaims();
    String suppliers = settings.text(DriversProperty.SUPPLIER);
    if (needed
        && !extras.claims().unverified()
        && !context.resolver().hasVerifier()
        && suppliers != null
        && Stream.of(suppliers.split(",", -1))
            .map(supplier -> supplier.split(":", 2)[0].strip())
            .allMatch(WITHOUT_CLAIMS::contains)) {
      String feature =
          mode == Mode.CLAIMS
              ? "percred.mode=claims"
              : PostgresProperty.MORE_SETTINGS.key() + "NAME";
      throw PercredError.of(PostgresError.CLAIMS_NEED_VERIFIER, feature, suppliers)
          .toSqlException();
    }
  }

  private BindingPlan claimsPlan(PlanExtras extras, LoginRole role) throws SQLException {
    ClaimsRules rules =
        new ClaimsRules(
            ClaimPath.parse(text(PostgresProperty.ROLE_CLAIM)),
            roleRules(),
            anonymousRole(),
            "anonymous".equals(settings.text(DriversProperty.ON_MISSING)),
            settings.flag(PostgresProperty.LEGACY_CLAIMS),
            settings.text(PostgresProperty.SEARCH_PATH));
    Duration ttl = settings.timeSpan(PostgresProperty.ROLE_SETTINGS_TTL);
    RoleSettings roleSettings =
        context.shared(RoleSettings.class, () -> RoleSettings.lasting(ttl, context.clock()));
    roleSettings.connecting(role);
    return new ClaimsPlan(extras, rules, roleSettings, role);
  }

  /** The login, to be looked at over a connection of its own. */
  private static LoginRole loginRole(Login login) throws SQLException {
    Properties properties = withoutOwnFactories(login.properties());
    return new LoginRole(
        new org.postgresql.Driver(),
        login.url().url(),
        PgjdbcUrl.of(login.effective()),
        properties);
  }

  /** Nobody is the caller of the connection that looks at the login role. */
  private static Properties withoutOwnFactories(Properties properties) {
    Properties copy = new Properties();
    copy.putAll(properties);
    if (PercredSocketFactory.class.getName().equals(copy.get(UserFactories.SOCKET_FACTORY))) {
      copy.remove(UserFactories.SOCKET_FACTORY);
      copy.remove(UserFactories.SOCKET_FACTORY_ARG);
    }
    if (PercredSslSocketFactory.class.getName().equals(copy.get(UserFactories.SSL_FACTORY))) {
      copy.remove(UserFactories.SSL_FACTORY);
      copy.remove(UserFactories.SSL_FACTORY_ARG);
    }
    return copy;
  }

  private RoleRules roleRules() throws SQLException {
    try {
      return new RoleRules(settings.text(PostgresProperty.ALLOWED_ROLES));
    } catch (PatternSyntaxException e) {
      throw unusable(PostgresProperty.ALLOWED_ROLES.key(), e.getDescription());
    }
  }

  private String anonymousRole() throws SQLException {
    String role = text(PostgresProperty.ANONYMOUS_ROLE);
    String problem = RoleRules.problemWithName(role);
    if (problem != null) {
      throw unusable(PostgresProperty.ANONYMOUS_ROLE.key(), problem);
    }
    return role;
  }

  private String text(PropertyDescriptor property) {
    return Objects.requireNonNull(settings.text(property), property.key());
  }

  private static SQLException unusable(String property, String reason) {
    return PercredError.of(PostgresError.BAD_CLAIMS_PROPERTY, property, reason, property)
        .toSqlException();
  }
}

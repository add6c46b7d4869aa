package io.percred.postgres.claims;

import io.percred.postgres.PostgresError;
import io.percred.postgres.claims.SettingSource.Facts;
import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.Request;
import io.percred.spi.Resolution;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code mode=claims}: what PostgREST sets for a request, in its order, so that the same policies,
 * functions and hooks serve both. A role's own settings come before the role, because afterwards
 * the login role's right to set them would no longer count.
 */
public final class ClaimsPlan implements BindingPlan {
  /** All that policies for PostgREST read stands under this prefix. */
  static final String REQUEST = "request.";

  private static final String SEARCH_PATH = "search_path";
  private static final String ROLE = "role";
  private static final String NO_ROLE = "none";
  private static final String CLAIMS = "request.jwt.claims";
  private static final List<String> REQUEST_NAMES =
      List.of("request.method", "request.path", "request.headers", "request.cookies");

  /** Claims that are about a token, not about whom it is for (RFC 7519, 4.1.4 to 4.1.7). */
  private static final Set<String> OF_THE_TOKEN = Set.of("exp", "nbf", "iat", "jti");

  private static final int SHOWN = 63;

  private final PlanExtras extras;
  private final ClaimsRules rules;
  private final RoleSettings roleSettings;
  private final RoleSettings.Source login;
  private final @Nullable LegacyClaims legacy;
  private final Set<String> managed;
  private volatile @Nullable String sessionUser;

  /**
   * A plan for one connection.
   *
   * @param login reads the settings of roles with the login of this connection
   */
  public ClaimsPlan(
      PlanExtras extras, ClaimsRules rules, RoleSettings roleSettings, RoleSettings.Source login) {
    this.extras = extras;
    this.rules = rules;
    this.roleSettings = roleSettings;
    this.login = login;
    this.legacy = rules.legacy() ? new LegacyClaims() : null;
    Set<String> names = new HashSet<>(extras.settings().names());
    names.add(ROLE);
    names.add(CLAIMS);
    names.addAll(REQUEST_NAMES);
    if (rules.searchPath() != null) {
      names.add(SEARCH_PATH);
    }
    this.managed = Set.copyOf(names);
  }

  @Override
  public Set<String> managedNames() {
    return managed;
  }

  @Override
  public Set<String> guardedNames() {
    if (!extras.guarded()) {
      return Set.of();
    }
    Set<String> names = new HashSet<>(GuardedNames.of(managed));
    names.add(REQUEST);
    return names;
  }

  /**
   * Who logs in, as the server says it: a name that the URL does not hold may come from a service
   * file or the operating system, and a pooler may log in as somebody else.
   */
  private Set<String> logins() {
    return Stream.of(sessionUser, roleSettings.loginRole())
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  @Override
  public boolean switchesRole() {
    return true;
  }

  @Override
  public void loggedIn(@Nullable String user) {
    sessionUser = user;
    roleSettings.loggedIn(login);
  }

  @Override
  public Binding bind(Resolution resolution) throws UnboundException {
    if (resolution instanceof Resolution.Bind bind) {
      Credential credential = bind.credential();
      Map<String, Object> claims = extras.claims().require(credential);
      try {
        return bound(roleIn(claims, credential), claims, credential, bind.caller());
      } catch (IllegalArgumentException e) {
        throw badClaims(credential, e);
      }
    }
    Caller nobody =
        resolution instanceof Resolution.Anonymous anonymous ? anonymous.caller() : null;
    return nobody == null ? shared() : bound(rules.anonymousRole(), Map.of(), null, nobody);
  }

  /** The same principal with another role, other claims or attributes is another. */
  @Override
  public @Nullable Object owner(Resolution resolution) {
    Object principal = BindingPlan.principal(resolution);
    try {
      if (resolution instanceof Resolution.Bind bind) {
        Credential credential = bind.credential();
        Map<String, Object> claims = extras.claims().require(credential);
        return owner(principal, roleIn(claims, credential), claims, credential, bind.caller());
      }
      return resolution instanceof Resolution.Anonymous anonymous
          ? owner(principal, rules.anonymousRole(), Map.of(), null, anonymous.caller())
          : principal;
    } catch (UnboundException | IllegalArgumentException e) {
      return null;
    }
  }

  private Owner owner(
      Object principal,
      String role,
      Map<String, Object> claims,
      @Nullable Credential credential,
      Caller caller) {
    Map<String, Object> lasting = effective(claims, role);
    Facts facts = new Facts(credential, caller.attributes(), lasting);
    List<String> values = extras.settings().identity(facts);
    lasting.keySet().removeAll(OF_THE_TOKEN);
    return new Owner(principal, lasting, values);
  }

  private record Owner(Object principal, Map<String, Object> claims, List<String> values) {}

  private static Map<String, Object> effective(Map<String, Object> claims, String role) {
    Map<String, Object> effective = new LinkedHashMap<>(claims);
    effective.put(ROLE, role);
    return effective;
  }

  /** The claims of that credential cannot be written. */
  static UnboundException badClaims(Credential credential, IllegalArgumentException problem) {
    return new UnboundException(
        PercredError.of(
            PostgresError.BAD_CLAIMS,
            ClaimsSource.who(credential),
            String.valueOf(problem.getMessage())));
  }

  private String roleIn(Map<String, Object> claims, Credential credential) throws UnboundException {
    ClaimPath.Found found = rules.path().find(claims);
    if (found == null) {
      if (rules.anonymousIfMissing()) {
        return rules.anonymousRole();
      }
      throw new UnboundException(
          PercredError.of(PostgresError.NO_ROLE, ClaimsSource.who(credential), rules.path()));
    }
    Object value = found.value();
    String role = ClaimsJson.textOf(value);
    String problem = value == null ? "it is null" : rules.roles().problemWith(role, logins());
    if (problem != null) {
      throw new UnboundException(
          PercredError.of(
              PostgresError.BAD_ROLE, shown(role), ClaimsSource.who(credential), problem));
    }
    return role;
  }

  private Binding bound(
      String role, Map<String, Object> claims, @Nullable Credential credential, Caller caller)
      throws UnboundException {
    Map<String, Object> effective = effective(claims, role);
    BindingBuilder binding = new BindingBuilder();
    addSearchPath(binding);
    List<RoleSetting> settings = roleSettings.of(role);
    if (!settings.isEmpty()) {
      // In a transaction that is bound again, the caller's role may lack the right to set them.
      binding.set(ROLE, NO_ROLE);
    }
    for (RoleSetting setting : settings) {
      if (!managed.contains(setting.name())) {
        binding.setOfRole(setting);
      }
    }
    binding.set(ROLE, role);
    binding.set(CLAIMS, ClaimsJson.write(effective));
    if (legacy != null) {
      legacy.addTo(binding, effective);
    }
    addRequest(binding, caller.request());
    extras.settings().addTo(binding, new Facts(credential, caller.attributes(), effective));
    return binding.withCall(extras.preRequest());
  }

  /** The login role, by its own choice of configuration, and nothing of any caller. */
  private Binding shared() throws UnboundException {
    BindingBuilder binding = new BindingBuilder();
    addSearchPath(binding);
    binding.set(ROLE, NO_ROLE);
    binding.set(CLAIMS, "");
    if (legacy != null) {
      legacy.addEmptyTo(binding);
    }
    addRequest(binding, null);
    extras.settings().addEmptyTo(binding);
    return binding.withCall(extras.preRequest());
  }

  private void addSearchPath(BindingBuilder binding) throws UnboundException {
    String path = rules.searchPath();
    if (path != null) {
      binding.set(SEARCH_PATH, path);
    }
  }

  private static void addRequest(BindingBuilder binding, @Nullable Request request)
      throws UnboundException {
    if (request == null) {
      for (String name : REQUEST_NAMES) {
        binding.set(name, "");
      }
      return;
    }
    Map<String, String> headers = new LinkedHashMap<>(request.headers());
    // As PostgREST: cookies have a setting of their own.
    headers.remove("cookie");
    binding.set(REQUEST_NAMES.get(0), request.method());
    binding.set(REQUEST_NAMES.get(1), request.path());
    binding.set(REQUEST_NAMES.get(2), ClaimsJson.write(headers));
    binding.set(REQUEST_NAMES.get(3), ClaimsJson.write(request.cookies()));
  }

  /** A role as an error may show it: whoever made the token chose its characters and length. */
  private static String shown(String role) {
    String plain = role.replaceAll("\\p{C}", "?");
    return plain.length() > SHOWN ? plain.substring(0, SHOWN) + "…" : plain;
  }
}

package io.percred.resolution;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.codeOfFailure;
import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.properties;
import static io.percred.recording.Recorded.refusal;
import static io.percred.recording.Recorded.refusalCode;
import static io.percred.recording.Recorded.resolver;
import static io.percred.recording.Recorded.source;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.recording.AllowedHost;
import io.percred.recording.RecordingAdapter;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredEvent;
import io.percred.spi.Request;
import io.percred.spi.Resolution;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.Verdict;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose credential a transaction gets: suppliers, limits, verifier and policy together. */
@ExtendWith(AllowedHost.class)
class CallerResolverTest {
  /** What an application keeps for its users without a context. */
  private static final ThreadLocal<@Nullable Credential> USER = new ThreadLocal<>();

  private final List<CallerScope> open = new ArrayList<>();

  @AfterEach
  void closeScopes() {
    USER.remove();
    open.forEach(CallerScope::close);
  }

  @Test
  void contextsCredentialIsBoundWithItsCaller() throws Exception {
    Caller caller = new Caller(Credential.of("t", "alice"), Map.of("tenant", "7"), null);
    CredentialResolver resolver = open("").context().resolver();
    open.add(CallerContext.open(caller));
    assertThat(resolver.resolve(RecordingAdapter.TARGET))
        .isEqualTo(new Resolution.Bind(Credential.of("t", "alice"), caller, false));
  }

  @Test
  void pinnedResolverStandsForTheCallerOfItsMomentOnAnyThread() throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    CredentialResolver nobodys = resolver.pinned();
    CallerScope alice = CallerContext.open(Credential.of("a", "alice"));
    CredentialResolver pinned = resolver.pinned();
    Object key = resolver.callerKey();
    alice.close();
    open.add(CallerContext.open(Credential.of("b", "bob")));
    Resolution[] resolution = new Resolution[1];
    Thread other = new Thread(() -> resolution[0] = pinned.resolve(RecordingAdapter.TARGET));
    other.start();
    other.join();
    assertThat(((Resolution.Bind) resolution[0]).credential().principal()).isEqualTo("alice");
    assertThat(pinned.callerKey()).isEqualTo(key).isNotEqualTo(resolver.callerKey());
    assertThat(pinned.hasCaller()).isTrue();
    assertThat(nobodys.hasCaller()).isFalse();
    assertThat(nobodys.resolve(RecordingAdapter.TARGET)).isInstanceOf(Resolution.Refused.class);
  }

  @Test
  void supplierThatOnlyLooksTellsCallersApartWithoutAContext() throws Exception {
    CredentialResolver resolver = looking();
    assertThat(resolver.hasCaller()).isFalse();
    Object nobody = resolver.callerKey();
    USER.set(Credential.of("a", "alice"));
    assertThat(resolver.hasCaller()).isTrue();
    Object alice = resolver.callerKey();
    USER.set(Credential.of("b", "bob"));
    assertThat(resolver.callerKey()).isNotEqualTo(alice).isNotEqualTo(nobody);
    USER.set(Credential.of("a", "alice"));
    assertThat(resolver.callerKey()).isEqualTo(alice);
    assertThat(resolver.callerKey().toString()).doesNotContain("token");
    open.add(CallerContext.open(new Caller(null, Map.of("tenant", "7"), null)));
    assertThat(resolver.callerKey()).isNotEqualTo(alice);
    USER.set(Credential.of(" "));
    Object blank = resolver.callerKey();
    USER.remove();
    assertThat(resolver.callerKey()).isEqualTo(blank);
  }

  @Test
  void pinnedResolverStandsForWhomTheSupplierSaw() throws Exception {
    CredentialResolver resolver = looking();
    USER.set(Credential.of("a", "alice"));
    CredentialResolver pinned = resolver.pinned();
    Object key = resolver.callerKey();
    USER.set(Credential.of("b", "bob"));
    assertThat(pinned.callerKey()).isEqualTo(key).isNotEqualTo(resolver.callerKey());
    assertThat(((Resolution.Bind) pinned.resolve(RecordingAdapter.TARGET)).credential().principal())
        .isEqualTo("alice");
    USER.remove();
    assertThat(pinned.hasCaller()).isTrue();
    assertThat(resolver.hasCaller()).isFalse();
  }

  @Test
  void whomASupplierFailedToSeeEqualsNobodyElse() throws Exception {
    PercredDataSource source = source("");
    source.setTokenSupplier(
        new LookingSupplier(
            () -> {
              throw new IllegalStateException("no user here");
            }));
    CredentialResolver resolver = resolver(source);
    assertThat(resolver.hasCaller()).as("nobody knows").isTrue();
    assertThat(resolver.callerKey()).isNotEqualTo(resolver.callerKey());
    CredentialResolver pinned = resolver.pinned();
    assertThat(pinned.callerKey()).isEqualTo(pinned.callerKey());
    assertThat(refusalCode(pinned)).isEqualTo("PERCRED-122");
  }

  @Test
  void claimsThatTheApplicationVouchesForArePartOfTheCaller() throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    Credential alice = Credential.of("a", "alice");
    List<Object> keys = new ArrayList<>();
    for (String tenant : List.of("acme", "globex", "acme")) {
      CallerScope scope = CallerContext.open(alice.withClaims(Map.of("org", tenant)));
      keys.add(resolver.callerKey());
      scope.close();
    }
    assertThat(keys.get(0)).isEqualTo(keys.get(2)).isNotEqualTo(keys.get(1));
  }

  private static CredentialResolver looking() throws SQLException {
    PercredDataSource source = source("");
    source.setTokenSupplier(new LookingSupplier(USER::get));
    return resolver(source);
  }

  /** A supplier that reads what the application keeps for its users. */
  private record LookingSupplier(Supplier<@Nullable Credential> users) implements TokenSupplier {
    @Override
    public @Nullable Credential supply(SupplyContext context) {
      return users.get();
    }

    @Override
    public boolean mayBlock() {
      return false;
    }
  }

  @Test
  void pinnedResolverTellsWhoeverElseIsCalling() throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    CallerScope alice = CallerContext.open(Credential.of("a", "alice"));
    CredentialResolver pinned = resolver.pinned();
    assertThat(pinned.isAnothersCall()).isFalse();
    open.add(CallerContext.open(Credential.of("a", "alice")));
    assertThat(pinned.isAnothersCall()).as("the same caller again").isFalse();
    open.add(CallerContext.service());
    assertThat(pinned.isAnothersCall()).isTrue();
    open.add(CallerContext.open(Credential.of("b", "bob")));
    assertThat(pinned.isAnothersCall()).isTrue();
    assertThat(resolver.isAnothersCall()).as("pinned to nobody").isFalse();
    alice.close();
    assertThat(pinned.isAnothersCall()).as("nobody calls").isFalse();
  }

  @Test
  void suppliersHearOfACredentialThatTheDatabaseDidNotTake() throws Exception {
    Credential refused = Credential.of("refused");
    List<Credential> heard = new ArrayList<>();
    PercredDataSource source = source("");
    source.setTokenSupplier(
        new TokenSupplier() {
          @Override
          public @Nullable Credential supply(SupplyContext context) {
            return null;
          }

          @Override
          public boolean rejected(Credential credential) {
            heard.add(credential);
            if (heard.size() == 2) {
              throw new IllegalStateException("a supplier that fails");
            }
            return credential.equals(refused);
          }
        });
    CredentialResolver resolver = resolver(source);

    assertThat(resolver.rejected(refused)).isTrue();
    assertThat(resolver.rejected(refused)).as("it failed").isFalse();
    assertThat(resolver.rejected(Credential.of("another"))).isFalse();
    assertThat(heard).hasSize(3);
    assertThat(open("").context().resolver().rejected(refused)).as("nothing is kept").isFalse();
  }

  @Test
  void withoutCallerTheRefusalNamesThreadAndPolicy() throws Exception {
    SQLException refusal = refusal(open("").context().resolver());
    assertFailure(refusal)
        .hasMessage(
            "[percred] No credential for this transaction: no CallerContext is open on thread \""
                + Thread.currentThread().getName()
                + "\" and percred.on-missing is \"reject\". Nothing was sent to the database.\n"
                + "In a request: open a CallerContext around it. On another thread:"
                + " CallerContext.capture(), or context-propagation. At start-up or in a job:"
                + " CallerContext.service(). In a tool: percred.supplier=password and the token in"
                + " the password field. (PERCRED-101, SQLSTATE 28000)");
    assertThat(refusal.getSQLState()).isEqualTo("28000");
    assertThat(refusal.getErrorCode()).isEqualTo(101);
  }

  @Test
  void refusalNamesTheSuppliersThatHadNone() throws Exception {
    assertFailure(refusal(open("?percred.supplier=context,password").context().resolver()))
        .hasMessageContaining("no CallerContext is open on thread")
        .hasMessageContaining(", password has none and percred.on-missing is");
    PercredDataSource source = source("");
    source.setTokenSupplier(context -> null);
    assertFailure(refusal(resolver(source)))
        .hasMessageContaining("supplier set in code has none and percred.on-missing is");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void blankTokenIsNoToken(String blank) throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    open.add(CallerContext.open(Credential.of(blank, "alice")));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-101");
    assertFailure(refusal(resolver)).hasMessageContaining("has no token");
  }

  @Test
  void blankTokenPassesOnToTheNextOfTheChain() throws Exception {
    CredentialResolver resolver =
        open("?percred.supplier=context,password", properties("password", "own"))
            .context()
            .resolver();
    open.add(CallerContext.open(Credential.of(" ")));
    assertThat(token(resolver)).isEqualTo("own");
  }

  @Test
  void policiesForMissingCredentials() throws Exception {
    assertThat(resolve("?percred.on-missing=anonymous")).isInstanceOf(Resolution.Anonymous.class);
    assertThat(resolve("?percred.on-missing=shared")).isInstanceOf(Resolution.Shared.class);
    assertThat(resolve("?percred.on-missing=service&percred.service.supplier=password"))
        .isEqualTo(new Resolution.Bind(Credential.of("pw"), Caller.NONE, true));
  }

  @Test
  void anonymousCallerKeepsAttributesAndRequest() throws Exception {
    Caller caller =
        new Caller(null, Map.of("tenant", "7"), new Request("GET", "/contact", Map.of(), Map.of()));
    CredentialResolver resolver = open("?percred.on-missing=anonymous").context().resolver();
    open.add(CallerContext.open(caller));
    assertThat(resolver.resolve(RecordingAdapter.TARGET))
        .isEqualTo(new Resolution.Anonymous(caller));
  }

  @Test
  void resolverTellsWhetherAnybodyJudgesCredentials() throws Exception {
    assertThat(open("").context().resolver().hasVerifier()).isFalse();
    PercredDataSource source = source("");
    source.setCredentialVerifier((credential, target) -> new Verdict.Accepted(credential));
    assertThat(resolver(source).hasVerifier()).isTrue();
  }

  @Test
  void policyIsNotAskedWhenThereIsCredential() throws Exception {
    CredentialResolver resolver = open("?percred.on-missing=shared").context().resolver();
    open.add(CallerContext.open(Credential.of("t")));
    assertThat(token(resolver)).isEqualTo("t");
  }

  @Test
  void serviceAsPolicyNeedsServiceSupplier() {
    assertThat(codeOfFailure("?percred.on-missing=service")).isEqualTo("PERCRED-008");
  }

  @Test
  void serviceScopeUsesTheServiceSupplierAndNotTheCallersAround() throws Exception {
    CredentialResolver resolver =
        open("?percred.service.supplier=password", properties("password", "svc"))
            .context()
            .resolver();
    open.add(CallerContext.open(Credential.of("alices", "alice")));
    open.add(CallerContext.service());
    assertThat(resolver.resolve(RecordingAdapter.TARGET))
        .isEqualTo(new Resolution.Bind(Credential.of("svc"), Caller.NONE, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?percred.on-missing=reject", "?percred.on-missing=anonymous"})
  void serviceScopeWithoutSupplierIsRefused(String parameters) throws Exception {
    CredentialResolver resolver = open(parameters).context().resolver();
    open.add(CallerContext.service());
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-106");
    assertFailure(refusal(resolver)).hasMessageContaining("percred.service.supplier");
  }

  @Test
  void serviceScopeWithoutSupplierIsSharedOnlyIfThatIsThePolicy() throws Exception {
    open.add(CallerContext.service());
    assertThat(resolve("?percred.on-missing=shared")).isInstanceOf(Resolution.Shared.class);
  }

  @Test
  void serviceSupplierWithoutCredentialIsRefusedWhateverThePolicy() throws Exception {
    CredentialResolver resolver =
        open("?percred.service.supplier=property:none&percred.on-missing=shared")
            .context()
            .resolver();
    open.add(CallerContext.service());
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-102");
  }

  @Test
  void tokenBeyondTheLimitIsRefused() throws Exception {
    CredentialResolver resolver = open("?percred.token.max-size=5").context().resolver();
    CallerScope fits = CallerContext.open(Credential.of("12345"));
    assertThat(token(resolver)).isEqualTo("12345");
    fits.close();
    open.add(CallerContext.open(Credential.of("123456", "alice")));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-103");
    assertFailure(refusal(resolver))
        .hasMessageContaining("principal \"alice\"")
        .hasMessageNotContaining("123456");
  }

  @Test
  void expiredTokenIsRefusedWithoutGrace() throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    CallerScope fresh =
        CallerContext.open(Credential.of("t").withExpiry(Instant.now().plusSeconds(60)));
    assertThat(token(resolver)).isEqualTo("t");
    fresh.close();
    open.add(CallerContext.open(Credential.of("t", "alice").withExpiry(Instant.now())));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-104");
  }

  @Test
  void acceptedCredentialIsWhatIsBound() throws Exception {
    PercredDataSource source = source("");
    source.setCredentialVerifier(
        (credential, target) -> new Verdict.Accepted(credential.withPrincipal("verified")));
    CredentialResolver resolver = resolver(source);
    open.add(CallerContext.open(Credential.of("t")));
    assertThat(resolver.resolve(RecordingAdapter.TARGET))
        .isEqualTo(
            new Resolution.Bind(
                Credential.of("t", "verified"), Caller.of(Credential.of("t")), false));
  }

  @Test
  void deniedCredentialIsRefusedWithPrincipalVerifierAndReason() throws Exception {
    PercredDataSource source = source("");
    source.setCredentialVerifier(
        (credential, target) ->
            new Verdict.Denied("https://auth.example/introspect", "not active"));
    CredentialResolver resolver = resolver(source);
    open.add(CallerContext.open(Credential.of("t0ken", "alice")));
    SQLException refusal = refusal(resolver);
    assertThat(refusal.getSQLState()).isEqualTo("28000");
    assertFailure(refusal)
        .hasMessageContaining(
            "Token of principal \"alice\" was denied by https://auth.example/introspect: not"
                + " active.")
        .hasMessageContaining("PERCRED-111")
        .hasMessageNotContaining("t0ken");
    open.add(CallerContext.open(Credential.of("t0ken")));
    assertFailure(refusal(resolver))
        .hasMessageContaining("digest " + Credential.of("t0ken").digest());
  }

  @Test
  void outageOnOpenConnectionSaysSinceWhenAndUntilWhen() throws Exception {
    CredentialResolver resolver = resolver(down());
    open.add(CallerContext.open(Credential.of("t")));
    SQLException refusal = refusal(resolver);
    assertThat(refusal.getSQLState()).isEqualTo("58000");
    assertFailure(refusal)
        .hasMessageContaining("https://auth.example is unavailable since ")
        .hasMessageContaining("(connect timed out, 5 failures); calls are held back until ")
        .hasMessageContaining("(PERCRED-121, SQLSTATE 58000)");
  }

  @Test
  void outageWhileConnectingIsFailureToConnectWithTheSameCode() {
    PercredDataSource source = down();
    source.setUrl("jdbc:percred:recording://host/resolve-while-connecting");
    open.add(CallerContext.open(Credential.of("t")));
    try {
      source.getConnection().close();
      assertThat(false).as("connecting must fail").isTrue();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("08001");
      assertFailure(e).hasMessageContaining("(PERCRED-121, SQLSTATE 08001)");
    }
  }

  @Test
  void verifierThatAcceptsAnotherTokenIsRefused() throws Exception {
    PercredDataSource source = source("");
    source.setCredentialVerifier(
        (credential, target) -> new Verdict.Accepted(Credential.of("other", "alice")));
    assertVerifierFails(source, "another token");
  }

  @Test
  @SuppressWarnings("NullAway") // A verifier that breaks its contract.
  void verifierThatReturnsNullIsRefused() throws Exception {
    PercredDataSource source = source("");
    source.setCredentialVerifier((credential, target) -> null);
    assertVerifierFails(source, "it returned null");
  }

  @Test
  void verifierThatThrowsIsRefused() throws Exception {
    PercredDataSource source = source("");
    source.setCredentialVerifier(
        (credential, target) -> {
          throw new IllegalStateException("saw " + credential.token());
        });
    assertVerifierFails(source, "java.lang.IllegalStateException");
  }

  @Test
  void callerKeyTellsCallersApartAndHoldsNoToken() throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    Object nobody = resolver.callerKey();
    Object alice = keyWithin(resolver, Caller.of(Credential.of("t1", "alice")));
    assertThat(keyWithin(resolver, Caller.of(Credential.of("t1", "alice")))).isEqualTo(alice);
    assertThat(keyWithin(resolver, Caller.of(Credential.of("t1", "bob")))).isNotEqualTo(alice);
    assertThat(keyWithin(resolver, Caller.of(Credential.of("t2", "alice")))).isNotEqualTo(alice);
    assertThat(
            keyWithin(resolver, new Caller(Credential.of("t1", "alice"), Map.of("a", "b"), null)))
        .isNotEqualTo(alice);
    assertThat(keyWithin(resolver, Caller.of(Credential.of(" ")))).isEqualTo(nobody);
    open.add(CallerContext.service());
    assertThat(resolver.callerKey()).isNotEqualTo(nobody);
    assertThat(alice.toString()).doesNotContain("t1");
  }

  @Test
  void callerKeyAllocatesNothing() throws Exception {
    CredentialResolver resolver = open("").context().resolver();
    open.add(CallerContext.open(Credential.of("t")));
    assertThat(resolver.callerKey()).isSameAs(resolver.callerKey());
  }

  @Test
  void callerKeyOfConnectionsOwnTokenIgnoresTheContextButNotTheService() throws Exception {
    CredentialResolver resolver =
        open("?percred.supplier=password", properties("password", "p")).context().resolver();
    Object nobody = resolver.callerKey();
    assertThat(keyWithin(resolver, Caller.of(Credential.of("t", "alice")))).isEqualTo(nobody);
    open.add(CallerContext.service());
    assertThat(resolver.callerKey()).isNotEqualTo(nobody);
  }

  @Test
  void callerKeyNeverCallsSupplier() throws Exception {
    PercredDataSource source = source("");
    source.setTokenSupplier(
        context -> {
          throw new AssertionError("called");
        });
    assertThat(resolver(source).callerKey()).isNotNull();
  }

  @Test
  void listenerHearsWhatWasSuppliedVerifiedAndRefused() throws Exception {
    List<PercredEvent> heard = new ArrayList<>();
    PercredDataSource source = source("");
    source.setPercredListener(heard::add);
    source.setCredentialVerifier((credential, target) -> new Verdict.Denied("v", "no"));
    CredentialResolver resolver = resolver(source);
    open.add(CallerContext.open(Credential.of("t0ken", "alice")));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-111");
    assertThat(heard).hasSize(3);
    assertThat(heard.get(0))
        .isInstanceOfSatisfying(
            PercredEvent.Supplied.class,
            event -> {
              assertThat(event.supplier()).isEqualTo("context");
              assertThat(event.principal()).isEqualTo("alice");
              assertThat(event.error()).isNull();
            });
    assertThat(heard.get(1))
        .isInstanceOfSatisfying(
            PercredEvent.Verified.class,
            event -> assertThat(event.verdict()).isEqualTo(new Verdict.Denied("v", "no")));
    assertThat(heard.get(2))
        .isInstanceOfSatisfying(
            PercredEvent.Refused.class,
            event -> {
              assertThat(event.target()).isEqualTo(RecordingAdapter.TARGET);
              assertThat(event.error().code().number()).isEqualTo(111);
            });
    assertThat(heard.toString()).doesNotContain("t0ken");
  }

  @Test
  void listenerThatFailsIsNotHeardOf() throws Exception {
    PercredDataSource source = source("");
    source.setPercredListener(
        event -> {
          throw new IllegalStateException();
        });
    CredentialResolver resolver = resolver(source);
    open.add(CallerContext.open(Credential.of("t")));
    assertThat(token(resolver)).isEqualTo("t");
    assertThat(token(resolver)).isEqualTo("t");
  }

  private Resolution resolve(String parameters) throws SQLException {
    return open(parameters, properties("password", "pw"))
        .context()
        .resolver()
        .resolve(RecordingAdapter.TARGET);
  }

  private void assertVerifierFails(PercredDataSource source, String failure) throws SQLException {
    CredentialResolver resolver = resolver(source);
    open.add(CallerContext.open(Credential.of("t0ken")));
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-125");
    assertFailure(refusal(resolver)).hasMessageContaining(failure).hasMessageNotContaining("t0ken");
  }

  private static PercredDataSource down() {
    PercredDataSource source = source("");
    source.setCredentialVerifier(
        (credential, target) ->
            new Verdict.Unavailable(
                "https://auth.example",
                "connect timed out",
                5,
                Instant.now(),
                Instant.now().plusSeconds(60)));
    return source;
  }

  private static Object keyWithin(CredentialResolver resolver, Caller caller) {
    CallerScope scope = CallerContext.open(caller);
    try {
      return resolver.callerKey();
    } finally {
      scope.close();
    }
  }
}

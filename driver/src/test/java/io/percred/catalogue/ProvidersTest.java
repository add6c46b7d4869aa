package io.percred.catalogue;

import static io.percred.recording.Recorded.assertFailure;
import static io.percred.recording.Recorded.codeOfFailure;
import static io.percred.recording.Recorded.failure;
import static io.percred.recording.Recorded.open;
import static io.percred.recording.Recorded.refusalCode;
import static io.percred.recording.Recorded.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.recording.AllowedHost;
import io.percred.recording.TestSuppliers;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredEvent;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How suppliers, verifiers and listeners are found by name. */
@ExtendWith(AllowedHost.class)
class ProvidersTest {
  @Test
  void unknownSupplierIsAnErrorThatListsTheKnownOnes() {
    assertThat(codeOfFailure("?percred.supplier=nobody")).isEqualTo("PERCRED-004");
    assertFailure(failure("?percred.supplier=nobody"))
        .hasMessageContaining("supplier \"nobody\"")
        .hasMessageContaining("context, env, file")
        .hasMessageContaining("NoSuchClass");
  }

  @Test
  void documentedSupplierOfAnAbsentModuleNamesTheArtifact() {
    assertFailure(failure("?percred.supplier=client-credentials"))
        .hasMessageContaining("Add io.percred:percred-tokens.");
    assertFailure(failure("?percred.verifier=jwt"))
        .hasMessageContaining("Add io.percred:percred-tokens.");
  }

  @Test
  void unknownListenerIsAnError() {
    assertThat(codeOfFailure("?percred.listener=nobody")).isEqualTo("PERCRED-004");
  }

  @Test
  void twoOfOneNameAreRefusedNamingBothClasses() {
    assertThat(codeOfFailure("?percred.supplier=twice")).isEqualTo("PERCRED-005");
    assertFailure(failure("?percred.supplier=twice"))
        .hasMessageContaining("TestSuppliers$Twice and ")
        .hasMessageContaining("TestSuppliers$TwiceToo");
  }

  @Test
  void providerThatThrowsOrReturnsNullIsNamed() {
    assertThat(codeOfFailure("?percred.supplier=broken")).isEqualTo("PERCRED-011");
    assertFailure(failure("?percred.supplier=broken"))
        .hasMessageContaining("TestSuppliers$Broken")
        .hasMessageContaining("IllegalStateException");
    assertThat(codeOfFailure("?percred.supplier=makes-nothing")).isEqualTo("PERCRED-011");
  }

  @Test
  void argumentsAreRequiredOrRefused() {
    assertThat(codeOfFailure("?percred.supplier=property")).isEqualTo("PERCRED-008");
    assertThat(codeOfFailure("?percred.supplier=env:%20")).isEqualTo("PERCRED-003");
    assertThat(codeOfFailure("?percred.supplier=context:x")).isEqualTo("PERCRED-002");
    assertThat(codeOfFailure("?percred.supplier=password:x")).isEqualTo("PERCRED-002");
  }

  @Test
  void suppliersLearnArgumentAndWhetherUrlChoseThem() throws Exception {
    assertThat(token(open("?percred.supplier=client:a%20b").context().resolver()))
        .isEqualTo("default-client/a b/url");
  }

  @Test
  void suppliersOfTheServiceAccountReadTheServicesOwnProperties() throws Exception {
    String both = "&percred.supplier=client&percred.service.supplier=client";
    CredentialResolver own =
        open("?percred.oauth.client-id=callers&percred.service.oauth.client-id=services" + both)
            .context()
            .resolver();
    CredentialResolver callersOnly =
        open("?percred.oauth.client-id=callers" + both).context().resolver();
    assertThat(token(own)).isEqualTo("callers/url");
    CallerScope scope = CallerContext.service();
    assertThat(token(own)).isEqualTo("services/url");
    assertThat(token(callersOnly)).isEqualTo("default-client/url");
    scope.close();
  }

  @Test
  void listenerIsFoundByName() throws Exception {
    TestSuppliers.Listening.HEARD.clear();
    CredentialResolver resolver = open("?percred.listener=listening").context().resolver();
    assertThat(refusalCode(resolver)).isEqualTo("PERCRED-101");
    assertThat(TestSuppliers.Listening.HEARD)
        .hasAtLeastOneElementOfType(PercredEvent.Supplied.class)
        .hasAtLeastOneElementOfType(PercredEvent.Refused.class);
  }

  @Test
  void verifierIsFoundByName() throws Exception {
    CredentialResolver resolver =
        open("?percred.verifier=accepting&percred.supplier=client").context().resolver();
    assertThat(token(resolver)).isEqualTo("default-client/url");
  }

  @Test
  void threadsLoaderIsAskedAgainWhenItChanges() throws Exception {
    Installed here = Installed.onThisThread();
    assertThat(Installed.onThisThread()).isSameAs(here);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader other = new URLClassLoader(new URL[0], before)) {
      thread.setContextClassLoader(other);
      assertThat(Installed.onThisThread()).isNotSameAs(here);
      thread.setContextClassLoader(null);
      assertThat(Installed.onThisThread().adapters().names()).contains("recording");
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

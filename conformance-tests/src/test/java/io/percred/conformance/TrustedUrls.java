package io.percred.conformance;

import io.percred.configuration.UrlRules;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A machine that takes whoever writes a URL for its administrator. */
final class TrustedUrls implements BeforeEachCallback, AfterEachCallback {
  @Override
  public void beforeEach(ExtensionContext context) {
    System.setProperty(UrlRules.URL_TRUSTED, "true");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.clearProperty(UrlRules.URL_TRUSTED);
  }
}

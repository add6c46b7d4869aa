package io.percred.recording;

import io.percred.configuration.UrlRules;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A machine that lets URLs send secrets to the host of the recording adapter. */
public final class AllowedHost implements BeforeEachCallback, AfterEachCallback {
  @Override
  public void beforeEach(ExtensionContext context) {
    System.setProperty(UrlRules.ALLOWED_HOSTS, "host");
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.clearProperty(UrlRules.ALLOWED_HOSTS);
  }
}

package io.percred.postgres.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FilterRegistryTest {
  private static final UserFactories NONE = new UserFactories(null, null, null, null);

  @Test
  void configurationIsFoundByItsHandleOnly() {
    FilterConfiguration configuration =
        new FilterConfiguration(socket -> new RecordingFilter(), NONE);
    String handle = FilterRegistry.register(configuration);
    String other = FilterRegistry.register(configuration);
    assertThat(handle).hasSize(32).isNotEqualTo(other);
    assertThat(FilterRegistry.find(handle)).isSameAs(configuration);
    assertThat(FilterRegistry.find("x")).isNull();
    assertThat(FilterRegistry.find(null)).isNull();
  }

  @Test
  void entryEndsWithItsConfiguration() {
    FilterConfiguration kept = new FilterConfiguration(socket -> new RecordingFilter(), NONE);
    String keptHandle = FilterRegistry.register(kept);
    String handle =
        FilterRegistry.register(new FilterConfiguration(socket -> new RecordingFilter(), NONE));
    int before = FilterRegistry.size();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (FilterRegistry.size() >= before && System.nanoTime() < deadline) {
      System.gc();
    }
    assertThat(FilterRegistry.size()).isLessThan(before);
    assertThat(FilterRegistry.find(handle)).isNull();
    assertThat(FilterRegistry.find(keptHandle)).isSameAs(kept);
  }

  @Test
  void usersFactoriesStandAgainInACopy() {
    Properties defaults = new Properties();
    defaults.setProperty("user", "alice");
    defaults.setProperty("sslfactory", "their.SslFactory");
    Properties info = new Properties(defaults);
    info.setProperty("socketFactory", "their.Factory");
    info.setProperty("sslfactoryarg", "their argument");
    Object object = new Object();
    info.put("object", object);
    UserFactories factories = UserFactories.of(info);

    Properties ours = new Properties(info);
    ours.setProperty("socketFactory", "ours");
    ours.setProperty("socketFactoryArg", "handle");
    ours.setProperty("sslfactory", "ours");
    ours.setProperty("sslfactoryarg", "handle");
    ours.put("other", object);
    Properties restored = factories.restoredIn(ours);

    assertThat(restored)
        .containsOnlyKeys("user", "socketFactory", "sslfactory", "sslfactoryarg", "other")
        .containsEntry("user", "alice")
        .containsEntry("socketFactory", "their.Factory")
        .containsEntry("sslfactory", "their.SslFactory")
        .containsEntry("sslfactoryarg", "their argument")
        .containsEntry("other", object);
    assertThat(ours.getProperty("socketFactoryArg")).isEqualTo("handle");
    assertThat(factories.toString()).contains("their.Factory").doesNotContain("argument");
  }
}

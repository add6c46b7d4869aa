package io.percred;

import io.percred.runtime.ChosenInCode;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.PercredListener;
import io.percred.spi.TokenSupplier;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The bean properties of {@link PercredDataSource}. Names and values are checked when a connection
 * is opened, by the rules of the adapter that the URL names.
 */
public abstract sealed class DataSourceProperties permits PercredDataSource, DecoratedDataSource {
  private static final String USER = "user";
  private static final String PASSWORD = "password";

  private final ReentrantLock lock = new ReentrantLock();
  private final Properties properties = new Properties();
  private final Properties beanProperties = new Properties();
  private ChosenInCode chosen = ChosenInCode.NOTHING;

  DataSourceProperties() {}

  /** Any properties, percred's and the target driver's, in place of those set so before; copied. */
  public void setProperties(Properties properties) {
    Properties copy = flat(properties);
    lock.lock();
    try {
      this.properties.clear();
      this.properties.putAll(copy);
    } finally {
      lock.unlock();
    }
  }

  /** Where credentials come from, as an object instead of by name; not closed by this. */
  public void setTokenSupplier(TokenSupplier supplier) {
    choose(old -> new ChosenInCode(supplier, old.verifier(), old.listener()));
  }

  /** Who says that credentials are good, as an object instead of by name; not closed by this. */
  public void setCredentialVerifier(CredentialVerifier verifier) {
    choose(old -> new ChosenInCode(old.supplier(), verifier, old.listener()));
  }

  /** Who hears what percred does, as an object instead of by name. */
  public void setPercredListener(PercredListener listener) {
    choose(old -> new ChosenInCode(old.supplier(), old.verifier(), listener));
  }

  /** The role that logs in. */
  public void setUser(@Nullable String user) {
    set(USER, user);
  }

  /** The role that logs in, or null. */
  public @Nullable String getUser() {
    lock.lock();
    try {
      return beanProperties.getProperty(USER);
    } finally {
      lock.unlock();
    }
  }

  /** The password of that role; with {@code percred.supplier=password} the caller's token. */
  public void setPassword(@Nullable String password) {
    set(PASSWORD, password);
  }

  /** {@code percred.supplier}: where the caller's credential comes from. */
  public void setSupplier(@Nullable String supplier) {
    set("percred.supplier", supplier);
  }

  /** {@code percred.supplier.timeout}: the deadline of one supplier call, such as {@code 10s}. */
  public void setSupplierTimeout(@Nullable String timeout) {
    set("percred.supplier.timeout", timeout);
  }

  /** {@code percred.service.supplier}: the credential of the service account. */
  public void setServiceSupplier(@Nullable String supplier) {
    set("percred.service.supplier", supplier);
  }

  /** {@code percred.verifier}: who says that the credential is good. */
  public void setVerifier(@Nullable String verifier) {
    set("percred.verifier", verifier);
  }

  /** {@code percred.listener}: who hears what percred does. */
  public void setListener(@Nullable String listener) {
    set("percred.listener", listener);
  }

  /** {@code percred.on-missing}: what happens without a credential. */
  public void setOnMissing(@Nullable String policy) {
    set("percred.on-missing", policy);
  }

  /** {@code percred.on-change}: what happens when the caller changes within a transaction. */
  public void setOnChange(@Nullable String policy) {
    set("percred.on-change", policy);
  }

  /** {@code percred.url.trusted}: whether the URL may say whatever bean properties may. */
  public void setUrlTrusted(@Nullable String trusted) {
    set("percred.url.trusted", trusted);
  }

  /** {@code percred.login.password}: the login role's own password. */
  public void setLoginPassword(@Nullable String password) {
    set("percred.login.password", password);
  }

  /** {@code percred.mode}: how the database learns the caller. */
  public void setMode(@Nullable String mode) {
    set("percred.mode", mode);
  }

  /** {@code percred.setting}: the name of the setting that holds the token. */
  public void setSetting(@Nullable String setting) {
    set("percred.setting", setting);
  }

  /** {@code percred.prefix}: what is put in front of the token. */
  public void setPrefix(@Nullable String prefix) {
    set("percred.prefix", prefix);
  }

  /** {@code percred.delivery}: how the binding travels. */
  public void setDelivery(@Nullable String delivery) {
    set("percred.delivery", delivery);
  }

  /** {@code percred.guard}: whether SQL that changes identity is refused. */
  public void setGuard(@Nullable String guard) {
    set("percred.guard", guard);
  }

  /** {@code percred.pre-request}: the function that runs in every transaction. */
  public void setPreRequest(@Nullable String function) {
    set("percred.pre-request", function);
  }

  /** What was handed over as objects. */
  ChosenInCode chosen() {
    lock.lock();
    try {
      return chosen;
    } finally {
      lock.unlock();
    }
  }

  private void choose(UnaryOperator<ChosenInCode> change) {
    lock.lock();
    try {
      chosen = change.apply(chosen);
    } finally {
      lock.unlock();
    }
  }

  Properties connectionProperties() {
    lock.lock();
    try {
      Properties all = new Properties();
      all.putAll(properties);
      all.putAll(beanProperties);
      return all;
    } finally {
      lock.unlock();
    }
  }

  static Properties withLogin(
      Properties properties, @Nullable String user, @Nullable String password) {
    setOrRemove(properties, USER, user);
    setOrRemove(properties, PASSWORD, password);
    return properties;
  }

  final void set(String key, @Nullable String value) {
    lock.lock();
    try {
      setOrRemove(beanProperties, key, value);
    } finally {
      lock.unlock();
    }
  }

  private static void setOrRemove(Properties properties, String key, @Nullable String value) {
    if (value == null) {
      properties.remove(key);
    } else {
      properties.setProperty(key, value);
    }
  }

  private static Properties flat(Properties properties) {
    Properties flat = new Properties();
    for (String name : properties.stringPropertyNames()) {
      flat.setProperty(name, properties.getProperty(name));
    }
    flat.putAll(properties);
    return flat;
  }
}

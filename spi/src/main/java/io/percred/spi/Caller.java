package io.percred.spi;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf the application works: a snapshot, safe to hand to other threads.
 *
 * @param credential the caller's credential, or null if the application opened no context
 * @param attributes what else the application knows about the caller, for settings that are bound
 *     from attributes; copied
 * @param request the HTTP request that the caller sent, or null
 */
public record Caller(
    @Nullable Credential credential, Map<String, String> attributes, @Nullable Request request) {
  /** Nobody: no credential, no attributes, no request. */
  public static final Caller NONE = new Caller(null, Map.of(), null);

  public Caller {
    attributes = Map.copyOf(attributes);
  }

  /** A caller of whom only the credential is known. */
  public static Caller of(Credential credential) {
    return new Caller(Objects.requireNonNull(credential, "credential"), Map.of(), null);
  }

  /** Whether {@code that} stands for the same caller: credential and attributes, not request. */
  public boolean isSameAs(Caller that) {
    return Objects.equals(credential, that.credential) && attributes.equals(that.attributes);
  }

  /** Shows the credential's digest and the names of the attributes, no value. */
  @Override
  public String toString() {
    return "Caller[" + credential + ", attributes=" + attributes.keySet() + "]";
  }
}

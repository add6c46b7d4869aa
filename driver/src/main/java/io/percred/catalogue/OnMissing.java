package io.percred.catalogue;

/** What happens to a transaction for which there is no credential. */
public enum OnMissing {
  /** It is refused. */
  REJECT,
  /** It runs as nobody. */
  ANONYMOUS,
  /** It runs with the static login, every managed setting empty. */
  SHARED,
  /** It runs as the service account. */
  SERVICE
}

package io.percred.session;

import org.jspecify.annotations.Nullable;

/**
 * What a handle has to know of an SQL text, as the vendor reads it.
 *
 * @param effect what it does to the session that executes it
 * @param reads whether it only reads
 * @param asks whether it asks for what the session remembers of earlier statements
 */
record SqlTraits(SqlEffect effect, boolean reads, boolean asks) {
  /** Of what sends no statement of the caller's. */
  static final SqlTraits READS = new SqlTraits(SqlEffect.NONE, true, false);

  /** Of a statement that nobody has read. */
  static final SqlTraits UNREAD = new SqlTraits(SqlEffect.NONE, false, false);

  /** Those of a text; null is one that nobody has read. */
  static SqlTraits of(@Nullable String sql, SessionVendor vendor) {
    return sql == null
        ? UNREAD
        : new SqlTraits(vendor.effectOf(sql), vendor.onlyReads(sql), vendor.asksMemory(sql));
  }

  /** Whether the session remembers such a statement. */
  boolean isRemembered(SessionVendor vendor) {
    return vendor.remembersEverything()
        || (!reads && (effect == SqlEffect.NONE || effect == SqlEffect.CHANGES_SESSION));
  }
}

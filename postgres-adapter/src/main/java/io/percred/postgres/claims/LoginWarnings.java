package io.percred.postgres.claims;

import io.percred.postgres.claims.LoginRole.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What lets callers see more than they should, although percred binds them: told once, with the
 * remedy.
 */
final class LoginWarnings {
  /**
   * The first minor release of each major one that plans anew when the role changes
   * (CVE-2024-10976) and undoes SET ROLE as it should (CVE-2024-10978).
   */
  private static final Map<Integer, Integer> FIXED =
      Map.of(12, 21, 13, 17, 14, 14, 15, 9, 16, 5, 17, 1);

  private static final int NEWEST_FIXED = 17;
  private static final int OF_MAJOR = 10_000;

  private LoginWarnings() {}

  static List<String> about(Facts login) {
    List<String> warnings = new ArrayList<>();
    String role = "login role \"" + login.name() + "\" ";
    if (login.superuser()) {
      warnings.add(
          role
              + "is a superuser, so SQL that gets back to it (RESET ROLE) sees and changes"
              + " everything. Remedy: log in as a role that is none.");
    } else {
      if (login.bypassesPolicies()) {
        warnings.add(
            role
                + "has BYPASSRLS, so SQL that gets back to it (RESET ROLE) sees every row."
                + " Remedy: alter role ... nobypassrls.");
      }
      if (!login.ownedTables().isEmpty()) {
        warnings.add(
            role
                + "has the rights of the owner of "
                + login.ownedTables()
                + ", whom row-level security does not bind. Remedy: alter table ... force row level"
                + " security, or let another role own the tables.");
      }
      if (login.inherits()) {
        warnings.add(
            role
                + "inherits the rights of the roles it may switch to, so SQL that gets back to it"
                + " (RESET ROLE) has the rights of all of them. Remedy: alter role ... noinherit,"
                + " and on PostgreSQL 16 and later grant ... with inherit false.");
      }
    }
    addVersion(login.serverVersion(), warnings);
    return warnings;
  }

  /**
   * The same where every statement runs as the login role: then policies bind nobody at all.
   *
   * @param login what the login role is
   */
  static List<String> aboutSharedLogin(Facts login) {
    List<String> warnings = new ArrayList<>();
    String role = "login role \"" + login.name() + "\" ";
    if (login.superuser() || login.bypassesPolicies()) {
      warnings.add(
          role
              + (login.superuser() ? "is a superuser" : "has BYPASSRLS")
              + ", so row-level security binds none of its callers: each sees every row. Remedy: log"
              + " in as a role that is neither superuser nor BYPASSRLS.");
    } else if (!login.ownedTables().isEmpty()) {
      warnings.add(
          role
              + "has the rights of the owner of "
              + login.ownedTables()
              + ", so their policies bind none of its callers: each sees every row. Remedy: log in as"
              + " another role than the owner, or alter table ... force row level security.");
    }
    return warnings;
  }

  private static void addVersion(int version, List<String> warnings) {
    int major = version / OF_MAJOR;
    int minor = version % OF_MAJOR;
    Integer fixed = FIXED.get(major);
    if (major <= NEWEST_FIXED && (fixed == null || minor < fixed)) {
      warnings.add(
          "PostgreSQL "
              + major
              + "."
              + minor
              + " may apply the policies of one role to another whose statement uses the same plan"
              + " (CVE-2024-10976, CVE-2024-10978). Remedy: update to "
              + (fixed == null ? "a supported version" : major + "." + fixed + " or later")
              + ".");
    }
  }
}

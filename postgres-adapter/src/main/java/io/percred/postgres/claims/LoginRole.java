package io.percred.postgres.claims;

import io.percred.postgres.claims.RoleSettings.Granted;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The role that logs in, asked over a short connection of its own, which nobody is the caller of.
 * Its rules for the settings of roles are PostgREST's: of roles granted directly, and only those
 * that the login role may set.
 *
 * @param driver the vendor's
 * @param url the vendor's URL, as the application gave it
 * @param urlWithoutParameters the part of it that may be shown
 * @param properties the vendor's properties, password included; a copy
 */
public record LoginRole(
    Driver driver, String url, String urlWithoutParameters, Properties properties)
    implements RoleSettings.Source {
  private static final Logger LOG = LoggerFactory.getLogger(LoginRole.class);

  /**
   * Without effect for a transaction, or what pgjdbc relies on; and what decides which tables the
   * names in other callers' SQL mean, as a role may set it for itself.
   */
  private static final Set<String> LEFT_OUT =
      Set.of(
          "search_path",
          "role",
          "session_authorization",
          "client_encoding",
          "datestyle",
          "standard_conforming_strings",
          "default_transaction_deferrable",
          "default_transaction_isolation",
          "default_transaction_read_only");

  private static final String ROLE_SETTINGS =
      """
      select r.rolname, lower(split_part(s.entry, '=', 1)),
          substr(s.entry, strpos(s.entry, '=') + 1)
      from pg_catalog.pg_roles r
      cross join lateral unnest(r.rolconfig) with ordinality as s(entry, position)
      join pg_catalog.pg_settings p on lower(p.name) = lower(split_part(s.entry, '=', 1))
      where r.oid in (select m.roleid from pg_catalog.pg_auth_members m
              join pg_catalog.pg_roles me on me.oid = m.member where me.rolname = session_user)
          and (p.context = 'user'%s)
      order by r.rolname, s.position
      """;
  private static final String IF_GRANTED =
      " or pg_catalog.has_parameter_privilege(session_user, p.name, 'set')";

  private static final String FACTS =
      """
      select r.rolname, r.rolsuper, r.rolbypassrls,
          %s,
          array_to_string(array(
              select format('%%I.%%I', n.nspname, c.relname)
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where c.relrowsecurity and not c.relforcerowsecurity
                  and pg_catalog.pg_has_role(r.oid, c.relowner, 'usage')
              order by 1 limit 3), ', '),
          current_setting('server_version_num')::int
      from pg_catalog.pg_roles r where r.rolname = session_user
      """;
  private static final String INHERITS_14 =
      "r.rolinherit and exists (select from pg_catalog.pg_auth_members m where m.member = r.oid)";
  private static final String INHERITS_16 =
      "exists (select from pg_catalog.pg_auth_members m where m.member = r.oid and"
          + " m.inherit_option)";

  private static final String APPLICATION_NAME = "ApplicationName";
  private static final Map<String, String> TIMEOUTS =
      Map.of("loginTimeout", "10", "socketTimeout", "10");

  /**
   * What a login role is.
   *
   * @param name its name
   * @param superuser whether policies and rights do not bind it
   * @param bypassesPolicies whether policies do not bind it
   * @param inherits whether it has the rights of the roles it was granted without switching to them
   * @param ownedTables some tables with policies that do not bind it, or empty
   * @param serverVersion such as 170006
   */
  record Facts(
      String name,
      boolean superuser,
      boolean bypassesPolicies,
      boolean inherits,
      String ownedTables,
      int serverVersion) {}

  @Override
  public Granted load() throws SQLException {
    try (Connection connection = open()) {
      return new Granted(sessionUser(connection), roleSettings(connection));
    }
  }

  /** Warns of what lets callers see more than they should, too. */
  @Override
  public Granted loadFirst() throws SQLException {
    try (Connection connection = open()) {
      Facts facts = facts(connection);
      for (String warning : LoginWarnings.about(facts)) {
        LOG.warn("{}: {}", urlWithoutParameters, warning);
      }
      return new Granted(facts.name(), roleSettings(connection));
    }
  }

  /**
   * Warns of what lets every caller of a shared login see everything.
   *
   * @throws SQLException if the server cannot be asked
   */
  void warnOfSharedLogin() throws SQLException {
    try (Connection connection = open()) {
      for (String warning : LoginWarnings.aboutSharedLogin(facts(connection))) {
        LOG.warn("{}: {}", urlWithoutParameters, warning);
      }
    }
  }

  private static String sessionUser(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select session_user")) {
      return row.next() ? text(row, 1) : "";
    }
  }

  /** The settings of every role that has any, by role, in the order in which they were set. */
  private static Map<String, List<RoleSetting>> roleSettings(Connection connection)
      throws SQLException {
    boolean grantable = connection.getMetaData().getDatabaseMajorVersion() >= 15;
    String query = ROLE_SETTINGS.formatted(grantable ? IF_GRANTED : "");
    Map<String, List<RoleSetting>> found = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        RoleSetting setting = new RoleSetting(text(rows, 2), text(rows, 3));
        if (!LEFT_OUT.contains(setting.name())) {
          found.computeIfAbsent(text(rows, 1), role -> new ArrayList<>()).add(setting);
        }
      }
    }
    return found;
  }

  private static Facts facts(Connection connection) throws SQLException {
    boolean perGrant = connection.getMetaData().getDatabaseMajorVersion() >= 16;
    String query = FACTS.formatted(perGrant ? INHERITS_16 : INHERITS_14);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new PSQLException("The server does not know the role that logged in", null);
      }
      return new Facts(
          text(row, 1),
          row.getBoolean(2),
          row.getBoolean(3),
          row.getBoolean(4),
          text(row, 5),
          row.getInt(6));
    }
  }

  private static String text(ResultSet row, int column) throws SQLException {
    String value = row.getString(column);
    return value == null ? "" : value;
  }

  private Connection open() throws SQLException {
    Properties copy = new Properties();
    copy.putAll(TIMEOUTS);
    copy.setProperty(APPLICATION_NAME, "percred");
    copy.putAll(properties);
    Connection connection = driver.connect(url, copy);
    if (connection == null) {
      throw new PSQLException("pgjdbc does not accept the URL", null);
    }
    return connection;
  }

  /** Shows neither URL nor properties: both may hold secrets. */
  @Override
  public String toString() {
    return "LoginRole";
  }
}

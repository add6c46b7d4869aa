package io.percred.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one statement got from the database.
 *
 * @param backend the server process that answered: the physical connection
 * @param saw whom the database saw while it ran the statement
 * @param organisations to whom the rows belong
 * @param contacts the names in the rows
 */
record Visit(int backend, String saw, Set<String> organisations, List<String> contacts) {
  private static final String WHAT_THE_CALLER_SEES =
      """
      select pg_backend_pid(), (caller()).name, organisation.name, contact.name
      from contact left join organisation on organisation.id = contact.organisation_id
      order by contact.id
      """;

  Visit {
    organisations = Set.copyOf(organisations);
    contacts = List.copyOf(contacts);
  }

  /** Reads all contacts that the database shows. */
  static Visit on(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHAT_THE_CALLER_SEES)) {
      int backend = 0;
      Set<String> saw = new TreeSet<>();
      Set<String> organisations = new TreeSet<>();
      List<String> contacts = new ArrayList<>();
      while (rows.next()) {
        backend = rows.getInt(1);
        saw.add(String.valueOf(rows.getString(2)));
        organisations.add(String.valueOf(rows.getString(3)));
        contacts.add(rows.getString(4));
      }
      return new Visit(
          backend, saw.isEmpty() ? "nobody" : String.join(", ", saw), organisations, contacts);
    }
  }

  /** Whether the database saw this caller and showed nobody else's rows. */
  boolean isOf(Employee caller) {
    return saw.equals(caller.name()) && organisations.equals(Set.of(caller.organisation()));
  }

  /** The rows, for people. */
  String rows() {
    return String.join(", ", contacts) + " of " + String.join(", ", organisations);
  }
}

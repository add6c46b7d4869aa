package io.percred.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one query got from Snowflake.
 *
 * @param saw whom Snowflake saw while it ran the query: user and role
 * @param regions where the customers are from
 * @param customers names and mail addresses, as they were shown
 */
record CustomerList(String saw, Set<String> regions, List<String> customers) {
  static final String MASKED = "*****";

  private static final String WHAT_THE_ANALYST_SEES =
      """
      select current_user(), current_role(), region, name, email
      from demo.public.customers order by id
      """;

  CustomerList {
    regions = Set.copyOf(regions);
    customers = List.copyOf(customers);
  }

  /** Reads all customers that Snowflake shows. */
  static CustomerList on(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHAT_THE_ANALYST_SEES)) {
      Set<String> saw = new TreeSet<>();
      Set<String> regions = new TreeSet<>();
      List<String> customers = new ArrayList<>();
      while (rows.next()) {
        saw.add(rows.getString(1) + " as " + rows.getString(2));
        regions.add(rows.getString(3));
        customers.add(rows.getString(4) + " <" + rows.getString(5) + ">");
      }
      return new CustomerList(
          saw.isEmpty() ? "nobody" : String.join(", ", saw), regions, customers);
    }
  }

  /** Whether Snowflake saw this analyst, and both policies were applied. */
  boolean isOf(Analyst analyst) {
    return saw.equals(analyst.name().toUpperCase(Locale.ROOT) + " as " + analyst.role())
        && regions.equals(Set.of(analyst.region()))
        && customers.stream().allMatch(each -> each.contains(MASKED) != analyst.seesMail());
  }
}

package io.percred.benchmarks;

import io.percred.rig.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The database of the benchmarks, and how variants connect to it. */
final class Databases {
  static final String NAME = "bench";

  /** The role in everybody's claims. */
  static final String ROLE = "reader";

  private Databases() {}

  /**
   * The URL by which a variant connects. Without TLS, which would cost every variant the same and
   * make percred's share look smaller.
   */
  static String url(Variant variant, String vendorUrl) {
    String plain = vendorUrl + "?sslmode=disable";
    if (!variant.technique().isPercreds()) {
      return plain;
    }
    return plain.replaceFirst("^jdbc:", "jdbc:percred:")
        + switch (variant.technique()) {
          case CLAIMS -> "&percred.mode=claims";
          case CLAIMS_AND_MORE ->
              "&percred.mode=claims&percred.setting.app.tenant=claim:org"
                  + "&percred.setting.app.user=principal&percred.setting.app.plan=claim:plan"
                  + "&percred.pre-request=public.check_request";
          default -> "&percred.setting=app.api_token";
        }
        + "&percred.delivery="
        + variant.delivery()
        + "&percred.residue="
        + variant.residue();
  }

  /** Makes the database on a server that has none yet. */
  static void create(PostgresServer server) throws SQLException {
    server.execute("postgres", "create database " + NAME);
    server.execute("postgres", "create role " + ROLE);
    server.execute("postgres", "grant " + ROLE + " to " + PostgresServer.APP.user());
    server.execute(NAME, "grant create on schema public to " + PostgresServer.OWNER.user());
    try (Connection owner = server.connect(NAME, PostgresServer.OWNER);
        Statement statement = owner.createStatement()) {
      for (String sql : script()) {
        statement.execute(sql);
      }
    }
    server.execute(NAME, "vacuum analyze");
  }

  private static List<String> script() {
    String app = PostgresServer.APP.user();
    return List.of(
        "create table contact (id int primary key, note text not null)",
        "insert into contact select n, 'a note of ' || n from generate_series(1, 1000) n",
        "create table entry (id int, note text)",
        "create table million (id int, note text)",
        "insert into million select n, 'row ' || n from generate_series(1, "
            + Workload.ROWS_FETCHED
            + ") n",
        "create procedure add_entry(what text) language sql"
            + " as $$ insert into entry values (0, what) $$",
        "create function check_request() returns void language plpgsql as $$ begin"
            + " if current_setting('request.jwt.claims', true) = '' then"
            + " raise sqlstate 'PT401' using message = 'no claims'; end if; end $$",
        "grant select on contact, million to " + app + ", " + ROLE,
        "grant select, insert on entry to " + app + ", " + ROLE);
  }
}

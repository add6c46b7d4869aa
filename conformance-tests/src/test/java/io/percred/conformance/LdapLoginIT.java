package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.Modification;
import com.unboundid.ldap.sdk.ModificationType;
import io.percred.rig.InstalledServer;
import io.percred.rig.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * JWTs of more than 1,000 characters that an LDAP directory judges at each login. The embedded
 * binaries know no LDAP: this needs PostgreSQL 15 as Debian installs it, and is skipped without.
 */
class LdapLoginIT extends RemoteLoginIT {
  private static final int MAJOR_VERSION = 15;
  private static final String PEOPLE = "ou=people,dc=example";

  private static @Nullable InMemoryDirectoryServer directory;
  private static @Nullable InstalledServer server;

  @BeforeAll
  static void start() throws Exception {
    String missing = InstalledServer.missing(MAJOR_VERSION);
    assumeTrue(missing == null, String.valueOf(missing));
    InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example");
    config.setSchema(null);
    config.setListenerConfigs(
        InMemoryListenerConfig.createLDAPConfig(
            "loopback", InetAddress.getLoopbackAddress(), 0, null));
    InMemoryDirectoryServer people = new InMemoryDirectoryServer(config);
    people.startListening();
    directory = people;
    people.add("dn: dc=example", "objectClass: domain", "dc: example");
    people.add("dn: " + PEOPLE, "objectClass: organizationalUnit", "ou: people");
    for (String user : new String[] {ALICE, BOB}) {
      people.add("dn: " + nameOf(user), "objectClass: account", "uid: " + user);
    }
    InstalledServer started =
        InstalledServer.start(
            MAJOR_VERSION,
            "hostssl all "
                + ALICE
                + ","
                + BOB
                + " 127.0.0.1/32 ldap ldapserver=127.0.0.1 ldapport="
                + people.getListenPort()
                + " ldapprefix=\"uid=\" ldapsuffix=\","
                + PEOPLE
                + '"');
    server = started;
    createRoles(started);
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
    if (directory != null) {
      directory.shutDown(true);
    }
  }

  @Override
  PostgresServer server() {
    if (server == null) {
      throw new IllegalStateException("PostgreSQL was not started");
    }
    return server;
  }

  @Override
  Judge judge() {
    return new Judge() {
      @Override
      public void accept(String user, String token) throws LDAPException {
        replacePassword(user, new Modification(ModificationType.REPLACE, "userPassword", token));
      }

      @Override
      public void revoke(String user) throws LDAPException {
        replacePassword(user, new Modification(ModificationType.REPLACE, "userPassword"));
      }
    };
  }

  @Override
  String tokenOf(String user) {
    return "eyJhbGciOiJSUzI1NiJ9." + (user + "-").repeat(130) + ".signature";
  }

  @Test
  void tokenIsLargerThanPasswordsUsuallyAre() {
    assertThat(tokenOf(ALICE).length()).isGreaterThan(1000);
  }

  private static void replacePassword(String user, Modification modification) throws LDAPException {
    if (directory != null) {
      directory.modify(nameOf(user), modification);
    }
  }

  private static String nameOf(String user) {
    return "uid=" + user + "," + PEOPLE;
  }
}

package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.Percred;
import io.percred.spi.Credential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Arrays;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.xa.PGXADataSource;

/** Two-phase commit through pgjdbc's XADataSource with percred's factories. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
@ExtendWith(TrustedUrls.class)
class XaIT extends PostgresIT {
  private static final String SERVICE = "token-of-the-service";

  @TempDir Path directory;
  private XAConnection physical;
  private XAResource resource;
  private Connection connection;

  @BeforeEach
  void connect() throws Exception {
    Path token = Files.writeString(directory.resolve("token"), SERVICE);
    physical = newConnection(token);
    resource = physical.getXAResource();
    connection = physical.getConnection();
  }

  @AfterEach
  void nothingPreparedIsLeftBehind() throws Exception {
    physical.close();
    assertThat(
            database.column(
                "select gid from pg_prepared_xacts where database = current_database()"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void committedInTwoPhases(boolean autocommit) throws Exception {
    connection.setAutoCommit(autocommit);
    Branch branch = new Branch(1);
    prepare(ALICE, branch, "two phases");
    assertThat(entries()).isEmpty();
    assertThat(connection.getAutoCommit()).isEqualTo(autocommit);
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    if (!autocommit) {
      connection.rollback();
    }

    as(ALICE, () -> resource.commit(branch, false));
    assertThat(entries()).containsExactly("two phases:token-of-alice");
    assertThat(connection.getAutoCommit()).isEqualTo(autocommit);
  }

  @Test
  void committedInOnePhase() throws Exception {
    Branch branch = new Branch(2);
    as(
        ALICE,
        () -> {
          resource.start(branch, XAResource.TMNOFLAGS);
          insert(connection, "one phase");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          resource.end(branch, XAResource.TMSUCCESS);
        });
    // The transaction is Alice's already; ending it needs nobody.
    resource.commit(branch, true);
    assertThat(entries()).containsExactly("one phase:token-of-alice");
  }

  @Test
  void rolledBackBeforeAndAfterPrepare() throws Exception {
    Branch early = new Branch(3);
    as(
        ALICE,
        () -> {
          resource.start(early, XAResource.TMNOFLAGS);
          insert(connection, "early");
          resource.end(early, XAResource.TMFAIL);
        });
    resource.rollback(early);
    Branch late = new Branch(4);
    prepare(ALICE, late, "late");
    as(ALICE, () -> resource.rollback(late));
    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void anotherCallerWithinABranchIsRefused() throws Exception {
    Branch branch = new Branch(5);
    as(
        ALICE,
        () -> {
          resource.start(branch, XAResource.TMNOFLAGS);
          insert(connection, "hers");
        });
    var refused = failure(() -> as(BOB, () -> insert(connection, "his")));
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-201");
    resource.end(branch, XAResource.TMFAIL);
    resource.rollback(branch);
    assertThat(entries()).isEmpty();
  }

  @Test
  void branchOfAFailedTransactionIsNotCommitted() throws Exception {
    Branch branch = new Branch(6);
    as(
        ALICE,
        () -> {
          resource.start(branch, XAResource.TMNOFLAGS);
          insert(connection, "failed");
          assertFails("22012", () -> execute(connection, "select 1/0"));
          resource.end(branch, XAResource.TMSUCCESS);
          // As without percred: the server rolls back instead, and pgjdbc does not notice.
          resource.prepare(branch);
          XAException gone =
              catchThrowableOfType(XAException.class, () -> resource.commit(branch, false));
          assertThat(gone).isNotNull();
        });
    assertThat(entries()).isEmpty();
  }

  @Test
  void whatIsPreparedIsRecoveredByTheServiceOnAnotherConnection() throws Exception {
    Branch kept = new Branch(7);
    Branch dropped = new Branch(8);
    prepare(ALICE, kept, "kept");
    prepare(BOB, dropped, "dropped");
    physical.close();

    XAConnection other = newConnection(directory.resolve("token"));
    XAResource recovery = other.getXAResource();
    int all = XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN;
    XAException refused = catchThrowableOfType(XAException.class, () -> recovery.recover(all));
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-101");
    XAException undecided =
        catchThrowableOfType(XAException.class, () -> recovery.commit(kept, false));
    assertThat(Percred.codeOf(undecided)).isEqualTo("PERCRED-101");
    asService(
        () -> {
          assertThat(recovery.recover(all)).hasSize(2).contains(kept, dropped);
          for (Xid each : recovery.recover(all)) {
            if (kept.equals(each)) {
              recovery.commit(each, false);
            } else {
              recovery.rollback(each);
            }
          }
          assertThat(recovery.recover(all)).isEmpty();
          assertThat(who(other.getConnection())).isEqualTo(SERVICE);
        });
    other.close();
    assertThat(entries()).containsExactly("kept:token-of-alice");
  }

  /** Does some work as a branch of the caller's; preparing it needs nobody. */
  private void prepare(Credential caller, Branch branch, String note) throws Exception {
    as(
        caller,
        () -> {
          resource.start(branch, XAResource.TMNOFLAGS);
          insert(connection, note);
          resource.end(branch, XAResource.TMSUCCESS);
        });
    assertThat(resource.prepare(branch)).isEqualTo(XAResource.XA_OK);
  }

  private XAConnection newConnection(Path token) throws Exception {
    String configuration = "percred.setting=app.api_token&percred.service.supplier=file:" + token;
    return Factories.both(configuration)
        .into(new PGXADataSource(), server.url(database.name()))
        .getXAConnection();
  }

  /** A branch of a global transaction, equal to what the server remembers of it. */
  private record Branch(int number) implements Xid {
    @Override
    public int getFormatId() {
      return 7;
    }

    @Override
    public byte[] getGlobalTransactionId() {
      return new byte[] {'g', (byte) number};
    }

    @Override
    public byte[] getBranchQualifier() {
      return new byte[] {'b', (byte) number};
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Xid that
          && that.getFormatId() == getFormatId()
          && Arrays.equals(that.getGlobalTransactionId(), getGlobalTransactionId())
          && Arrays.equals(that.getBranchQualifier(), getBranchQualifier());
    }

    @Override
    public int hashCode() {
      return number;
    }
  }
}

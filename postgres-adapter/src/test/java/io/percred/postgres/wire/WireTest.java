package io.percred.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.postgres.PostgresProperty.Delivery;
import io.percred.spi.HistoryEntry;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Conversations that once went wrong, each with the model of the server. */
class WireTest {
  private static final long SEED = 7;

  @Test
  void cancelledCommitOfPercredsBlockIsRolledBack() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.server.cancelNextCommit();

    conversation.statement("call #1 plain").sync().flush().read(1);
    conversation.statement("select #2").sync().flush().read(1);

    assertThat(conversation.transcript()).isEqualTo("12CE<57014>ZI 12DCZI ");
    assertThat(conversation.server.ran)
        .containsExactly(
            new ModelServer.Ran("call #1 plain", "alice"),
            new ModelServer.Ran("select #2", "alice"));
  }

  @Test
  void refusalsInOneWriteAreAnsweredOneByOne() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.query("begin").flush().read(1);
    conversation.query("select #1").flush().read(1);
    conversation.query("commit").flush().read(1);

    conversation.callerIs(null);
    conversation.query("begin").query("select #2").query("select #3").flush().read(3);

    assertThat(conversation.transcript()).endsWith("CZT E<28000>ZE E<28000>ZE ");
    assertThat(conversation.server.ran).containsExactly(new ModelServer.Ran("select #1", "alice"));
  }

  @Test
  void transactionWhoseEndDidNotHappenIsStillItsCallers() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.query("begin").query("savepoint s").flush().read(2);
    conversation.server.cancelNextBegin();
    conversation.query("begin; commit").flush().read(1);

    conversation.callerIs("bob");
    conversation.query("rollback to s").flush().read(1);
    conversation.query("select #1").flush().read(1);

    assertThat(conversation.transcript()).isEqualTo("CZT CZT E<57014>ZE CZT E<28000>ZE ");
    assertThat(conversation.server.ran).isEmpty();
  }

  @Test
  void refusalsInFlightAreEachThatOfTheirOwnStatement() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("begin").statement("select #1").sync().flush().read(1);
    conversation.statement("set role other").sync().flush();
    conversation.query("commit; select #2").flush();
    conversation.statement("set role third").sync().flush().read(3);
    conversation.query("rollback").flush().read(1);

    assertThat(conversation.transcript()).endsWith("E<42501>ZE E<25000>ZE E<42501>ZE CZI ");
    assertThat(conversation.server.ran).containsExactly(new ModelServer.Ran("select #1", "alice"));
  }

  @Test
  void refusalBehindAnErrorOfTheServerIsNotShownForIt() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("begin").statement("select #1").sync().flush().read(1);
    conversation.statement("select #2 fail").statement("set role other").sync();
    conversation.statement("set role other").sync().flush();
    conversation.query("commit; select #3").flush().read(3);

    assertThat(conversation.transcript()).endsWith("E<22012>ZE E<42501>ZE E<25000>ZE ");
  }

  @Test
  void answersNobodyReadEndTheConnectionInAnothersTransactionToo() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("begin").statement("select #1").sync().flush().read(1);
    conversation.statement("set role other").sync().flush();

    conversation.callerIs("bob");
    conversation.statement("select #2").sync();

    assertThatThrownBy(conversation::flush).hasMessageContaining("PERCRED-205");
  }

  @Test
  void answersNobodyReadEndTheConnectionWhateverTheNextOneSends() throws IOException {
    for (String harmless :
        List.of("commit", "rollback", "begin", "set search_path = a", "select 1")) {
      for (String next : new String[] {"bob", null}) {
        Conversation conversation = Conversation.filtered(SEED);
        conversation.callerIs("alice");
        conversation.query("select #1").flush();

        conversation.callerIs(next);
        conversation.query(harmless);

        assertThatThrownBy(conversation::flush).hasMessageContaining("PERCRED-205");
      }
    }
  }

  @Test
  void answersNobodyReadEndTheConnectionWhenTheCallerChanges() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("select #1").sync().flush();

    conversation.callerIs("bob");
    conversation.statement("select #2").sync();

    assertThatThrownBy(conversation::flush).hasMessageContaining("PERCRED-205");
  }

  @Test
  void nextCallersTokenIsNotGivenToAStatementOfTheLastCaller() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("select #1").sync().flush().read(1);
    conversation.server.rename("percred:bind", "select #9");

    conversation.callerIs("bob");
    conversation.statement("select #2").sync().flush().read(1);

    assertThat(conversation.server.ran)
        .containsExactly(
            new ModelServer.Ran("select #1", "alice"), new ModelServer.Ran("select #2", "bob"));
  }

  @Test
  void pinnedConnectionStaysItsCallersUntilItIsUnpinned() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.hold().pin();

    conversation.callerIs("bob");
    conversation.statement("select #1").sync().flush().read(1);
    conversation.callerIs(null);
    conversation.statement("select #2").sync().flush().read(1);
    conversation.hold().unpin();
    conversation.statement("select #3").sync().flush().read(1);

    assertThat(conversation.transcript()).endsWith("E<28000>ZI ");
    assertThat(conversation.server.ran)
        .containsExactly(
            new ModelServer.Ran("select #1", "alice"), new ModelServer.Ran("select #2", "alice"));
  }

  @Test
  void connectionThatNobodyPinnedIsWhosesTheCallIs() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.hold().pin();

    conversation.statement("select #1").sync().flush().read(1);
    conversation.callerIs("bob");
    conversation.statement("select #2").sync().flush().read(1);

    assertThat(conversation.transcript()).startsWith("E<28000>ZI ");
    assertThat(conversation.server.ran).containsExactly(new ModelServer.Ran("select #2", "bob"));
  }

  @Test
  void everyConnectionHasAHandleOfItsOwn() throws IOException {
    FilterHold one = Conversation.filtered(SEED).hold();
    FilterHold other = Conversation.filtered(SEED).hold();

    assertThat(one).isNotSameAs(other);
    assertThat(FilterHold.find("0")).isNull();
  }

  @Test
  void whatOneCallerLeftIsClearedInFrontOfTheNextOnesTransaction() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("insert #1 leave").sync().flush().read(1);
    conversation.statement("select #2").sync().flush().read(1);
    conversation.callerIs("bob");
    conversation.statement("begin").statement("select #3").sync().flush().read(1);
    conversation.statement("rollback").sync().flush().read(1);
    conversation.query("select #4").flush().read(1);

    assertThat(conversation.server.ran)
        .containsExactly(
            new ModelServer.Ran("insert #1 leave", "alice"),
            new ModelServer.Ran("select #2", "alice", "alice"),
            new ModelServer.Ran("select #3", "bob"),
            new ModelServer.Ran("select #4", "bob"));
  }

  @Test
  void releasedSessionIsClearedByAnEmptyStatement() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    assertThat(conversation.hold().clearAtNextMessage()).isFalse();
    conversation.callerIs("alice");
    conversation.query("insert #1 leave").flush().read(1);
    conversation.callerIs(null);
    assertThat(conversation.hold().clearAtNextMessage()).isTrue();
    conversation.query("").flush().read(1);

    assertThat(conversation.server.residue()).isEmpty();
    assertThat(conversation.hold().clearAtNextMessage()).isFalse();
  }

  @Test
  void connectionEndsWhenTheSessionCannotBeCleared() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.query("insert #1 leave").flush().read(1);
    conversation.server.cancelNextClearing();

    conversation.callerIs("bob");
    conversation.statement("select #2").sync().flush();
    assertThatThrownBy(() -> conversation.read(1)).hasMessageContaining("PERCRED-220");
    assertThat(conversation.server.ran)
        .containsExactly(new ModelServer.Ran("insert #1 leave", "alice"));
  }

  @Test
  void connectionEndsWhenACallerLeftPreparedStatementsUnseen() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.query("select #1").flush().read(1);
    conversation.server.plantStatement();

    conversation.callerIs("bob");
    conversation.statement("select #2").sync().flush();
    assertThatThrownBy(() -> conversation.read(1)).hasMessageContaining("PERCRED-220");
    assertThat(conversation.server.ran).containsExactly(new ModelServer.Ran("select #1", "alice"));
  }

  @Test
  void simpleQueryBehindAClearingThatFailsDoesNotRun() throws IOException {
    for (Delivery delivery : Delivery.values()) {
      Conversation conversation = Conversation.filtered(SEED, delivery);
      conversation.callerIs("alice");
      conversation.query("insert #1 leave").flush().read(1);
      conversation.server.cancelNextClearing();
      // What a caller could have left to be taken for percred's.
      conversation.server.mark("1");
      conversation.server.rename("percred:check", "select #9");

      conversation.callerIs("bob");
      conversation.query("select #2").flush();
      assertThatThrownBy(() -> conversation.read(1)).hasMessageContaining("PERCRED-220");
      assertThat(conversation.server.ran)
          .containsExactly(new ModelServer.Ran("insert #1 leave", "alice"));
    }
  }

  /** A group that comes before the answer was read is not skipped with the one that clears. */
  @Test
  void groupThatIsSentUnreadBehindAClearingThatFailsDoesNotRunEither() throws IOException {
    List<Consumer<ModelServer>> failures =
        List.of(
            ModelServer::cancelNextBegin,
            ModelServer::cancelNextClearing,
            ModelServer::cancelNextCommit);
    for (Delivery delivery : Delivery.values()) {
      for (Consumer<ModelServer> failure : failures) {
        Conversation conversation = Conversation.filtered(SEED, delivery);
        conversation.callerIs("alice");
        conversation.query("insert #1 leave").flush().read(1);
        failure.accept(conversation.server);

        conversation.callerIs("bob");
        conversation.statement("set #2").sync().flush();
        conversation.statement("select #3").sync().flush();
        conversation.statement("begin").statement("select #4").sync().flush();
        assertThatThrownBy(() -> conversation.read(3)).hasMessageContaining("PERCRED-220");
        assertThat(conversation.server.ran)
            .as("%s, failure %d", delivery, failures.indexOf(failure))
            .containsExactly(new ModelServer.Ran("insert #1 leave", "alice"));
      }
    }
  }

  @Test
  void groupThatIsSentUnreadBehindAClearingRunsOnce() throws IOException {
    for (Delivery delivery : Delivery.values()) {
      Conversation conversation = Conversation.filtered(SEED, delivery);
      conversation.callerIs("alice");
      conversation.query("insert #1 leave").flush().read(1);

      conversation.callerIs("bob");
      conversation.statement("set #2").sync().flush();
      conversation.statement("select #3").sync().flush();
      conversation.statement("begin").statement("select #4").sync().flush();
      conversation.read(3);
      assertThat(conversation.server.ran)
          .containsExactly(
              new ModelServer.Ran("insert #1 leave", "alice"),
              new ModelServer.Ran("select #3", "bob"),
              new ModelServer.Ran("select #4", "bob"));
    }
  }

  @Test
  void automaticDeliveryBeginsWithCallsAndGoesBackToThemOnceParametersAreLogged()
      throws IOException {
    Conversation conversation = Conversation.filtered(SEED, Delivery.AUTO);
    conversation.callerIs("alice");
    conversation.statement("select #1").sync().flush().read(1);
    assertThat(conversation.server.loggedBindings()).isZero();
    assertThat(conversation.server.calls()).isEqualTo(1);
    conversation.statement("select #2").sync().flush().read(1);
    assertThat(conversation.server.calls()).isEqualTo(1);

    conversation.server.logParameters();
    conversation.statement("select #3").sync().flush().read(1);
    conversation.statement("select #4").sync().flush().read(1);
    conversation.statement("select #5").sync().flush().read(1);
    assertThat(conversation.server.loggedBindings()).isEqualTo(1);
    assertThat(conversation.server.calls()).isEqualTo(3);
    assertThat(conversation.transcript()).isEqualTo("12DCZI ".repeat(5));
  }

  @Test
  void callThatFailsIsTheErrorOfTheStatement() throws IOException {
    Conversation conversation = Conversation.filtered(SEED, Delivery.FUNCTION_CALL);
    conversation.callerIs("alice");
    conversation.server.refuseNextCall();
    conversation.statement("select #1").sync().flush().read(1);
    conversation.server.refuseNextCall();
    conversation.query("select #2").flush().read(1);
    conversation.statement("begin").sync().flush().read(1);
    conversation.server.refuseNextCall();
    conversation.statement("select #3").sync().flush().read(1);
    conversation.statement("select #4").sync().flush().read(1);
    conversation.statement("rollback").statement("select #5").sync().flush().read(1);

    assertThat(conversation.transcript())
        .isEqualTo("E<42501>ZI E<42501>ZI 12CZT E<42501>ZE E<25P02>ZE 12C12DCZI ");
    assertThat(conversation.server.ran).containsExactly(new ModelServer.Ran("select #5", "alice"));
  }

  @Test
  void historyTellsTheLastThingsThatHappenedAndNoToken() throws IOException {
    Conversation conversation = Conversation.filtered(SEED);
    conversation.callerIs("alice");
    conversation.statement("select #1").sync().flush().read(1);
    conversation.callerIs(null);
    conversation.statement("select #2").sync().flush().read(1);
    conversation.callerIs("bob");
    for (int i = 0; i < 29; i++) {
      conversation.statement("select #" + (3 + i)).sync().flush().read(1);
    }
    assertThat(conversation.hold().history())
        .extracting(HistoryEntry::event)
        .startsWith("bound", "refused", "cleared", "bound")
        .hasSize(32);
    assertThat(conversation.hold().history().get(0))
        .satisfies(
            entry -> {
              assertThat(entry.principal()).isEqualTo("alice");
              assertThat(entry.digest()).hasSize(12);
              assertThat(entry.detail()).isEqualTo("bind");
            });
    conversation.statement("select #99").sync().flush().read(1);
    assertThat(conversation.hold().history())
        .hasSize(32)
        .extracting(HistoryEntry::event)
        .startsWith("refused");
  }
}

package io.percred;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.catalogue.DriverError;
import io.percred.recording.RecordingAdapter;
import io.percred.spi.PercredError;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Which failures percred recognises as its own. */
class PercredTest {
  private final SQLException own = PercredError.of(DriverError.NO_PARENT_LOGGER).toSqlException();

  @Test
  void ownExceptionIsRecognised() {
    assertThat(Percred.codeOf(own)).isEqualTo("PERCRED-013");
  }

  @Test
  void causesSuppressedAndNextExceptionsAreLookedInto() {
    assertThat(Percred.codeOf(new IllegalStateException(new RuntimeException(own))))
        .isEqualTo("PERCRED-013");
    SQLException batch = new BatchUpdateException("batch", new int[0]);
    batch.setNextException(new SQLException("other"));
    batch.setNextException(own);
    assertThat(Percred.codeOf(batch)).isEqualTo("PERCRED-013");
    RuntimeException suppressing = new RuntimeException();
    suppressing.addSuppressed(own);
    assertThat(Percred.codeOf(suppressing)).isEqualTo("PERCRED-013");
  }

  @Test
  void whatTheVendorMadeOfPercredsAnswerIsRecognisedByItsAdapter() {
    assertThat(Percred.codeOf(new SQLException("ERROR: …", RecordingAdapter.VENDOR_STATE)))
        .isEqualTo("PERCRED-101");
  }

  @Test
  void aConnectionThatPercredHasNothingToDoWithHasNoHistory() throws SQLException {
    Connection others =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (a, b, c) -> false);
    assertThat(Percred.historyOf(others)).isEmpty();
  }

  @Test
  void failuresOfOthersHaveNoCode() {
    assertThat(Percred.codeOf(new SQLException("no", "28000", 101))).isNull();
    SQLException circle = new SQLException("a");
    SQLException next = new SQLException("b", circle);
    circle.setNextException(next);
    assertThat(Percred.codeOf(circle)).isNull();
  }
}

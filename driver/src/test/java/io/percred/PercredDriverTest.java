package io.percred;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.recording.RecordingAdapter;
import io.percred.spi.Credential;
import io.percred.spi.Resolution;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

/** What becomes of a URL and properties on their way to the target's driver. */
class PercredDriverTest {
  @Test
  void callersCredentialIsResolvedOnConnectionFromDriverManager() throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:percred:recording://h/db?percred.setting=x&a=b");
        CallerScope scope = CallerContext.open(Credential.of("t0ken", "alice"))) {
      assertThat(scope).hasToString("CallerScope[" + CallerContext.current() + "]");
      RecordingAdapter.Opened opened = RecordingAdapter.last();
      assertThat(opened.url()).isEqualTo("jdbc:recording://h/db?a=b");
      assertThat(opened.context().resolver().resolve(RecordingAdapter.TARGET))
          .isInstanceOfSatisfying(
              Resolution.Bind.class,
              bind -> assertThat(bind.credential().token()).isEqualTo("t0ken"));
      assertThat(connection.isClosed()).isFalse();
    }
    assertThat(RecordingAdapter.last().context().resolver().resolve(RecordingAdapter.TARGET))
        .isInstanceOfSatisfying(
            Resolution.Refused.class,
            refused -> assertThat(refused.error().code().stableCode()).isEqualTo("PERCRED-101"));
  }
}

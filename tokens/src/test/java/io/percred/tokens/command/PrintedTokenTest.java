package io.percred.tokens.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What command lines print, character by character. */
class PrintedTokenTest {
  private static final Instant NOW = Instant.parse("2026-11-28T09:00:00Z");
  private static final Instant END = Instant.parse("2026-11-28T10:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'access_token':'t','token_expiry':{'datetime':'2026-11-28 10:00:00.000000'}}",
        "{'access_token':'t','expiry':{'datetime':'2026-11-28 10:00:00.000000','fold':0}}",
        "{'access_token':'t','expiry':{'datetime':'2026-11-28 10:00:00'}}",
        "{'credential':{'access_token':'t','token_expiry':{'datetime':'2026-11-28T10:00:00'}}}",
        "{'access_token':'t','token_expiry':'2026-11-28T10:00:00Z'}",
        "{'access_token':'t','token_expiry':'2026-11-28T10:00:00'}",
        "{'access_token':'t','expiry':'2026-11-28T11:00:00.123+01:00'}",
        "{'access_token':'t','expiry':'2026-11-28T11:00:00.1234567+0100'}",
        "{'access_token':'t','expiry':'2026-11-28T11:00:00+01'}",
        "{'access_token':'t','expiry':'2026-11-28 10:00:00+00:00'}",
        "{'access_token':'t','expiry':'2026-11-28 10:00:00 UTC'}",
        "{'access_token':'t','expiry':'2026-11-28 10:00:00 +0000'}",
        "{'access_token':'t','expiry':'2026-11-28 10:00:00Z'}",
        "{'accessToken':'t','expiresOn':'1999-01-01 00:00:00.000000','expires_on':1795860000}",
        "{'accessToken':'t','expiresOn':'1999-01-01 00:00:00.000000','expires_on':'1795860000'}",
        "{'Credentials':{'SessionToken':'t','Expiration':'2026-11-28T10:00:00+00:00'}}",
        "{'SessionToken':'t','Version':1,'Expiration':'2026-11-28T10:00:00Z'}",
        "{'kind':'ExecCredential','status':{'token':'t','expirationTimestamp':'2026-11-28T10:00:00Z'}}",
        "{'token':'t','expires_on':null,'expiry':'','expires_in':3600}",
        "\ufeff{'token':'t','expires_in':3600}",
        "{'token':'t','expires_in':3600}\u001b[0m",
        "{'token':'t','expires_in':3600}\n\u001b[0m\n",
        "\u001b[32m{'token':\u001b[1;33m't'\u001b[0m,'expires_in':3600}\u001b[K",
        "\u001b]0;az\u0007{'token':'t','expires_in':3600}\u001b[?25h",
        "\u001b]8;;https://x.example\u001b\\{'token':'t','expires_in':3600}\u001b(B\u001b[m"
      })
  void tokenAndEndAreRead(String printed) throws Exception {
    Credential token = parse(printed);
    assertThat(token.token()).isEqualTo("t");
    assertThat(token.expiry()).isBetween(END, END.plusSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ya29.t\u001b[0m\r\n", "\ufeffya29.t", "\u001b[33mya29.t\u001b[39m"})
  void tokenAloneIsReadWithoutItsColours(String printed) throws Exception {
    assertThat(parse(printed).token()).isEqualTo("ya29.t");
  }

  @Test
  void timeWithABlankAndWithoutAZoneIsLocalOnTop() throws Exception {
    Instant local =
        LocalDateTime.parse("2026-11-28T10:00:00").atZone(ZoneId.systemDefault()).toInstant();
    for (String decimals : new String[] {"", ".0", ".000000", ".000000000"}) {
      assertThat(
              parse("{'accessToken':'t','expiresOn':'2026-11-28 10:00:00" + decimals + "'}")
                  .expiry())
          .isEqualTo(local);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'token':'t','expiry':{'datetime':7}}",
        "{'token':'t','expiry':{}}",
        "{'token':'t','expiry':[]}",
        "{'token':'t','expiry':true}",
        "{'token':'t','expiry':'2026-13-28T10:00:00Z'}",
        "{'token':'t','expiry':'2026-11-28T10:00:00 Mars'}",
        "{'token':'t'} {'token':'u'}",
        "two\u001b[0m words"
      })
  void whatIsNoTokenOrNoTimeIsRefused(String printed) {
    assertThatThrownBy(() -> parse(printed)).isInstanceOf(PrintedToken.UnreadableException.class);
  }

  private static Credential parse(String printed) throws Exception {
    return PrintedToken.parse(printed.replace('\'', '"'), NOW);
  }
}

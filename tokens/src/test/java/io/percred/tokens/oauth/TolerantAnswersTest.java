package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Token responses as authorization servers send them, not only as RFC 6749 has them. */
class TolerantAnswersTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final SetClock clock = new SetClock(NOW);
  private final StrictEndpoint endpoint = new StrictEndpoint();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'expires_in':3600",
        "'expires_in':'3600'",
        "'expires_in':' 3600 '",
        "'expires_in':3600.0",
        "'expires_in':3600,'refresh_token':''",
        "'expires_in':3600,'refresh_token':null",
        "'expires_in':3600,'refresh_token':{'a':1}",
        "'expires_in':3600,'scope':['a','b']",
        "'expires_in':3600,'scope':null",
        "'expires_in':3600,'id_token':7,'issued_token_type':null,'x':[{'y':[]}]"
      })
  void onlyTheFieldsThatAreNeededAreRead(String fields) throws Exception {
    endpoint.answering(Answer.json("{'access_token':'a','token_type':'bEaReR'," + fields + "}"));

    Credential token = supply("client-credentials");

    assertThat(token.token()).isEqualTo("a");
    assertThat(token.expiry()).isEqualTo(NOW.plusSeconds(3600));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "''", "'soon'", "[]", "{}", "true", "0", "-1", "'0'", "'0x10'", "'1h'"})
  void lifetimeThatIsNotToldIsUnknown(String lifetime) throws Exception {
    endpoint.answering(
        Answer.json("{'access_token':'a','token_type':'Bearer','expires_in':" + lifetime + "}"));

    assertThat(supply("client-credentials").expiry()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e18", "9223372036854775807", "'99999999999999999999'"})
  void lifetimeBeyondAllTimesIsALongOne(String lifetime) throws Exception {
    endpoint.answering(
        Answer.json("{'access_token':'a','token_type':'Bearer','expires_in':" + lifetime + "}"));

    assertThat(supply("client-credentials").expiry())
        .isAfter(Instant.parse("2100-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 203, 206, 299})
  void anySuccessThatHoldsATokenIsOne(int status) throws Exception {
    endpoint.answering(
        Answer.of(status, "\ufeff{\"access_token\":\"a\",\"token_type\":\"Bearer\"}"));

    assertThat(supply("refresh-token").token()).isEqualTo("a");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'token_type':'Bearer'} | without access_token",
        "{'access_token':null,'token_type':'Bearer'} | without access_token",
        "{'access_token':7,'token_type':'Bearer'} | without access_token",
        "{'access_token':'a','token_type':['Bearer']} | without token_type",
        "{'access_token':'a','token_type':'dpop'} | that needs a proof",
        "['access_token'] | without a JSON object"
      })
  void answerWithoutATokenIsNamedAsSuch(String body, String reason) throws Exception {
    endpoint.answering(Answer.json(body));

    try (TokenSupplier supplier = supplier("client-credentials")) {
      PercredError error = Suppliers.failure(supplier, null, clock);
      assertThat(error.code()).isEqualTo(TokensError.ENDPOINT_UNAVAILABLE);
      assertThat(error.message()).contains(reason);
    }
  }

  @Test
  void errorThatIsCalledASuccessIsARefusal() throws Exception {
    endpoint.answering(Answer.json("{'error':'bad_refresh_token','error_description':'spent'}"));

    try (TokenSupplier supplier = supplier("refresh-token")) {
      PercredError error = Suppliers.failure(supplier, Credential.of("tolerant-r"), clock);
      assertThat(error.code()).isEqualTo(TokensError.GRANT_REFUSED);
      assertThat(error.message()).contains("bad_refresh_token (spent)");
    }
  }

  private Credential supply(String name) throws Exception {
    try (TokenSupplier supplier = supplier(name)) {
      return Suppliers.supply(supplier, Credential.of("tolerant-r"), clock);
    }
  }

  private TokenSupplier supplier(String name) throws Exception {
    return Suppliers.of(name, Suppliers.at(endpoint.url("/token")), clock);
  }
}

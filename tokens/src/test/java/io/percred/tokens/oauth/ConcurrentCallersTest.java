package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 64 threads at once, and a server that takes 200 ms. */
class ConcurrentCallersTest {
  private static final int THREADS = 64;

  private final StrictEndpoint endpoint = new StrictEndpoint();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void close() {
    threads.shutdownNow();
    endpoint.close();
  }

  @ParameterizedTest(name = "{0} principals")
  @ValueSource(ints = {1, 8, 64})
  void thereIsOneRequestForEachPrincipalAndEachGetsItsOwn(int principals) throws Exception {
    endpoint.slow(
        200,
        asked ->
            Answer.json(
                "{'access_token':'for-"
                    + asked.form().get("subject_token")
                    + "','issued_token_type':'urn:ietf:params:oauth:token-type:access_token',"
                    + "'token_type':'Bearer','expires_in':3600}"));
    Clock clock = Clock.systemUTC();
    try (TokenSupplier supplier =
        Suppliers.of("token-exchange", Suppliers.at(endpoint.url("/token")), clock)) {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<String>> tokens = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String principal = "principal-" + i % principals;
        tokens.add(
            threads.submit(
                () -> {
                  start.await();
                  Credential caller = Credential.of(principal + "-token", principal);
                  return Suppliers.supply(supplier, caller, clock).token();
                }));
      }
      for (int i = 0; i < THREADS; i++) {
        assertThat(tokens.get(i).get()).isEqualTo("for-principal-" + i % principals + "-token");
      }
    }
    assertThat(endpoint.count()).isEqualTo(principals);
  }
}

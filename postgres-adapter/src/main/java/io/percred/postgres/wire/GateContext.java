package io.percred.postgres.wire;

import io.percred.postgres.PostgresProperty.Delivery;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What a connection's filter stands on.
 *
 * @param resolver whose credential a transaction gets
 * @param plan what is bound then
 * @param target what the credential is wanted for
 * @param listener who wants to know
 * @param keepsCaller whether a transaction stays its first caller's when the caller changes
 * @param reusesStatements whether the server keeps prepared statements between transactions
 * @param clearsResidue whether the session is cleared when its caller differs from the last one
 * @param witness who tells a pool's set-up from what callers send
 * @param delivery how bindings travel
 * @param deliveryTimeout how long the first function call of a connection may go unanswered
 * @param clock the time
 * @param random what nobody can guess
 */
public record GateContext(
    CredentialResolver resolver,
    BindingPlan plan,
    Target target,
    PercredListener listener,
    boolean keepsCaller,
    boolean reusesStatements,
    boolean clearsResidue,
    SetUpWitness witness,
    Delivery delivery,
    Duration deliveryTimeout,
    Clock clock,
    RandomGenerator random) {}

package io.percred.session;

import java.util.concurrent.locks.ReentrantLock;

/**
 * What the parts of a pool work on together.
 *
 * @param lock guards store, ledger and every session's stage
 * @param store which sessions there are
 * @param ledger what happened to them
 * @param workers the threads that log in and out
 * @param events who hears of it
 */
record SessionDesk(
    ReentrantLock lock,
    SessionStore store,
    SessionLedger ledger,
    SessionWorkers workers,
    SessionEvents events) {}

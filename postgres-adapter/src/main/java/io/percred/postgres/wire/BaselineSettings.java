package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import io.percred.postgres.sql.SessionChange.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings as PostgreSQL keeps them: a change holds for the session once its transaction is
 * committed; a rollback, also one to a savepoint, brings back what held before. Lists of statements
 * are never changed but replaced, so that a savepoint costs one reference. Confined to one
 * connection.
 */
final class BaselineSettings {
  /** There are fewer settings that pools may set; more are spellings of the same. */
  private static final int MOST = 64;

  /** More savepoints than anybody nests; of those set before, the transaction's begin counts. */
  private static final int MOST_SAVEPOINTS = 256;

  /**
   * A statement that sets something.
   *
   * @param names the settings
   */
  private record Setting(List<String> names, String statement) {}

  /**
   * Savepoints of one name that were set one after the other without a change between them.
   *
   * @param settings what held there
   * @param times how many there are
   */
  private record Savepoint(String name, List<Setting> settings, int times) {}

  private List<Setting> settings = List.of();

  /** What holds again if the transaction is rolled back; null if it has changed nothing. */
  private @Nullable List<Setting> before;

  private List<Savepoint> savepoints = new ArrayList<>(0);
  private boolean failed;

  /** Whether a change may still be undone, so that the verbs of transactions matter. */
  boolean isUndecided() {
    return before != null;
  }

  /** The statements in force, in the order in which they were done. */
  List<String> statements() {
    return settings.stream().map(Setting::statement).toList();
  }

  BaselineSettings copy() {
    BaselineSettings copy = new BaselineSettings();
    copy.settings = settings;
    copy.before = before;
    copy.savepoints = new ArrayList<>(savepoints);
    copy.failed = failed;
    return copy;
  }

  /**
   * A statement was done.
   *
   * @param text the statement, if it sets something; null otherwise
   */
  void apply(SessionChange change, @Nullable String text) {
    if (change.verb() != Verb.COMMIT) {
      failed = false; // In a failed transaction only its end is done, and a COMMIT rolls it back.
    }
    switch (change.verb()) {
      case SET, RESET, RESET_ALL -> {
        if (text != null) {
          change(change, text);
        }
      }
      case SAVEPOINT -> savepoint(change.savepoint());
      case RELEASE -> release(change.savepoint());
      case ROLLBACK_TO -> rollBackTo(change.savepoint());
      case COMMIT -> end(!failed);
      case ROLLBACK -> end(false);
    }
  }

  /** A statement failed: the transaction can only be rolled back, maybe to a savepoint. */
  void failed() {
    failed = true;
  }

  /** The server waits for the next message. */
  void ready(TransactionStatus status) {
    if (status == TransactionStatus.IDLE) {
      end(!failed);
    }
    failed = status == TransactionStatus.FAILED;
  }

  private void change(SessionChange change, String text) {
    if (before == null) {
      before = settings;
    }
    List<Setting> changed = new ArrayList<>();
    if (change.verb() != Verb.RESET_ALL) {
      Set<String> names = Set.copyOf(change.names());
      boolean elsewhere = false;
      for (Setting each : settings) {
        if (!names.containsAll(each.names())) {
          changed.add(each);
          elsewhere |= each.names().stream().anyMatch(names::contains);
        }
      }
      // Behind the others, so that what was set last is set last again.
      if (change.verb() == Verb.SET || elsewhere) {
        changed.add(new Setting(change.names(), text));
      }
      if (changed.size() > MOST) {
        changed.remove(0);
      }
    }
    settings = List.copyOf(changed);
  }

  private void savepoint(String name) {
    if (before == null) {
      return; // Whoever rolls back to it rolls back to the begin.
    }
    int last = savepoints.size() - 1;
    Savepoint inner = last < 0 ? null : savepoints.get(last);
    if (inner != null && inner.name().equals(name) && inner.settings() == settings) {
      savepoints.set(last, new Savepoint(name, settings, inner.times() + 1));
    } else {
      savepoints.add(new Savepoint(name, settings, 1));
      if (savepoints.size() > MOST_SAVEPOINTS) {
        savepoints.remove(0);
      }
    }
  }

  private void release(String name) {
    int at = indexOf(name);
    if (at >= 0) {
      Savepoint released = savepoints.get(at);
      endBehind(at - 1);
      if (released.times() > 1) {
        savepoints.add(new Savepoint(name, released.settings(), released.times() - 1));
      }
    }
  }

  private void rollBackTo(String name) {
    int at = indexOf(name);
    endBehind(at);
    if (at >= 0) {
      settings = savepoints.get(at).settings();
    } else if (before != null) {
      settings = before;
    }
  }

  private int indexOf(String name) {
    for (int at = savepoints.size() - 1; at >= 0; at--) {
      if (savepoints.get(at).name().equals(name)) {
        return at;
      }
    }
    return -1;
  }

  private void endBehind(int at) {
    savepoints.subList(at + 1, savepoints.size()).clear();
  }

  private void end(boolean committed) {
    if (!committed && before != null) {
      settings = before;
    }
    before = null;
    savepoints.clear();
    failed = false;
  }
}

package io.percred.conformance;

import io.percred.catalogue.DriverError;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredError;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resolver whose caller the test names, and that can be asked the same questions again: a replay
 * gets the same answers, and fails if it asks anything else.
 */
final class ScriptedCaller implements CredentialResolver {
  private static final Resolution NOBODY =
      new Resolution.Refused(
          PercredError.of(DriverError.NO_CREDENTIAL, "the script names nobody", "reject"));

  private final List<Object> answers = new ArrayList<>();
  private @Nullable Credential credential;

  /** From now on this is who calls. */
  void is(Credential caller) {
    credential = caller;
  }

  /** From now on nobody calls. */
  void isNobody() {
    credential = null;
  }

  @Override
  public Object callerKey() {
    Object key = credential == null ? "nobody" : credential.fingerprint();
    answers.add(key);
    return key;
  }

  @Override
  public boolean hasCaller() {
    boolean anybody = credential != null;
    answers.add(anybody);
    return anybody;
  }

  @Override
  public CredentialResolver pinned() {
    throw new UnsupportedOperationException("The script pins nobody");
  }

  @Override
  public Resolution resolve(Target target) {
    Credential caller = credential;
    Resolution resolution =
        caller == null ? NOBODY : new Resolution.Bind(caller, Caller.of(caller), false);
    answers.add(resolution);
    return resolution;
  }

  /** The same answers once more. */
  Again again() {
    return new Again(answers.iterator());
  }

  /** Gives the recorded answers to the recorded questions. */
  static final class Again implements CredentialResolver {
    private final Iterator<Object> answers;

    private Again(Iterator<Object> answers) {
      this.answers = answers;
    }

    /** Whether everything that was asked has been asked again. */
    boolean isFinished() {
      return !answers.hasNext();
    }

    @Override
    public Object callerKey() {
      Object answer = next("callerKey()");
      if (answer instanceof Resolution) {
        throw new AssertionError("callerKey() was called where resolve() was");
      }
      return answer;
    }

    @Override
    public boolean hasCaller() {
      if (next("hasCaller()") instanceof Boolean anybody) {
        return anybody;
      }
      throw new AssertionError("hasCaller() was called where another question was");
    }

    @Override
    public CredentialResolver pinned() {
      throw new UnsupportedOperationException("The script pins nobody");
    }

    @Override
    public Resolution resolve(Target target) {
      if (next("resolve()") instanceof Resolution resolution) {
        return resolution;
      }
      throw new AssertionError("resolve() was called where callerKey() was");
    }

    private Object next(String question) {
      if (isFinished()) {
        throw new AssertionError(question + " was called more often than recorded");
      }
      return answers.next();
    }
  }
}

package org.genesystoken.agent.clients.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.util.concurrent.locks.Lock;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.urlconnection.CallState.Calls;
import org.genesystoken.agent.clients.urlconnection.ConnectionState.Outcome;

/**
 * Decides what becomes of a failed call: given the exception and the connection, returns the
 * exception that the app is to see, or null if the connection was made as new and the call is to be
 * sent again.
 */
class Replay implements BiFunction<Object, Object, Object> {
  private final Calls calls;

  Replay(Calls calls) {
    this.calls = calls;
  }

  @Override
  public final Object apply(Object failure, Object target) {
    HttpURLConnection connection = (HttpURLConnection) target;
    CallState state = calls.find(connection);
    if (state == null) {
      return failure;
    }
    Lock lock = ConnectionState.ACCESS.lock(connection);
    lock.lock();
    try {
      return decide(connection, state, (IOException) failure);
    } finally {
      lock.unlock();
    }
  }

  /** See the class; one thread at a time. */
  IOException decide(HttpURLConnection connection, CallState state, IOException failure) {
    ConnectionState access = ConnectionState.ACCESS;
    if (state.isRefused()) {
      state.settle(access.remembered(connection));
      boolean replayed =
          failure instanceof HttpRetryException
              ? replaysStreamed(connection, state, (HttpRetryException) failure)
              : replays(connection, state, failure);
      return replayed ? null : failure;
    }
    // Another thread of the app may have had the same exception, and have dealt with it. Its replay
    // may still be to come, so that must not be taken for a lost one.
    if (state.isSettled(failure) && access.remembered(connection) != state.settled()) {
      return null;
    }
    Outcome before = state.before();
    return before != null && before.isRemembered() && !(failure instanceof HttpRetryException)
        ? access.restore(connection, before)
        : failure;
  }

  /** A call whose answer the JDK has kept: of any kind, but for a streamed one after a 401. */
  private boolean replays(HttpURLConnection connection, CallState state, IOException failure) {
    ConnectionState access = ConnectionState.ACCESS;
    int status = state.status();
    if (access.status(connection) != status) {
      return false;
    }
    InputStream answer = access.body(connection);
    boolean streamed = access.isStreamed(connection);
    byte[] body = streamed ? state.body(access.written(connection)) : null;
    boolean replayed = false;
    // Another thread that asks for the status is to wait for the lock.
    access.status(connection, -1);
    try {
      Head head = Head.of(state.call(), status, connection, answer, access.client(connection));
      if (replays(connection, state, head, !streamed || body != null)) {
        Outcome outcome =
            head.isWhole() ? access.outcome(connection, failure, status, head.stream()) : null;
        close(answer);
        replayed = send(connection, state, outcome, body);
      } else if (answer != null) {
        access.body(connection, head.before(answer));
      }
    } finally {
      if (!replayed) {
        access.status(connection, status);
      }
    }
    return replayed;
  }

  /**
   * A call whose body was streamed, after a 401: the JDK has closed the connection and dropped the
   * 401's body. Where the request's body was kept it is streamed once more; else the token is
   * renewed for the next call.
   */
  private boolean replaysStreamed(
      HttpURLConnection connection, CallState state, HttpRetryException failure) {
    ConnectionState access = ConnectionState.ACCESS;
    byte[] body = state.body(access.written(connection));
    if (failure.responseCode() != state.status()
        || !replays(connection, state, state.refusal(), body != null)) {
      return false;
    }
    Outcome outcome = access.outcome(connection, failure, access.status(connection), null);
    return send(connection, state, outcome, body);
  }

  private static boolean replays(
      HttpURLConnection connection, CallState state, Head head, boolean replayable) {
    return state
        .call()
        .replays(
            head.answer(state.status(), ConnectionState.ACCESS.responses(connection)),
            state.sent(),
            replayable,
            Answers.budgetMillis(connection));
  }

  /**
   * Has the JDK send the call again.
   *
   * @param refusal what the app gets if no answer comes, null if it was not kept
   * @param streamed the body if it was streamed, null if the JDK has it
   * @return false: the body could not be sent, and the app gets the refusal
   */
  private static boolean send(
      HttpURLConnection connection, CallState state, Outcome refusal, byte[] streamed) {
    ConnectionState.ACCESS.renew(connection);
    state.replay(refusal);
    if (streamed != null) {
      try (OutputStream out = connection.getOutputStream()) {
        out.write(streamed);
      } catch (IOException lost) {
        if (state.before() != null) {
          ConnectionState.ACCESS.restore(connection, refusal);
        }
        return false;
      }
    }
    return true;
  }

  /**
   * The same for a call that was refused before its body was asked for ({@code Expect:
   * 100-continue}): nothing was sent but headers.
   */
  static final class BeforeBody extends Replay {
    BeforeBody(Calls calls) {
      super(calls);
    }

    @Override
    IOException decide(HttpURLConnection connection, CallState state, IOException failure) {
      ConnectionState access = ConnectionState.ACCESS;
      if (!state.isRefused()) {
        Outcome before = state.before();
        return before == null || before.isRemembered()
            ? failure
            : access.restore(connection, before);
      }
      state.settle();
      if (access.status(connection) != state.status()
          || !replays(connection, state, state.refusal(), true)) {
        return failure;
      }
      send(connection, state, access.outcome(connection, failure, state.status(), null), null);
      return null;
    }
  }

  /** Closing reads a short rest, so that the connection goes back to the JDK's pool. */
  private static void close(InputStream body) {
    try {
      if (body != null) {
        body.close();
      }
    } catch (IOException lost) {
      // Then the replay opens another connection.
    }
  }
}

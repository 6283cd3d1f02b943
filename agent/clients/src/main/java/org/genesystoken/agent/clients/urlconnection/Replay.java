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
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * Decides what becomes of a failed call: given the exception and the connection, returns the
 * exception that the app is to see, or null if the connection was made as new and the call is to be
 * sent again.
 */
class Replay implements BiFunction<Object, Object, Object> {
  private static final int UNAUTHORIZED = 401;

  private final TokenPolicy policy;
  private final Calls calls;

  Replay(TokenPolicy policy, Calls calls) {
    this.policy = policy;
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
    Outcome before = state.before();
    if (before != null && before.isRemembered() && !(failure instanceof HttpRetryException)) {
      return access.restore(connection, before);
    }
    // Another thread of the app may have had the same exception, and have dealt with it.
    boolean renewedSince =
        state.isSettled(failure) && access.remembered(connection) != state.settled();
    return renewedSince ? null : failure;
  }

  /** A call without a body, or with one that the JDK has buffered. */
  private boolean replays(HttpURLConnection connection, CallState state, IOException failure) {
    ConnectionState access = ConnectionState.ACCESS;
    if (access.status(connection) != UNAUTHORIZED) {
      return false;
    }
    InputStream body = access.body(connection);
    boolean replayed = false;
    // Another thread that asks for the status is to wait for the lock.
    access.status(connection, -1);
    try {
      Head head = Head.of(policy, connection, body, access.client(connection));
      if (isRenewed(connection, state, head)) {
        Outcome outcome =
            head.isWhole()
                ? access.outcome(connection, failure, UNAUTHORIZED, head.stream())
                : null;
        close(body);
        access.renew(connection);
        state.replay(outcome);
        replayed = true;
      } else if (body != null) {
        access.body(connection, head.before(body));
      }
    } finally {
      if (!replayed) {
        access.status(connection, UNAUTHORIZED);
      }
    }
    return replayed;
  }

  /**
   * A call whose body was streamed: the JDK has closed the connection and dropped the 401's body.
   * Where the body was kept it is streamed once more; else the token is renewed for the next call.
   */
  private boolean replaysStreamed(
      HttpURLConnection connection, CallState state, HttpRetryException failure) {
    if (failure.responseCode() != UNAUTHORIZED || !isRenewed(connection, state, state.refusal())) {
      return false;
    }
    ConnectionState access = ConnectionState.ACCESS;
    byte[] body = state.body(access.written(connection));
    if (body == null) {
      return false;
    }
    Outcome outcome = access.outcome(connection, failure, access.status(connection), null);
    access.renew(connection);
    state.replay(outcome);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    } catch (IOException lost) {
      state.before();
      access.restore(connection, outcome);
      return false;
    }
    return true;
  }

  /** Whether the refusal means expired, and there is another token now. */
  private boolean isRenewed(HttpURLConnection connection, CallState state, Head head) {
    if (!head.meansExpired(policy, ConnectionState.ACCESS.responses(connection))) {
      return false;
    }
    if (state.isReplay()) {
      policy.replayRefused(state.sent());
      return false;
    }
    return policy.renew(state.sent());
  }

  /**
   * The same for a call that was refused before its body was asked for ({@code Expect:
   * 100-continue}): nothing was sent but headers.
   */
  static final class BeforeBody extends Replay {
    BeforeBody(TokenPolicy policy, Calls calls) {
      super(policy, calls);
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
      if (access.status(connection) != UNAUTHORIZED
          || !super.isRenewed(connection, state, state.refusal())) {
        return failure;
      }
      Outcome outcome = access.outcome(connection, failure, UNAUTHORIZED, null);
      access.renew(connection);
      state.replay(outcome);
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

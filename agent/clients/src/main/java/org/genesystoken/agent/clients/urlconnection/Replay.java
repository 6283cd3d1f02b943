package org.genesystoken.agent.clients.urlconnection;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.urlconnection.CallState.Calls;
import org.genesystoken.agent.core.policy.TokenPolicy;
import sun.net.www.MessageHeader;

/**
 * Decides what becomes of a failed call: given the exception and the connection, returns the
 * exception if the app is to see it, or null if the connection was made as new and the call is to
 * be sent again.
 */
final class Replay implements BiFunction<Object, Object, Object> {
  private final TokenPolicy policy;
  private final Calls calls;

  Replay(TokenPolicy policy, Calls calls) {
    this.policy = policy;
    this.calls = calls;
  }

  @Override
  public Object apply(Object failure, Object target) {
    HttpURLConnection connection = (HttpURLConnection) target;
    CallState state = calls.find(connection);
    // A failure after the one that was dealt with is the JDK repeating itself.
    if (state == null || !state.isRefused()) {
      return failure;
    }
    boolean replayed =
        failure instanceof HttpRetryException
            ? replaysStreamed(connection, state, (IOException) failure)
            : replays(connection, state);
    state.settle();
    return replayed ? null : failure;
  }

  /** A call without a body, or with one that the JDK has buffered. */
  private boolean replays(HttpURLConnection connection, CallState state) {
    ConnectionState access = ConnectionState.ACCESS;
    InputStream body = access.body(connection);
    byte[] head = new byte[TokenPolicy.BODY_LIMIT];
    int length = read(body, head);
    if (isRenewed(connection, state, head, length)) {
      close(body);
      state.replay();
      access.renew(connection);
      return true;
    }
    if (body != null) {
      access.body(connection, new UnreadStream(head, length, body));
    }
    return false;
  }

  /**
   * A call whose body was streamed: the JDK has closed the connection and dropped the 401's body.
   * Where the body was kept it is streamed once more; else the token is renewed for the next call.
   */
  private boolean replaysStreamed(
      HttpURLConnection connection, CallState state, IOException failure) {
    byte[] refusal = state.refusal();
    if (!isRenewed(connection, state, refusal, refusal.length)) {
      return false;
    }
    ConnectionState access = ConnectionState.ACCESS;
    byte[] body = state.body(access.written(connection));
    if (body == null) {
      return false;
    }
    state.replay();
    access.renew(connection);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    } catch (IOException lost) {
      access.fail(connection, failure);
      return false;
    }
    return true;
  }

  /** Whether the refusal means expired, and there is another token now. */
  private boolean isRenewed(
      HttpURLConnection connection, CallState state, byte[] head, int length) {
    MessageHeader responses = ConnectionState.ACCESS.responses(connection);
    if (!policy.meansExpired(
        401,
        values(responses, "WWW-Authenticate"),
        responses.findValue("Content-Encoding"),
        head,
        length)) {
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
  static final class BeforeBody implements BiFunction<Object, Object, Object> {
    private final Replay replay;

    BeforeBody(Replay replay) {
      this.replay = replay;
    }

    @Override
    public Object apply(Object failure, Object target) {
      HttpURLConnection connection = (HttpURLConnection) target;
      CallState state = replay.calls.find(connection);
      if (state == null || !state.isRefused()) {
        return failure;
      }
      byte[] refusal = state.refusal();
      boolean renewed = replay.isRenewed(connection, state, refusal, refusal.length);
      state.settle();
      if (renewed) {
        state.replay();
        ConnectionState.ACCESS.renew(connection);
      }
      return renewed ? null : failure;
    }
  }

  /**
   * Fills the buffer as far as the body reaches. If reading fails, the app will see it fail at the
   * same place.
   *
   * @param body may be null
   */
  static int read(InputStream body, byte[] buffer) {
    int length = 0;
    try {
      while (body != null && length < buffer.length) {
        int read = body.read(buffer, length, buffer.length - length);
        if (read < 0) {
          break;
        }
        length += read;
      }
    } catch (IOException broken) {
      return length;
    }
    return length;
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

  private static List<String> values(MessageHeader headers, String name) {
    List<String> values = new ArrayList<>();
    Iterator<String> each = headers.multiValueIterator(name);
    while (each.hasNext()) {
      values.add(each.next());
    }
    return values;
  }
}

package org.genesystoken.agent.clients.urlconnection;

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.urlconnection.CallState.Calls;
import org.genesystoken.agent.core.policy.TokenPolicy;
import sun.net.www.MessageHeader;

/** Takes note of what the JDK is about to forget: the answer, and its body or the request's. */
final class Answers {
  private Answers() {}

  /** Whether the hop that the connection is at, or was answered by, is one for the token. */
  static boolean covers(TokenPolicy policy, HttpURLConnection connection) {
    URL url = connection.getURL();
    boolean plain = "http".equals(url.getProtocol());
    return policy.coversHop(
        url.getProtocol(),
        url.getHost(),
        url.getPort(),
        url.getFile(),
        plain && connection.usingProxy());
  }

  /** After each response's headers: given them and the connection. */
  static final class Answered implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Calls calls;

    Answered(TokenPolicy policy, Calls calls) {
      this.policy = policy;
      this.calls = calls;
    }

    @Override
    public Object apply(Object responses, Object target) {
      HttpURLConnection connection = (HttpURLConnection) target;
      String statusLine = ((MessageHeader) responses).getValue(0);
      if (hasStatus(statusLine, "401") && covers(policy, connection)) {
        String sent = ConnectionState.ACCESS.requests(connection).findValue(Authorization.NAME);
        if (policy.mayReplace(sent)) {
          calls.get(connection).refuse(sent);
          return responses;
        }
      }
      CallState state = calls.find(connection);
      if (state == null || hasStatus(statusLine, "100")) {
        return responses;
      }
      if (state.outlivesAnswer()) {
        // The marks stay, as a call is replayed once and waits once, whatever hops follow.
        state.answered(hasStatus(statusLine, "3"));
      } else {
        calls.forget(connection);
      }
      return responses;
    }

    /** {@code HTTP/1.1 401 Unauthorized}: the digits are at the tenth character. */
    private static boolean hasStatus(String statusLine, String status) {
      return statusLine != null
          && statusLine.startsWith(status, 9)
          && statusLine.startsWith("HTTP/");
    }
  }

  /**
   * Before the JDK closes a connection, which it does with an unread 401 to a streamed request:
   * given the connection and the JDK's HTTP client.
   */
  static final class Disconnecting implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Calls calls;

    Disconnecting(TokenPolicy policy, Calls calls) {
      this.policy = policy;
      this.calls = calls;
    }

    @Override
    public Object apply(Object target, Object http) {
      HttpURLConnection connection = (HttpURLConnection) target;
      CallState state = calls.find(connection);
      if (state != null && state.isRefused()) {
        InputStream body = ConnectionState.ACCESS.unread(connection, http);
        state.refusal(Head.of(policy, connection, body, http));
      }
      return target;
    }
  }

  /**
   * Before the app's bytes go into a streamed body: given the connection, and either the byte or an
   * array with buffer, offset and length.
   */
  static final class Streaming implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Calls calls;

    Streaming(TokenPolicy policy, Calls calls) {
      this.policy = policy;
      this.calls = calls;
    }

    @Override
    public Object apply(Object target, Object written) {
      HttpURLConnection connection = (HttpURLConnection) target;
      if (covers(policy, connection)) {
        CallState state = calls.get(connection);
        int limit = policy.replayBodyLimit();
        if (written instanceof Integer) {
          state.keep(new byte[] {((Integer) written).byteValue()}, 0, 1, limit);
        } else {
          Object[] write = (Object[]) written;
          state.keep((byte[]) write[0], (Integer) write[1], (Integer) write[2], limit);
        }
      }
      return target;
    }
  }
}

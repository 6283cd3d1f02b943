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

  /** How long the app lets the connection wait for an answer, in milliseconds. */
  static long budgetMillis(HttpURLConnection connection) {
    int timeout = connection.getReadTimeout();
    return timeout > 0 ? timeout : TokenPolicy.NO_BUDGET;
  }

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
      int status = status(statusLine);
      if (policy.looksAt(status) && covers(policy, connection)) {
        String sent = ConnectionState.ACCESS.requests(connection).findValue(Authorization.NAME);
        if (policy.mayReplace(sent)) {
          calls.get(connection).refuse(policy, status, sent);
          return responses;
        }
      }
      if (policy.isInDoubt() && status != 100 && covers(policy, connection)) {
        policy.answered(
            status, ConnectionState.ACCESS.requests(connection).findValue(Authorization.NAME));
      }
      CallState state = calls.find(connection);
      if (state == null || status == 100) {
        return responses;
      }
      if (state.outlivesAnswer(isLast(status, connection))) {
        state.answered();
      } else {
        calls.forget(connection);
      }
      return responses;
    }

    /**
     * Whether the JDK ends the call with this answer: it follows redirects and meets challenges.
     */
    private static boolean isLast(int status, HttpURLConnection connection) {
      boolean redirect = status >= 300 && status < 400 && status != 304;
      return !(redirect && connection.getInstanceFollowRedirects())
          && status != 401
          && status != 407;
    }

    /** Of {@code HTTP/1.1 401 Unauthorized}: the digits are at the tenth character; else -1. */
    private static int status(String line) {
      if (line == null || line.length() < 12 || !line.startsWith("HTTP/")) {
        return -1;
      }
      int status = 0;
      for (int i = 9; i < 12; i++) {
        int digit = line.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          return -1;
        }
        status = status * 10 + digit;
      }
      return status;
    }
  }

  /**
   * Before the JDK closes a connection, which it does with an unread 401 to a streamed request:
   * given the connection and the JDK's HTTP client.
   */
  static final class Disconnecting implements BiFunction<Object, Object, Object> {
    private final Calls calls;

    Disconnecting(Calls calls) {
      this.calls = calls;
    }

    @Override
    public Object apply(Object target, Object http) {
      HttpURLConnection connection = (HttpURLConnection) target;
      CallState state = calls.find(connection);
      if (state != null && state.isRefused()) {
        InputStream body = ConnectionState.ACCESS.unread(connection, http);
        state.refusal(Head.of(state.call(), state.status(), connection, body, http));
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

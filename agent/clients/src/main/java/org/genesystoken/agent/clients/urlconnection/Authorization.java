package org.genesystoken.agent.clients.urlconnection;

import java.net.HttpURLConnection;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.urlconnection.CallState.Calls;
import org.genesystoken.agent.core.policy.TokenPolicy;
import sun.net.www.MessageHeader;

/** The one header that the agent writes. */
final class Authorization {
  static final String NAME = "Authorization";

  private Authorization() {}

  /**
   * Takes off what the hop before carried: the JDK keeps the headers over a redirect, and a managed
   * token must not follow to another host, nor into the JDK's log.
   */
  static void withdraw(MessageHeader requests, MessageHeader userHeaders) {
    String value = requests.findValue(NAME);
    // The JDK itself never makes a bearer header, so one that the app did not set is ours.
    if (value == null || !value.startsWith("Bearer ")) {
      return;
    }
    String own = userHeaders.findValue(NAME);
    if (own == null) {
      requests.remove(NAME);
    } else if (!own.equals(value)) {
      requests.set(NAME, own);
    }
  }

  /** As {@link #withdraw}: given the request's headers and those that the app set. */
  static final class Withdraw implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object requests, Object userHeaders) {
      withdraw((MessageHeader) requests, (MessageHeader) userHeaders);
      return requests;
    }
  }

  /**
   * Puts the token on, where it belongs: given the request's headers and the connection. A refusal
   * of the request before is history then, whether or not this one is ever answered.
   */
  static final class Present implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;
    private final Calls calls;

    Present(TokenPolicy policy, Calls calls) {
      this.policy = policy;
      this.calls = calls;
    }

    @Override
    public Object apply(Object requests, Object target) {
      HttpURLConnection connection = (HttpURLConnection) target;
      CallState state = calls.find(connection);
      if (state != null) {
        state.settle();
      }
      if (Answers.covers(policy, connection)) {
        MessageHeader headers = (MessageHeader) requests;
        String own = headers.findValue(NAME);
        if (policy.mayReplace(own)) {
          String managed = policy.authorizationNow(own);
          if (managed == null && calls.get(connection).mayWait()) {
            managed = policy.authorization(own, Answers.budgetMillis(connection));
          }
          if (managed != null) {
            headers.set(NAME, managed);
          }
        }
      }
      return requests;
    }
  }
}

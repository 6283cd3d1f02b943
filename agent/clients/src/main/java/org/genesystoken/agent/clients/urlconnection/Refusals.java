package org.genesystoken.agent.clients.urlconnection;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.BiFunction;
import sun.net.www.MessageHeader;

/**
 * Remembers which 401 answers what: when the JDK throws, the refused header is gone already. Keyed
 * by the request's headers, which live as long as their connection object; only calls that were
 * refused are in here. Thread-safe.
 */
final class Refusals {
  private static final Refusal REPLAYING = new Refusal(null, true);

  private final Map<MessageHeader, Refusal> open =
      Collections.synchronizedMap(new WeakHashMap<MessageHeader, Refusal>());

  /** One 401. Immutable. */
  static final class Refusal {
    /** The Authorization value that was refused, or null if there was none. */
    final String sent;

    /** Whether the 401 answers a replay. */
    final boolean ofReplay;

    private Refusal(String sent, boolean ofReplay) {
      this.sent = sent;
      this.ofReplay = ofReplay;
    }
  }

  /** The 401 that was just answered, and forgets it; null if the call failed by something else. */
  Refusal take(MessageHeader requests) {
    Refusal refusal = open.remove(requests);
    return refusal == REPLAYING ? null : refusal;
  }

  /** The request is sent once more, so that its next 401 is that of a replay. */
  void replaying(MessageHeader requests) {
    open.put(requests, REPLAYING);
  }

  private void note(MessageHeader requests) {
    boolean ofReplay = open.get(requests) == REPLAYING;
    open.put(requests, new Refusal(requests.findValue(Authorization.NAME), ofReplay));
  }

  /** {@code HTTP/1.1 401 Unauthorized}: three digits at the tenth character. */
  static boolean is401(MessageHeader responses) {
    String statusLine = responses.getValue(0);
    return statusLine != null && statusLine.startsWith("401", 9) && statusLine.startsWith("HTTP/");
  }

  /** Notes a 401: given the response's headers and the request's. */
  static final class Answered implements BiFunction<Object, Object, Object> {
    private final Refusals refusals;

    Answered(Refusals refusals) {
      this.refusals = refusals;
    }

    @Override
    public Object apply(Object responses, Object requests) {
      if (is401((MessageHeader) responses)) {
        refusals.note((MessageHeader) requests);
      }
      return responses;
    }
  }
}

package org.genesystoken.agent.clients.urlconnection;

import java.io.ByteArrayOutputStream;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.WeakHashMap;
import org.genesystoken.agent.clients.urlconnection.ConnectionState.Outcome;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What the agent has to remember of a call: the refusal that it was just answered with, as the JDK
 * takes the refused header off before it throws; the body that the app streams, as the JDK keeps
 * none; and that it has waited for a token. Calls without any of these have no state. Used by the
 * threads that use the connection, which the JDK keeps apart by a lock.
 */
final class CallState {
  private RefusedCall call;
  private boolean refused;
  private int status;
  private String sent;
  private Head refusal = Head.NONE;
  private Exception settled;
  private boolean waited;
  private boolean replay;
  private Outcome before;
  private ByteArrayOutputStream kept;
  private boolean tooLong;

  /** Whether the call may wait for a token: true once, whatever hops follow. */
  boolean mayWait() {
    boolean first = !waited;
    waited = true;
    return first;
  }

  /**
   * Whether there is something to remember even after a good answer: as a call is replayed once and
   * waits once, whatever hops follow, and as another thread may come late with the exception of a
   * refusal that a replay has made up for.
   *
   * @param last whether no hop follows
   */
  boolean outlivesAnswer(boolean last) {
    return replay || (waited && !last);
  }

  /** Whether the latest answer is worth a look, and of a hop for the token. */
  boolean isRefused() {
    return refused;
  }

  /** The memory of a call that was refused. */
  RefusedCall call() {
    return call;
  }

  /** The status that it was refused with. */
  int status() {
    return status;
  }

  /** The Authorization value that was refused, or null if there was none. */
  String sent() {
    return sent;
  }

  /**
   * @param answer the status
   * @param authorization null if there was none
   */
  void refuse(TokenPolicy policy, int answer, String authorization) {
    if (call == null) {
      call = policy.refusedCall();
    }
    refused = true;
    status = answer;
    sent = authorization;
    refusal = Head.NONE;
    before = null;
  }

  /** The refusal has been dealt with, or another request has followed it. */
  void settle() {
    refused = false;
  }

  /** As {@link #settle}, and the exception by which the JDK reported it; null if it keeps none. */
  void settle(Exception failure) {
    refused = false;
    settled = failure;
  }

  /**
   * Whether an exception reports the refusal that was dealt with: itself, or as the JDK repeats it.
   */
  boolean isSettled(Exception failure) {
    return settled != null && (failure == settled || failure.getCause() == settled);
  }

  /** The exception that was dealt with last, or null. */
  Exception settled() {
    return settled;
  }

  /** The first bytes of the refusal's body, if the JDK dropped it; never null. */
  Head refusal() {
    return refusal;
  }

  void refusal(Head head) {
    refusal = head;
  }

  /**
   * The call is being sent once more.
   *
   * @param refusal what the app gets if no answer comes, null if it was not kept
   */
  void replay(Outcome refusal) {
    replay = true;
    before = refusal;
  }

  /**
   * The replay has been answered, by a redirect perhaps, but by no refusal of a hop for the token.
   */
  void answered() {
    refused = false;
    before = null;
    kept = null;
  }

  /** What the replay was sent in the hope of bettering, once: for an unanswered replay. */
  Outcome before() {
    Outcome outcome = before;
    before = null;
    return outcome;
  }

  /**
   * Keeps what the app streams.
   *
   * @param limit bytes; beyond it nothing is kept
   */
  void keep(byte[] bytes, int offset, int length, int limit) {
    if (replay || tooLong) {
      return;
    }
    if (kept == null) {
      kept = new ByteArrayOutputStream(Math.min(limit, Math.max(length, 512)));
    }
    if (length > limit - kept.size()) {
      tooLong = true;
      kept = null;
    } else {
      kept.write(bytes, offset, length);
    }
  }

  /**
   * The whole streamed body.
   *
   * @param written how much the app has written, in bytes
   * @return null if that is not what was kept
   */
  byte[] body(long written) {
    byte[] bytes = kept == null ? new byte[0] : kept.toByteArray();
    return bytes.length == written ? bytes : null;
  }

  /** The states of all calls, by connection; they end with it. Thread-safe. */
  static final class Calls {
    private final Map<HttpURLConnection, CallState> states = new WeakHashMap<>();

    /**
     * Whether there are states: else a call needs no look-up and no lock. Written under the lock.
     */
    private volatile boolean any;

    /** Null: there is nothing to remember of the call. */
    CallState find(HttpURLConnection connection) {
      if (!any) {
        return null;
      }
      synchronized (states) {
        CallState state = states.get(connection);
        if (state == null && states.isEmpty()) {
          any = false;
        }
        return state;
      }
    }

    CallState get(HttpURLConnection connection) {
      synchronized (states) {
        any = true;
        CallState state = states.get(connection);
        if (state == null) {
          state = new CallState();
          states.put(connection, state);
        }
        return state;
      }
    }

    void forget(HttpURLConnection connection) {
      synchronized (states) {
        states.remove(connection);
        any = !states.isEmpty();
      }
    }
  }
}

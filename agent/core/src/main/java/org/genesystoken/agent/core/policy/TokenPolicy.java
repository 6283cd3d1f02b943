package org.genesystoken.agent.core.policy;

import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * What every HTTP client asks, and the only thing that it asks: is this hop ours, what does it
 * carry, does this answer mean expired, is there a better token to replay with. No method throws.
 * Thread-safe.
 */
public abstract class TokenPolicy {
  /** Bytes of a body that are looked at, at most (as they are on the wire). */
  public static final int BODY_LIMIT = 8192;

  /**
   * How long the app's call may be held up for a body that trickles, and that the app itself may
   * never read. Milliseconds.
   */
  public static final int BODY_PATIENCE = 2000;

  /** The app has set no time-out. Milliseconds. */
  public static final long NO_BUDGET = Long.MAX_VALUE;

  /**
   * Whether this hop goes to a configured host and is not a call of the token endpoint. No
   * allocation, no look-up by name.
   *
   * @param scheme as in the URL, any case
   * @param host as in the URL: any case, IPv6 literals in brackets
   * @param port -1: the scheme's default
   * @param path path as in the URL, a query after it is ignored; null is taken as empty
   */
  public abstract boolean covers(String scheme, String host, int port, String path);

  /**
   * As {@link #covers}, of a hop whose way is known: plain http to a proxy is not covered, wherever
   * it goes from there, as the proxy could read the token.
   *
   * @param proxied whether the JVM sends this hop to an HTTP proxy; an https hop then goes through
   *     a tunnel
   */
  public final boolean coversHop(
      String scheme, String host, int port, String path, boolean proxied) {
    return !(proxied && "http".equalsIgnoreCase(scheme)) && covers(scheme, host, port, path);
  }

  /**
   * The Authorization value that a covered hop should carry, or null: leave the request as the app
   * wrote it. Blocks at most {@code wait}, and only while there is no live token.
   *
   * @param own the app's own Authorization value, null if it sets none
   * @param budgetMillis how long the app's own time-outs let it block, or {@link #NO_BUDGET}
   */
  public abstract String authorization(String own, long budgetMillis);

  /** As {@link #authorization}, without ever blocking: null also if there is no live token now. */
  public abstract String authorizationNow(String own);

  /**
   * Completes (with no value, never exceptionally) when there is a live token or {@code wait} is
   * over; at once if a request with that Authorization is to carry none.
   *
   * @param own the app's own Authorization value, null if it sets none
   * @param budgetMillis as above: it completes no later
   */
  public abstract CompletionStage<Void> ready(String own, long budgetMillis);

  /**
   * Whether the agent may replace this Authorization: absent or a bearer token, not Basic or
   * another scheme.
   */
  public abstract boolean mayReplace(String own);

  /**
   * Whether an answer of a covered hop with this status is worth a look: then {@link #refusedCall}
   * decides on it. Others are none of the agent's business.
   */
  public abstract boolean looksAt(int status);

  /** The memory for one call, to be made at its first answer that is worth a look. */
  public final RefusedCall refusedCall() {
    return new RefusedCall(this);
  }

  /**
   * Whether {@link #ready} has something to wait for: a token is to be put on, and there is none.
   *
   * @param own the Authorization value that the app has set, null if none
   */
  public abstract boolean hasToWait(String own);

  /** Whether an answer to a covered hop means that its token has expired. */
  public abstract boolean meansExpired(ApiAnswer answer);

  /**
   * Whether the body of such an answer is worth a look: one that cannot be JSON may be long or
   * slow, and says nothing.
   *
   * @param contentType value of that header, or null: it may be anything
   */
  public static boolean mayTellInBody(String contentType) {
    if (contentType == null) {
      return true;
    }
    String type = contentType.trim().toLowerCase(Locale.ROOT);
    // Some servers send JSON as what their framework takes for the default.
    return type.isEmpty() || type.contains("json") || type.startsWith("text/plain");
  }

  /**
   * After an answer that means expired: sees to it that there is a token other than the refused
   * one, refreshing it once for all callers. Blocks at most {@code wait}.
   *
   * @param refused the Authorization value that the refused request carried, null if none
   * @param replayable whether the call can be sent again
   * @param budgetMillis how long the app's own time-outs let it block
   * @return true: replay the request now; false: pass the refusal on
   */
  public abstract boolean renew(String refused, boolean replayable, long budgetMillis);

  /**
   * As {@link #renew}, without blocking; completes within {@code wait}, on a thread of the agent or
   * the caller's.
   */
  public abstract CompletionStage<Boolean> renewAsync(
      String refused, boolean replayable, long budgetMillis);

  /**
   * To be called when the replay of a call is again answered with {@link #meansExpired}: the new
   * token did not help, and the policy stops renewing for a while when that goes on.
   *
   * @param refused the Authorization value that the replay carried
   */
  public abstract void replayRefused(String refused);

  /** Whether good answers matter now, as the API has refused a token. One volatile read or two. */
  public abstract boolean isInDoubt();

  /**
   * To be called, where {@link #isInDoubt}, when a covered hop was answered by one that has looked
   * at its token and taken it.
   *
   * @param sent the Authorization value that it carried
   */
  public abstract void accepted(String sent);

  /** As {@link #accepted}, for any answer of a covered hop. */
  public final void answered(int status, String sent) {
    if (isOfApi(status) && isInDoubt()) {
      accepted(sent);
    }
  }

  /**
   * Whether an answer shows that the API has taken the token: not those that come from in front of
   * it, or before it has looked.
   */
  private static boolean isOfApi(int status) {
    switch (status) {
      case 400:
      case 401:
      case 407:
      case 408:
      case 421:
      case 429:
        return false;
      default:
        return (status >= 200 && status < 300) || (status >= 400 && status < 500);
    }
  }

  /**
   * How long to wait before a throttled call is sent again.
   *
   * @param pauses how often the call has waited already
   * @param pausedMillis how long it has waited already
   * @return milliseconds; -1: the answer is for the app
   */
  public abstract long pauseMillis(ApiAnswer answer, int pauses, long pausedMillis);

  /** Completes after that time, on a thread of the agent's. */
  public abstract CompletionStage<Void> after(long millis);

  /** To be called with an answer that was worth a look and goes to the app. */
  public abstract void passedOn(ApiAnswer answer);

  /** Bytes of a streamed request body that are kept for a replay. */
  public abstract int replayBodyLimit();
}

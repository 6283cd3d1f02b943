package org.genesystoken.agent.clients.asynchttpclient;

import java.lang.reflect.Method;
import java.time.Duration;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.Request;
import org.asynchttpclient.netty.NettyResponseFuture;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The app's time-outs: milliseconds in version 2 of the library, {@code Duration}s in version 3, so
 * they are asked for by reflection. Immutable.
 */
final class TimeOuts {
  /** How long the whole call may take: milliseconds, or {@link TokenPolicy#NO_BUDGET}. */
  long requestMillis(NettyResponseFuture<?> future, AsyncHttpClientConfig config) {
    return millis(future, config, "getRequestTimeout");
  }

  /** How much of that is left. */
  long leftMillis(NettyResponseFuture<?> future, AsyncHttpClientConfig config) {
    long whole = requestMillis(future, config);
    return whole == TokenPolicy.NO_BUDGET
        ? whole
        : Math.max(0, whole - (System.currentTimeMillis() - future.getStart()));
  }

  /** How long a call may be held up between its parts. */
  long budgetMillis(NettyResponseFuture<?> future, AsyncHttpClientConfig config) {
    return Math.min(leftMillis(future, config), millis(future, config, "getReadTimeout"));
  }

  private static long millis(
      NettyResponseFuture<?> future, AsyncHttpClientConfig config, String name) {
    long own = millis(Request.class, future.getTargetRequest(), name);
    long millis = own == 0 ? millis(AsyncHttpClientConfig.class, config, name) : own;
    return millis > 0 ? millis : TokenPolicy.NO_BUDGET;
  }

  private static long millis(Class<?> type, Object from, String name) {
    try {
      Method getter = type.getMethod(name);
      Object value = getter.invoke(from);
      if (value instanceof Duration) {
        return ((Duration) value).toMillis();
      }
      return value instanceof Number ? ((Number) value).longValue() : 0;
    } catch (ReflectiveOperationException ofAnotherVersion) {
      return 0;
    }
  }
}

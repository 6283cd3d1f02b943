package org.genesystoken.agent.clients.apache5;

import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.util.Timeout;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** What core wants to know of a request before it is sent. */
final class Hops {
  private Hops() {}

  static boolean covers(TokenPolicy policy, RouteInfo route, HttpRequest request) {
    HttpHost target = route.getTargetHost();
    return !Method.CONNECT.isSame(request.getMethod())
        && policy.coversHop(
            target.getSchemeName(),
            target.getHostName(),
            target.getPort(),
            request.getPath(),
            route.getProxyHost() != null);
  }

  /** The first Authorization value that the request has, or null. */
  static String authorization(HttpRequest request) {
    Header own = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    return own == null ? null : own.getValue();
  }

  /** How long the app lets an answer take: milliseconds, or {@link TokenPolicy#NO_BUDGET}. */
  static long budgetMillis(HttpClientContext context) {
    RequestConfig config = context.getRequestConfig();
    Timeout timeout = config == null ? null : config.getResponseTimeout();
    return timeout == null || !timeout.isEnabled()
        ? TokenPolicy.NO_BUDGET
        : timeout.toMilliseconds();
  }
}

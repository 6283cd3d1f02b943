package org.genesystoken.agent.clients.apache4;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.genesystoken.agent.clients.body.WrittenToken;
import org.genesystoken.agent.clients.weave.Adapter;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The hooks, see {@link Apache4Client} for where they are called. Thread-safe. */
public final class Apache4Adapter implements Adapter {
  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once for each loader, by reflection. */
  public Apache4Adapter(TokenPolicy policy) {
    hooks =
        Arrays.asList(
            (nothing, context) -> execute(policy, (Object[]) context),
            (request, context) -> present((HttpRequest) request, ((Object[]) context)[1]),
            (request, context) -> TokenHeader.withdraw((HttpRequest) request),
            (bytes, context) -> WrittenToken.masked((byte[]) bytes));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** Carries out a hop; null: it is none of the agent's business, or of an exchange already. */
  private static Object execute(TokenPolicy policy, Object[] context) {
    HttpRoute route = (HttpRoute) context[2];
    HttpRequestWrapper request = (HttpRequestWrapper) context[3];
    HttpExecutionAware aware = (HttpExecutionAware) context[5];
    if (aware instanceof Exchange
        || route == null
        || request == null
        || context[4] == null
        || !covers(policy, route, request)) {
      return null;
    }
    return new Exchange(policy, (ClientExecChain) context[1], route, request, aware)
        .execute((HttpClientContext) context[4]);
  }

  private static boolean covers(TokenPolicy policy, HttpRoute route, HttpRequest request) {
    HttpHost target = route.getTargetHost();
    return policy.coversHop(
        target.getSchemeName(),
        target.getHostName(),
        target.getPort(),
        request.getRequestLine().getUri(),
        route.getProxyHost() != null);
  }

  private static HttpRequest present(HttpRequest request, Object aware) {
    if (aware instanceof Exchange) {
      ((Exchange) aware).present(request);
    }
    return request;
  }
}

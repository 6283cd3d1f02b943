package org.genesystoken.agent.clients.apache4;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.http.HttpHost;
import org.apache.http.HttpResponse;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.genesystoken.agent.clients.weave.Adapter;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The hooks, see {@link DirectorClient} for where they are called. Thread-safe. */
@SuppressWarnings("deprecation") // as the client is that this is about
public final class DirectorAdapter implements Adapter {
  /** The hop that this thread carries out. */
  private static final ThreadLocal<DirectedHop> CURRENT = new ThreadLocal<>();

  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once for each loader, by reflection. */
  public DirectorAdapter(TokenPolicy policy) {
    hooks =
        Arrays.asList(
            (nothing, context) -> present(policy, (Object[]) context),
            (response, context) -> answered((HttpResponse) response),
            (nothing, context) -> failed());
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  private static Object present(TokenPolicy policy, Object[] context) {
    // of an attempt that the library makes anew
    failed();
    org.apache.http.impl.client.RoutedRequest routed =
        (org.apache.http.impl.client.RoutedRequest) context[1];
    HttpRoute route = routed.getRoute();
    org.apache.http.impl.client.RequestWrapper request = routed.getRequest();
    HttpHost target = route.getTargetHost();
    if (policy.coversHop(
        target.getSchemeName(),
        target.getHostName(),
        target.getPort(),
        request.getRequestLine().getUri(),
        route.getProxyHost() != null)) {
      DirectedHop hop =
          new DirectedHop(
              policy,
              route,
              request,
              (HttpContext) context[2],
              (HttpRequestExecutor) context[3],
              (org.apache.http.conn.ManagedClientConnection) context[4]);
      CURRENT.set(hop);
      hop.present();
    }
    return null;
  }

  private static HttpResponse answered(HttpResponse response) {
    DirectedHop hop = CURRENT.get();
    if (hop == null) {
      return response;
    }
    try {
      return hop.answered(response);
    } finally {
      failed();
    }
  }

  private static Object failed() {
    DirectedHop hop = CURRENT.get();
    if (hop != null) {
      CURRENT.remove();
      hop.withdraw();
    }
    return null;
  }
}

package org.genesystoken.agent.clients.apache5;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.genesystoken.agent.clients.body.WrittenToken;
import org.genesystoken.agent.clients.weave.Adapter;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The hooks, see {@link Apache5Client} for where they are called. Thread-safe. */
public final class Apache5Adapter implements Adapter {
  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once for each loader, by reflection. */
  public Apache5Adapter(TokenPolicy policy) {
    hooks =
        Arrays.asList(
            (nothing, context) -> execute(policy, (Object[]) context),
            (bytes, context) -> WrittenToken.masked((byte[]) bytes));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** Carries out a hop; null: it is none of the agent's business, or of an exchange already. */
  private static Object execute(TokenPolicy policy, Object[] context) {
    ClassicHttpRequest request = (ClassicHttpRequest) context[3];
    HttpClientContext clientContext = (HttpClientContext) context[4];
    if (request == null || clientContext == null || Exchange.carriesOut(request)) {
      return null;
    }
    RouteInfo route = clientContext.getHttpRoute();
    if (route == null || !Hops.covers(policy, route, request)) {
      return null;
    }
    Exchange.Send send = send((ExecRuntime) context[1], (String) context[2], context);
    return new Exchange(policy, (ExecRuntime) context[1], route, request, clientContext)
        .execute(send);
  }

  /** The way in that the library took. */
  private static Exchange.Send send(ExecRuntime runtime, String id, Object[] context) {
    if (context.length == 5) {
      return (request, clientContext) -> runtime.execute(id, request, clientContext);
    }
    HttpResponseInformationCallback callback = (HttpResponseInformationCallback) context[5];
    return (request, clientContext) -> runtime.execute(id, request, callback, clientContext);
  }
}

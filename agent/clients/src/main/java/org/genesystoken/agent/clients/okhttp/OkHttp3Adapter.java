package org.genesystoken.agent.clients.okhttp;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import okio.Sink;
import org.genesystoken.agent.clients.weave.Adapter;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The hooks, see {@link OkHttp3Client} for where they are called. They and what they use keep to
 * the packages {@code okhttp3} and {@code okio}: the library's module exports no other.
 * Thread-safe.
 */
public final class OkHttp3Adapter implements Adapter {
  /**
   * What the thread is in the middle of. A chain of interceptors is one stack of one thread; a call
   * that the app's own interceptor takes to another goes on as without the agent.
   */
  private static final ThreadLocal<Exchange> CURRENT = new ThreadLocal<>();

  private final TokenPolicy policy;
  private final Bodies bodies = new Bodies();
  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once for each loader, by reflection. */
  public OkHttp3Adapter(TokenPolicy policy) {
    this.policy = policy;
    hooks =
        Arrays.asList(
            (nothing, context) -> execute((Object[]) context),
            (response, context) -> answered((Response) response),
            (nothing, context) -> followUp((Object[]) context),
            (nothing, context) -> connected((Object[]) context),
            (request, context) -> present((Request) request),
            (sink, context) -> keep((Sink) sink, (Object[]) context));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** Carries out a call; null: an exchange does so already. */
  private Object execute(Object[] context) {
    Interceptor.Chain chain = (Interceptor.Chain) context[2];
    // Of an outer call, when an Authenticator or the like makes one of its own.
    Exchange outer = CURRENT.get();
    if (outer != null && outer.isOf(chain)) {
      return null;
    }
    Exchange exchange = new Exchange(policy, bodies, chain);
    CURRENT.set(exchange);
    try {
      return exchange.execute((Interceptor) context[1]);
    } finally {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  private Response answered(Response response) {
    Exchange exchange = CURRENT.get();
    return exchange == null ? response : exchange.answered(response);
  }

  private Request followUp(Object[] context) {
    Exchange exchange = CURRENT.get();
    return exchange == null ? null : exchange.followUp((Response) context[1]);
  }

  private Object connected(Object[] context) {
    Exchange exchange = CURRENT.get();
    if (exchange != null) {
      exchange.connected((Interceptor.Chain) context[1]);
    }
    return null;
  }

  private Request present(Request request) {
    Exchange exchange = CURRENT.get();
    return exchange == null ? request : exchange.present(request);
  }

  private Sink keep(Sink sink, Object[] context) {
    Exchange exchange = CURRENT.get();
    return exchange == null ? sink : exchange.keep(sink, (Request) context[1]);
  }
}

package org.genesystoken.agent.clients.apache5;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http2.frame.RawFrame;
import org.genesystoken.agent.clients.weave.Adapter;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** The hooks, see {@link Apache5AsyncClient} for where they are called. Thread-safe. */
public final class Apache5AsyncAdapter implements Adapter {
  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once for each loader, by reflection. */
  public Apache5AsyncAdapter(TokenPolicy policy) {
    hooks =
        Arrays.asList(
            (nothing, context) -> await(policy, (Object[]) context),
            (handler, context) ->
                exchange(policy, (AsyncClientExchangeHandler) handler, (Object[]) context),
            (bytes, context) -> Logged.bytes((ByteBuffer) bytes),
            (headers, context) -> Logged.headers((List<?>) headers),
            (frame, context) -> Logged.frame((RawFrame) frame));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** Something if a hop waits for its token, and is carried out later; null: it need not. */
  private static Object await(TokenPolicy policy, Object[] context) {
    HttpRequest request = (HttpRequest) context[2];
    AsyncExecChain.Scope scope = (AsyncExecChain.Scope) context[4];
    if (WaitingHop.hasWaited(request) || !Hops.covers(policy, scope.route, request)) {
      return null;
    }
    String own = Hops.authorization(request);
    if (policy.authorizationNow(own) != null) {
      return null;
    }
    CompletableFuture<Void> ready =
        policy.ready(own, Hops.budgetMillis(scope.clientContext)).toCompletableFuture();
    return ready.isDone()
        ? null
        : new WaitingHop(
                (AsyncExecChainHandler) context[1],
                request,
                (AsyncEntityProducer) context[3],
                scope,
                (AsyncExecChain) context[5],
                (AsyncExecCallback) context[6])
            .until(ready);
  }

  /** What is to be told of a hop: the library's own, or ours in front of it. */
  private static AsyncClientExchangeHandler exchange(
      TokenPolicy policy, AsyncClientExchangeHandler handler, Object[] context) {
    HttpRequest request = (HttpRequest) context[1];
    AsyncExecChain.Scope scope = (AsyncExecChain.Scope) context[3];
    return Hops.covers(policy, scope.route, request)
        ? new AsyncExchange(policy, request, (AsyncEntityProducer) context[2], scope, handler)
            .first()
        : handler;
  }
}

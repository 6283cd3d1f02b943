package org.genesystoken.agent.clients.httpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** Where an app's call comes in, and where its answer goes out. */
final class Calls {
  private Calls() {}

  /**
   * Whether a call can reach a covered host: at once, or by a redirect. Others are left to the JDK
   * alone.
   */
  private static boolean concerns(TokenPolicy policy, HttpClient client, HttpRequest request) {
    return (covers(policy, request.uri()) || client.followRedirects() != Redirect.NEVER)
        && !Internals.isWebSocket(request);
  }

  /**
   * A request of a class of the app's own may have no URI; the JDK has something to say to that.
   */
  private static boolean covers(TokenPolicy policy, URI uri) {
    return uri != null
        && policy.covers(uri.getScheme(), uri.getHost(), uri.getPort(), uri.getRawPath());
  }

  /** Whether a call is to carry a token, and there is none yet. */
  private static boolean isCold(TokenPolicy policy, HttpRequest request) {
    // not firstValue(): that makes a stream of the values
    List<String> values = request.headers().map().get("Authorization");
    String own = values == null ? null : values.get(0);
    return covers(policy, request.uri())
        && policy.mayReplace(own)
        && policy.authorizationNow(own) == null;
  }

  /**
   * Begins a blocking call: given the app's body handler, and the client and request; returns the
   * handler to go on with.
   */
  static final class Begin implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;

    Begin(TokenPolicy policy) {
      this.policy = policy;
    }

    @Override
    public Object apply(Object handler, Object context) {
      HttpClient client = (HttpClient) ((Object[]) context)[0];
      HttpRequest request = (HttpRequest) ((Object[]) context)[1];
      if (handler == null || request == null || !concerns(policy, client, request)) {
        return handler;
      }
      Exchange<?> exchange = new Exchange<>(policy, client, request, (BodyHandler<?>) handler);
      if (isCold(policy, request)) {
        // The app's thread may wait for the first token; the client's own threads must not.
        await(exchange.ready());
      }
      return exchange;
    }

    private static void await(CompletableFuture<Void> ready) {
      try {
        ready.get();
      } catch (InterruptedException ofApp) {
        // The JDK's send throws it.
        Thread.currentThread().interrupt();
      } catch (ExecutionException failed) {
        // Then the call goes on as the app wrote it.
      }
    }
  }

  /**
   * What the JDK is given as the request: given the app's request and the handler. See {@link
   * Exchange} for why it is not the app's.
   */
  static final class Request implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object request, Object handler) {
      return handler instanceof Exchange ? handler : request;
    }
  }

  /**
   * Ends a blocking call: given the response and the handler; returns null if the request is to be
   * sent again.
   */
  static final class End implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object response, Object handler) {
      return handler instanceof Exchange && ((Exchange<?>) handler).replays() ? null : response;
    }
  }

  /**
   * Takes over an asynchronous call: given nothing, and the client, request, body handler and push
   * promise handler; returns the future for the app, or null to leave the call to the JDK.
   */
  static final class BeginAsync implements BiFunction<Object, Object, Object> {
    private final TokenPolicy policy;

    BeginAsync(TokenPolicy policy) {
      this.policy = policy;
    }

    @Override
    @SuppressWarnings("unchecked") // the parameters of sendAsync
    public Object apply(Object nothing, Object context) {
      Object[] call = (Object[]) context;
      HttpClient client = (HttpClient) call[0];
      HttpRequest request = (HttpRequest) call[1];
      Object handler = call[2];
      if (handler == null
          || request == null
          || handler instanceof Exchange
          || !concerns(policy, client, request)) {
        return null;
      }
      Exchange<Object> exchange =
          new Exchange<>(policy, client, request, (BodyHandler<Object>) handler);
      PushPromiseHandler<Object> push = (PushPromiseHandler<Object>) call[3];
      try {
        return isCold(policy, request)
            ? sendWhenReady(client, exchange, push)
            : send(client, exchange, push);
      } catch (RuntimeException ofCall) {
        // What the JDK says to the app's arguments, it says again to the app itself.
        return null;
      }
    }

    /** No token yet: the call waits for it without holding a thread. */
    private static CompletableFuture<HttpResponse<Object>> sendWhenReady(
        HttpClient client, Exchange<Object> exchange, PushPromiseHandler<Object> push) {
      CompletableFuture<Void> start = Internals.future();
      CompletableFuture<HttpResponse<Object>> call =
          start.thenComposeAsync(
              ready ->
                  exchange.isCancelled()
                      ? new CompletableFuture<HttpResponse<Object>>()
                      : send(client, exchange, push),
              exchange::execute);
      exchange.cancelWith(call);
      exchange.ready().whenComplete((ready, failure) -> start.complete(null));
      return call;
    }

    /**
     * The same future as the JDK's, one stage on, so that its class and its cancel are the JDK's.
     */
    private static CompletableFuture<HttpResponse<Object>> send(
        HttpClient client, Exchange<Object> exchange, PushPromiseHandler<Object> push) {
      CompletableFuture<HttpResponse<Object>> call =
          exchange
              .send(() -> client.sendAsync(exchange, exchange, push))
              .thenCompose(exchange::answer);
      exchange.cancelWith(call);
      return call;
    }
  }
}

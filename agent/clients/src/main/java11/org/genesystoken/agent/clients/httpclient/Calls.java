package org.genesystoken.agent.clients.httpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** Where an app's call comes in, and where its answer goes out. */
final class Calls {
  private Calls() {}

  /**
   * Whether a call can reach a covered host: at once, or by a redirect. Others are left to the JDK
   * alone; so is a WebSocket's handshake, the request of which cannot be stood in for.
   */
  private static boolean concerns(TokenPolicy policy, HttpClient client, HttpRequest request) {
    URI uri = request.uri();
    return (covers(policy, uri) || client.followRedirects() != Redirect.NEVER)
        && !request.headers().map().containsKey("Sec-WebSocket-Key");
  }

  private static boolean covers(TokenPolicy policy, URI uri) {
    return policy.covers(uri.getScheme(), uri.getHost(), uri.getPort(), uri.getRawPath());
  }

  private static String own(HttpRequest request) {
    return request.headers().firstValue("Authorization").orElse(null);
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
      if (covers(policy, request.uri()) && policy.mayReplace(own(request))) {
        // The app's thread may wait for the first token; the client's own threads must not.
        policy.authorization(own(request));
      }
      return new Exchange<>(policy, client, request, (BodyHandler<?>) handler);
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
      return begin(
          client,
          request,
          new Exchange<>(policy, client, request, (BodyHandler<Object>) handler),
          (PushPromiseHandler<Object>) call[3]);
    }

    private CompletableFuture<HttpResponse<Object>> begin(
        HttpClient client,
        HttpRequest request,
        Exchange<Object> exchange,
        PushPromiseHandler<Object> push) {
      String own = own(request);
      if (!covers(policy, request.uri())
          || !policy.mayReplace(own)
          || policy.authorizationNow(own) != null) {
        return send(client, exchange, push);
      }
      // No token yet: the call waits for it without holding a thread.
      CompletableFuture<HttpResponse<Object>> call =
          policy
              .ready()
              .thenCompose(
                  ready ->
                      exchange.isCancelled()
                          ? new CompletableFuture<HttpResponse<Object>>()
                          : send(client, exchange, push))
              .toCompletableFuture();
      exchange.cancelWith(call);
      return call;
    }

    private static CompletableFuture<HttpResponse<Object>> send(
        HttpClient client, Exchange<Object> exchange, PushPromiseHandler<Object> push) {
      // The same future as the JDK's, one stage on, so that its class and its cancel are the JDK's.
      CompletableFuture<HttpResponse<Object>> call =
          exchange
              .track(client.sendAsync(exchange, exchange, push))
              .thenCompose(
                  response ->
                      exchange.replays()
                          ? exchange.track(client.sendAsync(exchange, exchange, push))
                          : CompletableFuture.completedFuture(response));
      exchange.cancelWith(call);
      return call;
    }
  }
}

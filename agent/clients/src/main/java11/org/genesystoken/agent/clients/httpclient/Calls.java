package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * Where an app's call comes in, and where its answer goes out. The client that the hooks are given
 * is the JDK's own behind the app's: of that one, the JDK wants nothing to be kept, as its client
 * ends when the app has let go of it.
 */
final class Calls {
  private Calls() {}

  /**
   * Whether a call can reach a covered host: at once, or by a redirect. Others are left to the JDK
   * alone.
   */
  private static boolean concerns(TokenPolicy policy, HttpClient client, HttpRequest request) {
    return (Exchange.covers(policy, request.uri()) || client.followRedirects() != Redirect.NEVER)
        && !Internals.isWebSocket(request);
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
      return handler == null || request == null || !concerns(policy, client, request)
          ? handler
          : new Exchange<>(policy, client, request, (BodyHandler<?>) handler, null);
    }
  }

  /**
   * What the JDK is given as the request: given the app's request and the handler. See {@link
   * Exchange} for why it may not be the app's.
   */
  static final class Request implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object request, Object handler) {
      return handler instanceof Exchange ? ((Exchange<?>) handler).request() : request;
    }
  }

  /** Ends a blocking call: given the response and the handler; returns the response for the app. */
  static final class End implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object response, Object handler) {
      return handler instanceof Exchange ? answer((Exchange<?>) handler, response) : response;
    }

    @SuppressWarnings("unchecked") // the exchange's own response
    private static <T> Object answer(Exchange<T> exchange, Object response) {
      return exchange.answer((HttpResponse<T>) response);
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
      if (handler == null || request == null || !concerns(policy, client, request)) {
        return null;
      }
      Exchange<Object> exchange =
          new Exchange<>(
              policy,
              client,
              request,
              (BodyHandler<Object>) handler,
              (PushPromiseHandler<Object>) call[3]);
      try {
        CompletableFuture<HttpResponse<Object>> first = exchange.send();
        if (first.isCompletedExceptionally()) {
          // One stage on its failure would be wrapped.
          return first;
        }
        CompletableFuture<HttpResponse<Object>> ofApp = first.thenApply(exchange::answer);
        exchange.future(ofApp);
        return ofApp;
      } catch (RuntimeException ofCall) {
        // What the JDK says to the app's arguments, it says again to the app itself.
        return null;
      }
    }
  }

  /**
   * Begins an attempt: given the stage that sets it off, and the JDK's exchange and the handler;
   * returns the stage to wait for.
   */
  static final class Attempt implements BiFunction<Object, Object, Object> {
    @Override
    @SuppressWarnings("unchecked") // MultiExchange.responseAsync0 takes this type
    public Object apply(Object trigger, Object context) {
      Object[] attempt = (Object[]) context;
      return attempt[1] instanceof Exchange
          ? ((Exchange<?>) attempt[1]).begin(attempt[0], (CompletableFuture<Void>) trigger)
          : trigger;
    }
  }

  /**
   * Passes the cancellation of an attempt on to the call: given the handler, and whether the
   * exchange is to be aborted.
   */
  static final class Cancelled implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object handler, Object abort) {
      if (handler instanceof Exchange && ((Integer) abort) != 0) {
        ((Exchange<?>) handler).cancel();
      }
      return handler;
    }
  }

  /** The challenges of a 401 as the JDK is to see them: given those, and the handler and status. */
  static final class Challenges implements BiFunction<Object, Object, Object> {
    @Override
    public Object apply(Object challenges, Object context) {
      Object[] answer = (Object[]) context;
      // a proxy's 407 comes here, too
      return answer[0] instanceof Exchange
              && ((Collection<?>) challenges).isEmpty()
              && ((Integer) answer[1]) == 401
          ? ((Exchange<?>) answer[0]).unchallenged()
          : challenges;
    }
  }
}

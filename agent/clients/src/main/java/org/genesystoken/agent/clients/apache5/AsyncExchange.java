package org.genesystoken.agent.clients.apache5;

import java.util.concurrent.CompletionStage;
import org.apache.hc.client5.http.async.AsyncExecChain;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncClientExchangeHandler;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One hop of an asynchronous call: sent once or, after a refusal, again, each time by an {@link
 * Attempt}. The attempts come one after the other.
 */
final class AsyncExchange {
  private final TokenPolicy policy;
  private final HttpRequest request;
  private final AsyncEntityProducer body;
  private final AsyncExecChain.Scope scope;
  private final AsyncClientExchangeHandler library;
  private volatile Header[] headers;
  private volatile RefusedCall refused;
  private volatile Attempt current;
  private volatile Cancellable underWay;
  private volatile boolean anew;

  /**
   * @param body null: none
   * @param library what is to be told of the hop, as if it was sent once
   */
  AsyncExchange(
      TokenPolicy policy,
      HttpRequest request,
      AsyncEntityProducer body,
      AsyncExecChain.Scope scope,
      AsyncClientExchangeHandler library) {
    this.policy = policy;
    this.request = request;
    this.body = body;
    this.scope = scope;
    this.library = library;
  }

  TokenPolicy policy() {
    return policy;
  }

  HttpRequest request() {
    return request;
  }

  /** May be null. */
  AsyncEntityProducer body() {
    return body;
  }

  AsyncClientExchangeHandler library() {
    return library;
  }

  /** The one that the library sends. */
  Attempt first() {
    current = new Attempt(this, null);
    return current;
  }

  /** To be called when the library has written its headers, and its filters have written theirs. */
  void written() {
    headers = request.getHeaders();
  }

  /**
   * Puts the token in, where there is one.
   *
   * @return the Authorization value that goes out, or null
   */
  String present() {
    String own = Hops.authorization(request);
    String value = isForeign() ? null : policy.authorizationNow(own);
    if (value == null || value.equals(own)) {
      return own;
    }
    TokenHeader.present(request, value);
    return value;
  }

  /**
   * More than one Authorization is none of ours; and a connection that was lost may have been made
   * again without the tunnel that it had, so that a proxy would read the token.
   */
  private boolean isForeign() {
    return request.getHeaders(HttpHeaders.AUTHORIZATION).length > 1
        || ("https".equalsIgnoreCase(scope.route.getTargetHost().getSchemeName())
            && scope.clientContext.getSSLSession() == null);
  }

  RefusedCall refused() {
    if (refused == null) {
      refused = policy.refusedCall();
    }
    return refused;
  }

  /** What becomes of a refusal. */
  CompletionStage<Boolean> replays(ApiAnswer refusal, String sent) {
    boolean replayable = (body == null || body.isRepeatable()) && !isCancelled() && !isForeign();
    return refused()
        .replaysAsync(refusal, sent, replayable, Hops.budgetMillis(scope.clientContext));
  }

  boolean isCancelled() {
    return scope.cancellableDependency.isCancelled();
  }

  /** A closed tunnel is opened by a link of the chain above. */
  boolean canSend() {
    return !scope.route.isTunnelled() || scope.execRuntime.isEndpointConnected();
  }

  /**
   * As the library does when an exchange has failed: the failure is told of before the connection
   * is closed, and one that counts as good until then must not get into the pool.
   */
  void discardConnection() {
    scope.execRuntime.discardEndpoint();
  }

  /** Whether a replay that was not sent may be tried once more: so it may, but once. */
  boolean sendsAnew() {
    boolean first = !anew && canSend();
    anew = true;
    return first;
  }

  /** Sends the request again. */
  void replay(Attempt next) {
    current = next;
    request.setHeaders(headers);
    if (body != null) {
      body.releaseResources();
    }
    try {
      underWay = scope.execRuntime.execute(scope.exchangeId, next, scope.clientContext);
      scope.cancellableDependency.setDependency(underWay);
    } catch (RuntimeException unsendable) {
      // The app has closed its client.
      next.unsent(unsendable);
    }
  }

  /**
   * Has the app's cancel reach a call that waits: the exchange is over for the library, which may
   * also have noted an older step of the call as the one to cancel.
   */
  void waits(Attempt attempt) {
    RequestConfig config = scope.clientContext.getRequestConfig();
    if (config == null || config.isHardCancellationEnabled()) {
      scope.cancellableDependency.setDependency(
          () -> {
            attempt.cancel();
            return true;
          });
    }
  }

  /** Cancels what came after an attempt; false: nothing did. */
  boolean cancelsAfter(Attempt attempt) {
    Cancellable later = underWay;
    return current != attempt && later != null && later.cancel();
  }
}

package org.genesystoken.agent.clients.apache4;

import java.io.IOException;
import org.apache.http.Header;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpException;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpRequest;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.concurrent.Cancellable;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.genesystoken.agent.clients.body.Head;
import org.genesystoken.agent.clients.body.KeptBody;
import org.genesystoken.agent.clients.body.Waiting;
import org.genesystoken.agent.clients.body.WrittenToken;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One hop of a call, sent once or, after a refusal, again. The library knows it as what an app can
 * abort a call with, so that it comes along to where the request is written, and an abort reaches
 * the renewal too. One thread, but for {@link #isAborted} and what it aborts.
 */
final class Exchange implements HttpExecutionAware {
  private final TokenPolicy policy;
  private final ClientExecChain chain;
  private final HttpRoute route;
  private final HttpRequestWrapper request;
  private final HttpExecutionAware app;
  private final Header[] headers;
  private String sent;

  /**
   * @param app null: the app's request cannot be aborted
   */
  Exchange(
      TokenPolicy policy,
      ClientExecChain chain,
      HttpRoute route,
      HttpRequestWrapper request,
      HttpExecutionAware app) {
    this.policy = policy;
    this.chain = chain;
    this.route = route;
    this.request = request;
    this.app = app;
    this.headers = request.getAllHeaders();
  }

  @Override
  public boolean isAborted() {
    return app != null && app.isAborted();
  }

  @Override
  public void setCancellable(Cancellable cancellable) {
    if (app != null) {
      app.setCancellable(cancellable);
    }
  }

  /** The answer for the app, or what is to be thrown at it. */
  Object execute(HttpClientContext context) {
    long budget = budgetMillis(context);
    Header own = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    // Not later, with a connection in hand.
    Waiting.forToken(policy, own == null ? null : own.getValue(), budget, this::isAborted);
    KeptBody kept =
        request instanceof HttpEntityEnclosingRequest
            ? KeptEntity.keep((HttpEntityEnclosingRequest) request, policy.replayBodyLimit())
            : null;
    Object answer = send(context);
    RefusedCall refused = null;
    while (answer instanceof CloseableHttpResponse) {
      CloseableHttpResponse response = (CloseableHttpResponse) answer;
      policy.answered(response.getStatusLine().getStatusCode(), sent);
      if (!policy.looksAt(response.getStatusLine().getStatusCode()) || !policy.mayReplace(sent)) {
        return response;
      }
      refused = refused == null ? policy.refusedCall() : refused;
      Head head = Answers.head(refused, response);
      ApiAnswer refusal = head.of(Answers.of(response));
      boolean replayable = kept == null || kept.isWhole();
      if (!Waiting.replays(
          refused.replaysAsync(refusal, sent, replayable, budget), this::isAborted)) {
        return Answers.handOver(response, head);
      }
      Answers.drop(response, head);
      reset(kept);
      answer = sendAgain(context);
      if (answer instanceof IOException && head.isWhole() && !isAborted()) {
        // Without the agent the app would have had the refusal, and no failure.
        return Answers.handOver(response, head);
      }
    }
    return answer;
  }

  /** With the library's own look at whether the server has closed the connection meanwhile. */
  private Object sendAgain(HttpClientContext context) {
    Object own = context.getAttribute(HttpClientContext.REQUEST_CONFIG);
    RequestConfig ours = withStaleCheck(context.getRequestConfig());
    context.setRequestConfig(ours);
    try {
      return send(context);
    } finally {
      // not one that an interceptor has set
      if (context.getAttribute(HttpClientContext.REQUEST_CONFIG) == ours) {
        restore(context, own);
      }
    }
  }

  private static void restore(HttpClientContext context, Object config) {
    if (config == null) {
      context.removeAttribute(HttpClientContext.REQUEST_CONFIG);
    } else {
      context.setAttribute(HttpClientContext.REQUEST_CONFIG, config);
    }
  }

  @SuppressWarnings("deprecation") // newer versions want a pool to do it, which the app has made
  private static RequestConfig withStaleCheck(RequestConfig config) {
    return RequestConfig.copy(config).setStaleConnectionCheckEnabled(true).build();
  }

  private Object send(HttpClientContext context) {
    sent = null;
    try {
      return chain.execute(route, request, context, this);
    } catch (IOException | HttpException | RuntimeException | Error ofCall) {
      return ofCall;
    } finally {
      TokenHeader.withdraw(request);
      // not before: the head of the request may be written late, from a buffer
      WrittenToken.set(null);
    }
  }

  /** Before the request is written: gives it the token, if it is to have one. */
  void present(HttpRequest written) {
    Header[] own = written.getHeaders(HttpHeaders.AUTHORIZATION);
    sent = own.length == 0 ? null : own[0].getValue();
    String value = own.length > 1 ? null : policy.authorizationNow(sent);
    if (value != null && !value.equals(sent)) {
      TokenHeader.present(written, value);
      sent = value;
    }
  }

  /** Makes the request as it came. */
  private void reset(KeptBody kept) {
    request.setHeaders(headers);
    if (kept != null) {
      kept.replay();
    }
  }

  private static long budgetMillis(HttpClientContext context) {
    int millis = context.getRequestConfig().getSocketTimeout();
    return millis > 0 ? millis : TokenPolicy.NO_BUDGET;
  }
}

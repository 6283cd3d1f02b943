package org.genesystoken.agent.clients.okhttp;

import java.io.IOException;
import java.net.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Sink;
import okio.Timeout;
import org.genesystoken.agent.clients.body.Waiting;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One call of the app with all its hops, each sent once or, after a refusal, again. Sending again
 * is the library's own follow-up, so that bodies are closed, connections reused and hops counted as
 * it does; only that the app does not find the refusal among the prior responses. One thread.
 */
final class Exchange {
  private static final String AUTHORIZATION = "Authorization";

  private final TokenPolicy policy;
  private final Bodies bodies;
  private final Interceptor.Chain chain;
  private final Call call;
  private final long start = System.nanoTime();

  // of the hop in progress
  private boolean connected;
  private boolean proxied;
  private boolean covered;
  private String sent;
  private KeptBody keptBody;

  // of the call
  private RefusedCall refused;
  private Response kept;
  private boolean replayed;

  // of the answers so far
  private Response latest;
  private Response shown;
  private Response shownPrior;
  private Request replayedRequest;

  Exchange(TokenPolicy policy, Bodies bodies, Interceptor.Chain chain) {
    this.policy = policy;
    this.bodies = bodies;
    this.chain = chain;
    this.call = chain.call();
  }

  boolean isOf(Interceptor.Chain other) {
    return chain == other;
  }

  /** The answer for the app, or what is to be thrown at it. */
  Object execute(Interceptor interceptor) {
    awaitToken(chain.request());
    try {
      Response response = interceptor.intercept(chain);
      return response == latest ? shown : response;
    } catch (IOException ofCall) {
      // Without the agent the app would have had the refusal, and no failure.
      return kept == null || call.isCanceled() ? ofCall : kept;
    } catch (RuntimeException | Error ofCall) {
      return ofCall;
    }
  }

  /** Where there is none yet. Not later, with a connection in hand. */
  private void awaitToken(Request request) {
    if (covers(request)) {
      Waiting.forToken(policy, request.header(AUTHORIZATION), budgetMillis(), call::isCanceled);
    }
  }

  /** A hop has a connection, and its request is about to be written. */
  void connected(Interceptor.Chain last) {
    Connection connection = last.connection();
    Proxy proxy = connection == null ? null : connection.route().proxy();
    proxied = proxy != null && proxy.type() == Proxy.Type.HTTP;
    connected = last.call() == call;
    covered = false;
  }

  /** The request as it is to be written: with the token, if it is to have one. */
  Request present(Request request) {
    if (!connected) {
      return request;
    }
    connected = false;
    covered = covers(request);
    if (!covered) {
      return request;
    }
    List<String> own = request.headers(AUTHORIZATION);
    sent = own.isEmpty() ? null : own.get(0);
    String value = own.size() > 1 ? null : policy.authorizationNow(sent);
    if (value == null || value.equals(sent)) {
      return request;
    }
    sent = value;
    return request.newBuilder().header(AUTHORIZATION, value).build();
  }

  /** Where the body of a request is to be written: what can be sent once is kept meanwhile. */
  Sink keep(Sink sink, Request request) {
    RequestBody body = request.body();
    if (!covered || bodies.isRepeatable(body) || bodies.isDuplex(body)) {
      return sink;
    }
    keptBody = new KeptBody(sink, body, policy.replayBodyLimit());
    return keptBody;
  }

  private boolean covers(Request request) {
    HttpUrl url = request.url();
    String host = url.host();
    return request.header("Upgrade") == null
        && policy.coversHop(
            url.scheme(),
            host.indexOf(':') < 0 ? host : '[' + host + ']',
            url.port(),
            url.encodedPath(),
            proxied);
  }

  /** An answer as the app is to see it: without those before it that were replayed. */
  Response answered(Response response) {
    latest = response;
    shown = response;
    kept = null;
    if (replayed) {
      Response.Builder builder = response.newBuilder();
      if (replayedRequest == null) {
        shownPrior = response.priorResponse().newBuilder().priorResponse(shownPrior).build();
      } else {
        // of which the body may have been ours
        builder.request(replayedRequest);
        replayedRequest = null;
      }
      shown = builder.priorResponse(shownPrior).build();
    }
    return shown;
  }

  /** What to send instead of giving the app that answer, or null. */
  Request followUp(Response response) {
    // What comes out of a cache was not sent.
    boolean ours = covered;
    covered = false;
    if (ours) {
      policy.answered(response.code(), sent);
    }
    if (!ours || !policy.looksAt(response.code()) || !policy.mayReplace(sent)) {
      return null;
    }
    refused = refused == null ? policy.refusedCall() : refused;
    Head head = Head.of(refused, response);
    Request request = response.request();
    Request again = again(request);
    if (!Waiting.replays(
        refused.replaysAsync(head.answer(), sent, again != null, budgetMillis()),
        call::isCanceled)) {
      shown = head.handOver();
      return null;
    }
    kept = head.kept();
    shownPrior = response.priorResponse();
    replayed = true;
    replayedRequest = request;
    return again;
  }

  /** The same request to be sent once more, or null: it cannot be. */
  private Request again(Request request) {
    RequestBody body = request.body();
    if (bodies.isRepeatable(body)) {
      return request;
    }
    return keptBody != null && keptBody.isWhole(body)
        ? request.newBuilder().method(request.method(), keptBody.again()).build()
        : null;
  }

  private long budgetMillis() {
    long budget =
        chain.readTimeoutMillis() > 0
            ? TimeUnit.MILLISECONDS.toNanos(chain.readTimeoutMillis())
            : Long.MAX_VALUE;
    long now = System.nanoTime();
    Timeout timeout = call.timeout();
    if (timeout.timeoutNanos() > 0) {
      budget = Math.min(budget, timeout.timeoutNanos() - (now - start));
    }
    if (timeout.hasDeadline()) {
      budget = Math.min(budget, timeout.deadlineNanoTime() - now);
    }
    return budget == Long.MAX_VALUE
        ? TokenPolicy.NO_BUDGET
        : Math.max(0, TimeUnit.NANOSECONDS.toMillis(budget));
  }
}

package org.genesystoken.agent.clients.apache5;

import java.io.IOException;
import java.net.SocketException;
import org.apache.hc.client5.http.RouteInfo;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.genesystoken.agent.clients.body.Head;
import org.genesystoken.agent.clients.body.KeptBody;
import org.genesystoken.agent.clients.body.Waiting;
import org.genesystoken.agent.clients.body.WrittenToken;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One hop of a call, sent once or, after a refusal, again on the connection that it has. One
 * thread.
 */
final class Exchange {
  /** The request that this thread carries out: so that the library's own code is let through. */
  private static final ThreadLocal<ClassicHttpRequest> CURRENT = new ThreadLocal<>();

  private final TokenPolicy policy;
  private final ExecRuntime runtime;
  private final RouteInfo route;
  private final ClassicHttpRequest request;
  private final HttpClientContext context;
  private String sent;

  Exchange(
      TokenPolicy policy,
      ExecRuntime runtime,
      RouteInfo route,
      ClassicHttpRequest request,
      HttpClientContext context) {
    this.policy = policy;
    this.runtime = runtime;
    this.route = route;
    this.request = request;
    this.context = context;
  }

  /** The library's own way of sending a request. */
  interface Send {
    ClassicHttpResponse send(ClassicHttpRequest request, HttpClientContext context)
        throws IOException, HttpException;
  }

  static boolean carriesOut(ClassicHttpRequest request) {
    return CURRENT.get() == request;
  }

  /** The answer for the app, or what is to be thrown at it. */
  Object execute(Send way) {
    long budget = Hops.budgetMillis(context);
    HttpEntity entity = request.getEntity();
    // The library says of a body that can be read once that it is repeatable until it was read.
    KeptBody kept =
        entity == null || (entity.isRepeatable() && !entity.isStreaming())
            ? null
            : new KeptBody(policy.replayBodyLimit());
    RefusedCall refused = null;
    Header own = request.getFirstHeader(HttpHeaders.AUTHORIZATION);
    Waiting.forToken(
        policy, own == null ? null : own.getValue(), budget, runtime::isExecutionAborted);
    Object answer = send(way, kept);
    while (answer instanceof ClassicHttpResponse) {
      ClassicHttpResponse response = (ClassicHttpResponse) answer;
      policy.answered(response.getCode(), sent);
      if (!policy.looksAt(response.getCode()) || !policy.mayReplace(sent)) {
        return response;
      }
      refused = refused == null ? policy.refusedCall() : refused;
      Head head = Answers.head(refused, response);
      ApiAnswer refusal = head.of(Answers.of(response));
      boolean reusable =
          DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
      // A closed tunnel is opened by a link of the chain above.
      boolean replayable = isReplayable(entity, kept) && (reusable || !route.isTunnelled());
      if (!Waiting.replays(
              refused.replaysAsync(refusal, sent, replayable, budget), runtime::isExecutionAborted)
          || !prepare(response, head, reusable)) {
        return Answers.handOver(response, head);
      }
      answer = sendAgain(way, kept);
      if (answer instanceof IOException && head.isWhole() && !runtime.isExecutionAborted()) {
        // Without the agent the app would have had the refusal, and no failure.
        return Answers.handOver(response, head);
      }
    }
    return answer;
  }

  /** To be asked when the body was sent. */
  private static boolean isReplayable(HttpEntity entity, KeptBody kept) {
    return kept == null ? entity == null || entity.isRepeatable() : kept.isWhole();
  }

  /** Makes the connection ready for another request. False: it cannot be had any more. */
  private boolean prepare(ClassicHttpResponse response, Head head, boolean reusable) {
    try {
      // After a refusal that was not waited for there may be a body to come.
      boolean outOfStep =
          request.getFirstHeader(HttpHeaders.EXPECT) != null && !route.isTunnelled();
      if (!Answers.drain(response, head) || !reusable || outOfStep) {
        if (route.isTunnelled()) {
          return false;
        }
        runtime.disconnectEndpoint();
      }
    } catch (IOException lost) {
      // then sending says so
    }
    return true;
  }

  /**
   * Some servers close the connection, and do not say so: then as the library does, whose own try
   * is above us, and does not see it.
   */
  private Object sendAgain(Send way, KeptBody kept) {
    if (kept != null) {
      kept.replay();
    }
    HttpEntity entity = request.getEntity();
    boolean connected = runtime.isEndpointConnected();
    Object answer = send(way, kept);
    boolean closed = answer instanceof NoHttpResponseException || answer instanceof SocketException;
    if (!closed
        || !connected
        || route.isTunnelled()
        || !Method.isIdempotent(request.getMethod())
        || !isReplayable(entity, kept)) {
      return answer;
    }
    try {
      runtime.disconnectEndpoint();
    } catch (IOException lost) {
      // it is
    }
    if (kept != null) {
      kept.replay();
    }
    return send(way, kept);
  }

  private Object send(Send way, KeptBody kept) {
    if (runtime.isExecutionAborted()) {
      // In the library's words: of itself it would miss the connection that the abort took away.
      return new RequestFailedException("Request aborted");
    }
    HttpEntity entity = request.getEntity();
    Header[] own = request.getHeaders(HttpHeaders.AUTHORIZATION);
    sent = own.length == 0 ? null : own[0].getValue();
    String value = own.length > 1 ? null : policy.authorizationNow(sent);
    ClassicHttpRequest before = CURRENT.get();
    CURRENT.set(request);
    try {
      if (value != null && !value.equals(sent)) {
        TokenHeader.present(request, value);
        sent = value;
      }
      if (kept != null) {
        request.setEntity(new KeptEntity(entity, kept));
      }
      return way.send(request, context);
    } catch (IOException | HttpException | RuntimeException | Error ofCall) {
      return ofCall;
    } finally {
      CURRENT.remove();
      if (before != null) {
        CURRENT.set(before);
      }
      TokenHeader.withdraw(request);
      // not before: the head of the request may be written late, from a buffer
      WrittenToken.set(null);
      if (kept != null) {
        request.setEntity(entity);
      }
    }
  }
}

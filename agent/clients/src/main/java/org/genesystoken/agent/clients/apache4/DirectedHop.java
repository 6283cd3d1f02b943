package org.genesystoken.agent.clients.apache4;

import java.io.IOException;
import org.apache.http.Header;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpException;
import org.apache.http.HttpHeaders;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.DefaultConnectionReuseStrategy;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.genesystoken.agent.clients.body.Head;
import org.genesystoken.agent.clients.body.KeptBody;
import org.genesystoken.agent.clients.body.Waiting;
import org.genesystoken.agent.clients.body.WrittenToken;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One hop of a {@code DefaultHttpClient}, whose library sends it, and which is sent again here, on
 * the connection that it has. One thread.
 */
@SuppressWarnings("deprecation") // as the client is that this is about
final class DirectedHop {
  /** For how long, about, the connection of an aborted call is waited for. Milliseconds. */
  private static final int LOOKS = 1000;

  private final TokenPolicy policy;
  private final HttpRoute route;
  private final org.apache.http.impl.client.RequestWrapper request;
  private final HttpContext context;
  private final HttpRequestExecutor library;
  private final org.apache.http.conn.ManagedClientConnection connection;
  private final Header[] headers;
  private final long budget;
  private final KeptBody kept;
  private final boolean abortedBefore;
  private String sent;

  DirectedHop(
      TokenPolicy policy,
      HttpRoute route,
      org.apache.http.impl.client.RequestWrapper request,
      HttpContext context,
      HttpRequestExecutor library,
      org.apache.http.conn.ManagedClientConnection connection) {
    this.policy = policy;
    this.route = route;
    this.request = request;
    this.context = context;
    this.library = library;
    this.connection = connection;
    this.headers = request.getAllHeaders();
    this.abortedBefore = isAborted(request.getOriginal());
    int millis = org.apache.http.params.HttpConnectionParams.getSoTimeout(request.getParams());
    this.budget = millis > 0 ? millis : TokenPolicy.NO_BUDGET;
    this.kept =
        request instanceof HttpEntityEnclosingRequest
            ? KeptEntity.keep((HttpEntityEnclosingRequest) request, policy.replayBodyLimit())
            : null;
  }

  /** Gives the request the token, if it is to have one. */
  void present() {
    Header[] own = request.getHeaders(HttpHeaders.AUTHORIZATION);
    sent = own.length == 0 ? null : own[0].getValue();
    if (own.length > 1) {
      return;
    }
    Waiting.forToken(policy, sent, budget, this::hasEnded);
    String value = policy.authorizationNow(sent);
    if (value != null && !value.equals(sent)) {
      TokenHeader.present(request, value);
      sent = value;
    }
  }

  void withdraw() {
    TokenHeader.withdraw(request);
    // not before: the head of the request may be written late, from a buffer
    WrittenToken.set(null);
  }

  /** The answer for the app: this one, or that of a replay; null: the app has ended the call. */
  HttpResponse answered(HttpResponse first) {
    HttpResponse response = first;
    RefusedCall refused = null;
    while (true) {
      withdraw();
      int status = response.getStatusLine().getStatusCode();
      policy.answered(status, sent);
      if (!policy.looksAt(status) || !policy.mayReplace(sent)) {
        return response;
      }
      refused = refused == null ? policy.refusedCall() : refused;
      Head head = Answers.head(refused, response);
      boolean reusable = new DefaultConnectionReuseStrategy().keepAlive(response, context);
      boolean replayable = (kept == null || kept.isWhole()) && (reusable || !route.isTunnelled());
      if (!Waiting.replays(
          refused.replaysAsync(head.of(Answers.of(response)), sent, replayable, budget),
          this::hasEnded)) {
        return Answers.handOver(response, head);
      }
      if (hasEnded()) {
        // The library starts over, and says in its own words that its connection was shut down.
        return null;
      }
      try {
        response = again(response, head, reusable);
      } catch (IOException | HttpException | RuntimeException lost) {
        close();
        if (hasEnded()) {
          return null;
        }
        // Without the agent the app would have had the refusal, and no failure.
        return head.isWhole() ? Answers.handOver(response, head) : broken(response, lost);
      }
    }
  }

  private HttpResponse again(HttpResponse refusal, Head head, boolean reusable)
      throws IOException, HttpException {
    boolean drained = head.isWhole() || head.drain(refusal.getEntity().getContent());
    // After a refusal that was not waited for there may be a body to come.
    boolean outOfStep = request.getFirstHeader(HttpHeaders.EXPECT) != null && !route.isTunnelled();
    // Some servers close it, and do not say so.
    if (!drained || !reusable || outOfStep || (connection.isOpen() && connection.isStale())) {
      connection.close();
    }
    if (!connection.isOpen()) {
      if (route.isTunnelled()) {
        throw new IOException("The tunnel is closed");
      }
      connection.open(route, context, request.getParams());
    }
    request.setHeaders(headers);
    if (kept != null) {
      kept.replay();
    }
    present();
    return library.execute(request, connection, context);
  }

  /**
   * Whether the app has aborted the call. If so, not before its connection is shut down, which the
   * thread that aborts does under this lock: half-way, the library throws what no app expects
   * (IllegalStateException: Connection is not open).
   */
  private boolean hasEnded() {
    if (!isAborted()) {
      return false;
    }
    try {
      for (int i = 0; i < LOOKS && connection.isOpen(); i++) {
        Thread.sleep(1);
      }
    } catch (InterruptedException ofApp) {
      Thread.currentThread().interrupt();
    }
    synchronized (connection) {
      return true;
    }
  }

  /** Of an abort that came before the library had a connection to shut down, it takes no notice. */
  private boolean isAborted() {
    return !abortedBefore && isAborted(request.getOriginal());
  }

  private static boolean isAborted(HttpRequest app) {
    return app instanceof HttpUriRequest && ((HttpUriRequest) app).isAborted();
  }

  private void close() {
    try {
      connection.close();
    } catch (IOException lost) {
      // it is
    }
  }

  /** It was read off, but for what comes of it in the end. */
  private static HttpResponse broken(HttpResponse response, Exception failure) {
    response.setEntity(
        new UnreadEntity(response.getEntity(), Head.failing(new IOException(failure))));
    return response;
  }
}

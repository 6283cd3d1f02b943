package org.genesystoken.agent.clients.httpclient;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One call of the app, from its first hop, or, if it needs nothing of us before, from its refusal,
 * to its last answer. It stands in for both things that the app passed in: for the body handler,
 * where any answer but one to replay goes to the app's own; and, if its body cannot be read twice,
 * for the request, of which the JDK makes a copy at each attempt, so that a replay can have its
 * body from what was kept. A refused attempt ends with its replay, but for a rest of its body that
 * is read off; fields are volatile because its hops run on different threads.
 */
final class Exchange<T> extends HttpRequest implements BodyHandler<T> {
  private static final String JDK_REQUEST = "jdk.internal.net.http.ImmutableHttpRequest";

  /** The JDK takes no less for a time-out; the attempt then times out at once. */
  private static final Duration LEAST = Duration.ofMillis(1);

  private final TokenPolicy policy;
  private final HttpClient client;
  private final HttpRequest request;
  private final BodyHandler<T> handler;
  private final ReplayableBody body;
  private final long start;

  /** What takes the answers that the server sends unasked, null: nothing. */
  private final PushPromiseHandler<T> push;

  /** What the app may do under a security manager; null: there is none. */
  private final AccessControlContext permissions;

  private volatile boolean own;
  private volatile boolean firstHop;
  private volatile String sent;
  private volatile boolean replay;
  private volatile CompletableFuture<Void> bound;
  private volatile RefusedCall refusals;
  private volatile CompletableFuture<?> underWay;
  private volatile CompletableFuture<?> appFuture;
  private volatile boolean cancelled;
  private volatile boolean unchallenged;
  private volatile boolean delivered;

  /** Whether this call has had its wait for a first token: a call waits once. */
  private volatile boolean waited;

  /** The JDK holds it weakly, but it is where a cancellation by the app arrives. */
  private volatile Object first;

  /**
   * @param push may be null
   */
  Exchange(
      TokenPolicy policy,
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      PushPromiseHandler<T> push) {
    this(
        policy,
        client,
        request,
        handler,
        push,
        request.timeout().isPresent() ? System.nanoTime() : 0);
  }

  private Exchange(
      TokenPolicy policy,
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      PushPromiseHandler<T> push,
      long start) {
    this.policy = policy;
    this.client = client;
    this.request = request;
    this.handler = handler;
    this.push = push;
    this.body =
        ReplayableBody.of(
            request.bodyPublisher().orElse(null),
            policy.replayBodyLimit(),
            request.expectContinue());
    this.start = start;
    this.permissions = System.getSecurityManager() == null ? null : AccessController.getContext();
  }

  /**
   * That of a blocking call that needed none until it was refused.
   *
   * @param call the JDK's
   * @param start when it was sent, by {@link System#nanoTime}, if it has a time-out
   */
  static <T> Exchange<T> refused(
      TokenPolicy policy,
      Object call,
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      long start) {
    Exchange<T> exchange = new Exchange<>(policy, client, request, handler, null, start);
    exchange.first = call;
    return exchange;
  }

  /** The hop now under way is none of ours: its answer is passed on. */
  void foreignHop() {
    own = false;
    unchallenged = false;
  }

  /**
   * The hop now under way is ours.
   *
   * @param authorization the value that it carries, null if none
   * @param first whether it is the app's request, rather than one that a redirect led to
   */
  void ownHop(String authorization, boolean first) {
    sent = authorization;
    firstHop = first;
    unchallenged = false;
    own = true;
  }

  /** Sends the call, with this as its body handler. */
  CompletableFuture<HttpResponse<T>> send() {
    return client.sendAsync(request(), this, push);
  }

  /**
   * What the JDK is given as the request: the app's own where each attempt can have that, as the
   * JDK copies and checks what is not of its own making.
   */
  HttpRequest request() {
    return body.isRepeatable() && isOfJdk(request) ? request : this;
  }

  /** Whether a request is one that was built with the JDK's builder. */
  static boolean isOfJdk(HttpRequest request) {
    return request.getClass().getName().equals(JDK_REQUEST);
  }

  /** Whether a hop is the app's request, rather than one that a redirect led to. */
  boolean isFirst(HttpRequest hop) {
    return hop.uri().equals(uri()) && hop.method().equals(method());
  }

  /** The app's own Authorization value, null if it has none. */
  static String authorization(HttpRequest request) {
    // not firstValue(): that makes a stream of the values
    List<String> values = request.headers().map().get(SystemHeaders.NAME);
    return values == null ? null : values.get(0);
  }

  /** The same from a thread that may do more than the app, or less. */
  private CompletableFuture<HttpResponse<T>> sendAsApp() {
    return permissions == null
        ? send()
        : AccessController.doPrivileged(
            (PrivilegedAction<CompletableFuture<HttpResponse<T>>>) this::send, permissions);
  }

  /**
   * Begins an attempt, on the thread that sends it. While there is no token it waits here, inside
   * the JDK's own bookkeeping: a client that is being closed, or a future that is cancelled, knows
   * of a call that waits for its token.
   *
   * @param attempt the JDK's exchange
   * @param trigger what sets it off
   * @return the stage to wait for
   */
  CompletableFuture<Void> begin(Object attempt, CompletableFuture<Void> trigger) {
    if (first == null) {
      first = attempt;
    }
    if (replay) {
      bound(attempt);
      return trigger;
    }
    String ofApp = authorization(request);
    if (!covers(policy, uri())
        || policy.authorizationNow(ofApp) != null
        || isReadOnItsWay(attempt)) {
      return trigger;
    }
    waited = true;
    CompletableFuture<Void> ready = ready(ofApp, 2);
    return ready.isDone()
        ? trigger
        : trigger
            .thenCompose(set -> ready)
            // A call that was cancelled meanwhile is sent by nobody: the JDK knows of it.
            .thenRunAsync(() -> bound(attempt), this::executeElsewhere);
  }

  /** Whether the proxy that the call goes to could read the token: then it is to carry none. */
  private boolean isReadOnItsWay(Object attempt) {
    return "http".equalsIgnoreCase(uri().getScheme())
        && Internals.isProxied(Internals.hop(attempt));
  }

  /**
   * A request of a class of the app's own may have no URI; the JDK has something to say to that.
   */
  static boolean covers(TokenPolicy policy, URI uri) {
    return uri != null
        && policy.covers(uri.getScheme(), uri.getHost(), uri.getPort(), uri.getRawPath());
  }

  /** The JDK gives each attempt the whole of the app's time-out; some of it is over. */
  private void bound(Object attempt) {
    if (timeout().isPresent()) {
      CompletableFuture<Void> over =
          new CompletableFuture<Void>().completeOnTimeout(null, budgetMillis(), MILLISECONDS);
      over.thenRun(() -> executeElsewhere(() -> Internals.timeOut(attempt)));
      bound = over;
      CompletableFuture<?> future = appFuture;
      if (future != null) {
        unbindWith(future);
      }
    }
  }

  private void unbind() {
    CompletableFuture<Void> running = bound;
    if (running != null) {
      running.cancel(false);
    }
  }

  /**
   * Begins the replay of a refused call, before the refused attempt ends: a client that is being
   * closed ends with its last call.
   *
   * @return its answer to come; null: it cannot be replayed, the refusal is for the app
   */
  CompletableFuture<HttpResponse<T>> beginReplay() {
    if (isCancelled() || !isReplayable()) {
      return null;
    }
    boolean before = replay;
    replay = true;
    try {
      CompletableFuture<HttpResponse<T>> attempt = sendAsApp();
      // One that was answered by now, and failed with that, is the app's to see.
      if (delivered || !attempt.isCompletedExceptionally()) {
        underWay = attempt;
        unbindWith(attempt);
        if (isCancelled()) {
          // Just now, so that it was the attempt before this one that was met.
          attempt.cancel(true);
        }
        return attempt;
      }
    } catch (RuntimeException unsendable) {
      // As below: the client takes no more calls.
    }
    replay = before;
    return null;
  }

  private boolean isReplayable() {
    // A replay starts with the first hop: behind a redirect it would send that one twice.
    boolean safe = firstHop || method().equals("GET") || method().equals("HEAD");
    return safe && body.isReplayable() && isTimeLeft();
  }

  /** The app has cancelled the future of the first attempt, or one that derives from it. */
  void cancel() {
    if (!cancelled) {
      cancelled = true;
      CompletableFuture<?> attempt = underWay;
      if (attempt != null) {
        attempt.cancel(true);
      }
    }
  }

  /** The app's future: a call whose future it has cancelled is not worth a replay. */
  void future(CompletableFuture<?> future) {
    appFuture = future;
    if (bound != null) {
      unbindWith(future);
    }
  }

  private void unbindWith(CompletableFuture<?> future) {
    future.whenComplete((answered, failed) -> unbind());
  }

  /** Whether the app's own handler has been given an answer: then what fails is that one. */
  boolean isDelivered() {
    return delivered;
  }

  boolean isCancelled() {
    CompletableFuture<?> future = appFuture;
    return cancelled || (future != null && future.isCancelled());
  }

  /**
   * A refusal says by no header what it wants. A client with an Authenticator would fail the call
   * at that, before anybody has seen the body, which may say that the token has expired.
   *
   * @return the challenges for the JDK to see
   */
  List<String> unchallenged() {
    unchallenged = own && hasAuthenticator();
    return unchallenged ? List.of("Bearer") : List.of();
  }

  boolean hasAuthenticator() {
    return client.authenticator().isPresent();
  }

  /** How the JDK fails a refusal that is for the app, or null: not at all. */
  private IOException failure(ResponseInfo info) {
    return unchallenged
        ? new IOException("WWW-Authenticate header missing for response code " + info.statusCode())
        : null;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    // As the JDK's own, it is for the answer's headers.
    unbind();
    return own && policy.looksAt(info.statusCode()) && (unchallenged || isClear(info))
        ? new Refusal<>(this, info, failure(info), Exchange::patience)
        : subscriber(info);
  }

  private static CompletableFuture<Void> patience() {
    return new CompletableFuture<Void>()
        .completeOnTimeout(null, TokenPolicy.BODY_PATIENCE, MILLISECONDS);
  }

  /** The app's own subscriber for a response. */
  BodySubscriber<T> subscriber(ResponseInfo info) {
    delivered = true;
    body.release();
    return handler.apply(info);
  }

  /** Whether the headers of an answer, or its body, can tell what it means. */
  private boolean isClear(ResponseInfo info) {
    return refusals()
        .isTelling(answer(info), info.headers().firstValue("Content-Type").orElse(null));
  }

  private RefusedCall refusals() {
    if (refusals == null) {
      refusals = policy.refusedCall();
    }
    return refusals;
  }

  private static ApiAnswer answer(ResponseInfo info) {
    HttpHeaders headers = info.headers();
    return ApiAnswer.of(
            info.statusCode(),
            headers.allValues("WWW-Authenticate"),
            headers.firstValue("Retry-After").orElse(null),
            headers.firstValue("Content-Encoding").orElse(null))
        .dated(headers.firstValue("Date").orElse(null));
  }

  /**
   * Decides on the refusal of an own hop.
   *
   * @param head the first bytes of the body
   * @param length how many of them are valid
   * @return completes, never exceptionally, with true if the call is to be sent again
   */
  CompletableFuture<Boolean> refused(ResponseInfo info, byte[] head, int length) {
    ApiAnswer answer = answer(info).withBody(head, length);
    if (waited || firstHop || !isReplayable() || !policy.meansExpired(answer)) {
      return decided(answer);
    }
    // Behind a redirect there is no way to wait before a hop is sent.
    waited = true;
    return ready(sent, 1).thenCompose(ready -> decided(answer));
  }

  private CompletableFuture<Boolean> decided(ApiAnswer answer) {
    return refusals()
        .replaysAsync(answer, sent, isReplayable(), budgetMillis())
        .toCompletableFuture();
  }

  /**
   * Waits for a first token.
   *
   * @param own the Authorization value of the hop without one, null if it has none
   * @param share the part of the app's time-out that it may take, as a divisor: the attempt needs
   *     some, too
   */
  private CompletableFuture<Void> ready(String own, int share) {
    return policy.ready(own, budgetMillis() / share).toCompletableFuture();
  }

  private long budgetMillis() {
    return request.timeout().map(whole -> left(whole).toMillis()).orElse(TokenPolicy.NO_BUDGET);
  }

  /** Runs code of the app where, and as, the JDK would have run it: on a thread of the client's. */
  void execute(Runnable ofApp) {
    Runnable task = permissions == null ? ofApp : () -> asApp(ofApp);
    try {
      Internals.executor(client).execute(task);
    } catch (RejectedExecutionException shutDown) {
      executeByDefault(task);
    }
  }

  /**
   * As {@link #execute}, where the calling thread must not be held up, though the app's executor
   * may run what it is given on that.
   */
  void executeElsewhere(Runnable ofApp) {
    Thread here = Thread.currentThread();
    // A thread that gives a task to its own pool may come to run it, later.
    AtomicBoolean given = new AtomicBoolean();
    execute(
        () -> {
          if (Thread.currentThread() == here && !given.get()) {
            executeByDefault(permissions == null ? ofApp : () -> asApp(ofApp));
          } else {
            ofApp.run();
          }
        });
    given.set(true);
  }

  /** As the JDK does where the client's own executor takes no tasks. */
  private static void executeByDefault(Runnable task) {
    new CompletableFuture<Void>().defaultExecutor().execute(task);
  }

  private void asApp(Runnable task) {
    AccessController.doPrivileged(
        (PrivilegedAction<Void>)
            () -> {
              task.run();
              return null;
            },
        permissions);
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return Optional.ofNullable(replay ? body.replay() : body.first(this::isOwnHop));
  }

  @Override
  public Optional<Duration> timeout() {
    return request.timeout();
  }

  private boolean isOwnHop() {
    return own;
  }

  private boolean isTimeLeft() {
    return request.timeout().isEmpty() || left(request.timeout().get()).compareTo(LEAST) > 0;
  }

  private Duration left(Duration whole) {
    Duration left = whole.minusNanos(System.nanoTime() - start);
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public boolean expectContinue() {
    return request.expectContinue();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public Optional<HttpClient.Version> version() {
    return request.version();
  }

  @Override
  public HttpHeaders headers() {
    return request.headers();
  }

  @Override
  public String toString() {
    return request.toString();
  }
}

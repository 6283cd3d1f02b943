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
import java.util.function.Supplier;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One call of the app, from its first hop to its last answer. It stands in for both things that the
 * app passed in: for the body handler, where any answer but one to replay goes to the app's own;
 * and for the request, of which the JDK makes a copy at each attempt, so that a replay can have its
 * body from what was kept. One attempt is under way at a time; fields are volatile because its hops
 * run on different threads.
 */
final class Exchange<T> extends HttpRequest implements BodyHandler<T> {
  /** The JDK takes no less for a time-out; the attempt then times out at once. */
  private static final Duration LEAST = Duration.ofMillis(1);

  private final TokenPolicy policy;
  private final HttpClient client;
  private final HttpRequest request;
  private final BodyHandler<T> handler;
  private final ReplayableBody body;
  private final long start;

  /** Sends this exchange as a request, with itself as the body handler. */
  private final Supplier<CompletableFuture<HttpResponse<T>>> sender;

  /** What the app may do under a security manager; null: there is none. */
  private final AccessControlContext permissions;

  private volatile boolean own;
  private volatile boolean firstHop;
  private volatile String sent;
  private volatile boolean replay;
  private volatile HttpResponse<T> answer;
  private volatile CompletableFuture<Void> bound;
  private volatile RefusedCall refusals;
  private volatile CompletableFuture<?> underWay;
  private volatile boolean cancelled;
  private volatile boolean unchallenged;
  private volatile boolean delivered;

  /** The JDK holds it weakly, but it is where a cancellation by the app arrives. */
  private volatile Object first;

  /**
   * @param push what takes the answers that the server sends unasked, null: nothing
   */
  Exchange(
      TokenPolicy policy,
      HttpClient client,
      HttpRequest request,
      BodyHandler<T> handler,
      PushPromiseHandler<T> push) {
    this.policy = policy;
    this.client = client;
    this.request = request;
    this.handler = handler;
    this.body =
        new ReplayableBody(
            request.bodyPublisher().orElse(null),
            policy.replayBodyLimit(),
            request.expectContinue());
    this.start = request.timeout().isPresent() ? System.nanoTime() : 0;
    this.permissions = System.getSecurityManager() == null ? null : AccessController.getContext();
    Supplier<CompletableFuture<HttpResponse<T>>> attempt = () -> client.sendAsync(this, this, push);
    // A replay is sent from a thread that may do less than the app.
    this.sender =
        permissions == null
            ? attempt
            : () ->
                AccessController.doPrivileged(
                    (PrivilegedAction<CompletableFuture<HttpResponse<T>>>) attempt::get,
                    permissions);
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

  /** Sends the call, in its first attempt. */
  CompletableFuture<HttpResponse<T>> send() {
    return sender.get();
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
    CompletableFuture<Void> ready = isCold() ? ready() : trigger;
    if (ready == trigger || ready.isDone()) {
      return trigger;
    }
    return trigger
        .thenCompose(set -> ready)
        // A call that was cancelled meanwhile is sent by nobody: the JDK knows of it.
        .thenRunAsync(() -> bound(attempt), this::execute);
  }

  /** Whether the call is to carry a token, and there is none yet. */
  private boolean isCold() {
    // not firstValue(): that makes a stream of the values
    List<String> values = headers().map().get("Authorization");
    String ofApp = values == null ? null : values.get(0);
    return covers(policy, uri())
        && policy.mayReplace(ofApp)
        && policy.authorizationNow(ofApp) == null;
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
      over.thenRun(() -> execute(() -> Internals.timeOut(attempt)));
      bound = over;
    }
  }

  /**
   * Begins the replay of a refused call, before the refused attempt ends: a client that is being
   * closed ends with its last call.
   *
   * @return its answer to come; null: it cannot be replayed, the refusal is for the app
   */
  CompletableFuture<HttpResponse<T>> beginReplay() {
    if (cancelled || !isReplayable()) {
      return null;
    }
    boolean before = replay;
    replay = true;
    try {
      CompletableFuture<HttpResponse<T>> attempt = sender.get();
      if (!attempt.isCompletedExceptionally()) {
        underWay = attempt;
        if (cancelled) {
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

  /** A replay has been answered; the first to be answered of several is the last one sent. */
  void answered(HttpResponse<T> response) {
    if (answer == null) {
      answer = response;
    }
  }

  /** What the app gets for the response to the first attempt: that, or the replay's. */
  HttpResponse<T> answer(HttpResponse<T> response) {
    HttpResponse<T> replayed = answer;
    return replayed == null ? response : replayed;
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

  /** The app's future is done: one that it has given up is not worth a replay. */
  void ended(boolean givenUp) {
    if (givenUp) {
      cancelled = true;
    }
  }

  /** Whether the app's own handler has been given an answer: then what fails is that one. */
  boolean isDelivered() {
    return delivered;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /**
   * A refusal says by no header what it wants. A client with an Authenticator would fail the call
   * at that, before anybody has seen the body, which may say that the token has expired.
   *
   * @return the challenges for the JDK to see
   */
  List<String> unchallenged() {
    unchallenged = own && client.authenticator().isPresent();
    return unchallenged ? List.of("Bearer") : List.of();
  }

  /** How the JDK fails a refusal that is for the app, or null: not at all. */
  private IOException failure(ResponseInfo info) {
    return unchallenged
        ? new IOException("WWW-Authenticate header missing for response code " + info.statusCode())
        : null;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    CompletableFuture<Void> running = bound;
    if (running != null) {
      // As the JDK's own, it is for the answer's headers.
      running.cancel(false);
    }
    if (own) {
      policy.answered(info.statusCode(), sent);
    }
    return own && policy.looksAt(info.statusCode()) && (unchallenged || isClear(info))
        ? new Refusal<>(
            this,
            info,
            failure(info),
            new CompletableFuture<Void>()
                .completeOnTimeout(null, TokenPolicy.BODY_PATIENCE, MILLISECONDS))
        : subscriber(info);
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
        headers.firstValue("Content-Encoding").orElse(null));
  }

  /**
   * Decides on the refusal of an own hop.
   *
   * @param head the first bytes of the body
   * @param length how many of them are valid
   * @return completes, never exceptionally, with true if the call is to be sent again
   */
  CompletableFuture<Boolean> refused(ResponseInfo info, byte[] head, int length) {
    return refusals()
        .replaysAsync(answer(info).withBody(head, length), sent, isReplayable(), budgetMillis())
        .toCompletableFuture();
  }

  /** Waits for a first token, for half of the app's time-out: the attempt needs some, too. */
  private CompletableFuture<Void> ready() {
    return policy.ready(budgetMillis() / 2).toCompletableFuture();
  }

  private long budgetMillis() {
    return request.timeout().map(whole -> left(whole).toMillis()).orElse(TokenPolicy.NO_BUDGET);
  }

  /** Runs code of the app where, and as, the JDK would have run it: on a thread of the client's. */
  void execute(Runnable ofApp) {
    Runnable task = permissions == null ? ofApp : () -> asApp(ofApp);
    try {
      Internals.executor(client).execute(task);
    } catch (RuntimeException shutDown) {
      // As the JDK: the app's code must not hold up a thread of the agent's or of the JVM's timer.
      new CompletableFuture<Void>().defaultExecutor().execute(task);
    }
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

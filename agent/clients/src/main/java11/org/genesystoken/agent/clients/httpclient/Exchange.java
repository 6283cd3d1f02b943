package org.genesystoken.agent.clients.httpclient;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.genesystoken.agent.core.policy.ApiAnswer;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One call of the app, from its first hop to its last answer. It stands in for both things that the
 * app passed in: for the body handler, where any answer but one to replay goes to the app's own;
 * and for the request, of which the JDK makes a copy at each attempt, so that a replay can have its
 * body from what was kept and only the time that is left. One attempt is under way at a time;
 * fields are volatile because its hops run on different threads.
 */
final class Exchange<T> extends HttpRequest implements BodyHandler<T> {
  /** The JDK takes no less for a time-out; the attempt then times out at once. */
  private static final Duration LEAST = Duration.ofMillis(1);

  /** How long the app's call may be held up for a body that the app itself may never read. */
  private static final long PATIENCE_MILLIS = 2000;

  private final TokenPolicy policy;
  private final HttpClient client;
  private final HttpRequest request;
  private final BodyHandler<T> handler;
  private final ReplayableBody body;
  private final long start;

  /** What the app may do under a security manager; null: there is none. */
  private final AccessControlContext permissions;

  private volatile boolean own;
  private volatile boolean firstHop;
  private volatile String sent;
  private volatile boolean late;
  private volatile boolean replay;
  private volatile boolean replayDue;
  private volatile Supplier<CompletableFuture<HttpResponse<T>>> sender;
  private volatile CompletableFuture<HttpResponse<T>> next;
  private volatile RefusedCall refusals;
  private volatile CompletableFuture<?> underWay;
  private volatile boolean cancelled;

  Exchange(TokenPolicy policy, HttpClient client, HttpRequest request, BodyHandler<T> handler) {
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
  }

  /** The hop now under way is none of ours: its answer is passed on. */
  void foreignHop() {
    own = false;
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
    own = true;
  }

  /**
   * Sends the call, in its first attempt; a replay is sent in the same way.
   *
   * @param attempt sends this exchange as a request, with this exchange as its body handler
   */
  CompletableFuture<HttpResponse<T>> send(Supplier<CompletableFuture<HttpResponse<T>>> attempt) {
    // A replay is sent from a thread that may do less than the app.
    sender =
        permissions == null
            ? attempt
            : () ->
                AccessController.doPrivileged(
                    (PrivilegedAction<CompletableFuture<HttpResponse<T>>>) attempt::get,
                    permissions);
    return track(sender.get());
  }

  /**
   * Begins the replay of a refused call.
   *
   * @return false: it cannot be replayed, the refusal is for the app
   */
  boolean beginReplay() {
    // A blocking call would have to throw then, with the refusal lost.
    if (!isReplayable() || Internals.isShutDown(client)) {
      return false;
    }
    boolean before = replay;
    replay = true;
    Supplier<CompletableFuture<HttpResponse<T>>> again = sender;
    if (again == null) {
      replayDue = true;
      return true;
    }
    try {
      // Before the refused attempt ends: a client that is being closed ends with its last call.
      CompletableFuture<HttpResponse<T>> attempt = again.get();
      if (!attempt.isCompletedExceptionally()) {
        next = track(attempt);
        return true;
      }
    } catch (RuntimeException unsendable) {
      // As below: the client takes no more calls.
    }
    replay = before;
    return false;
  }

  private boolean isReplayable() {
    // A replay starts with the first hop: behind a redirect it would send that one twice.
    boolean safe = firstHop || method().equals("GET") || method().equals("HEAD");
    return safe && body.isReplayable() && isTimeLeft();
  }

  /** Whether a blocking call is to be sent again; true once. */
  boolean replays() {
    boolean due = replayDue;
    replayDue = false;
    return due;
  }

  /** What the app gets for the response to an asynchronous call: that, or the replay's. */
  CompletableFuture<HttpResponse<T>> answer(HttpResponse<T> response) {
    CompletableFuture<HttpResponse<T>> replayed = next;
    next = null;
    return replayed == null
        ? CompletableFuture.completedFuture(response)
        : replayed.thenCompose(this::answer);
  }

  /** Notes the attempt under way, for {@link #cancelWith}. */
  <F extends CompletableFuture<?>> F track(F attempt) {
    underWay = attempt;
    // The app may have cancelled just before, and so have met the attempt before this one.
    if (cancelled) {
      attempt.cancel(true);
    }
    return attempt;
  }

  /** Cancels the attempt under way when the app cancels the future that it holds. */
  void cancelWith(CompletableFuture<?> call) {
    call.whenComplete(
        (response, failure) -> {
          if (call.isCancelled()) {
            cancelled = true;
            CompletableFuture<?> attempt = underWay;
            if (attempt != null) {
              attempt.cancel(true);
            }
          }
        });
  }

  boolean isCancelled() {
    return cancelled;
  }

  @Override
  public BodySubscriber<T> apply(ResponseInfo info) {
    return own && policy.looksAt(info.statusCode()) && isClear(info)
        ? new Refusal<>(
            this,
            info,
            new CompletableFuture<Void>().completeOnTimeout(null, PATIENCE_MILLIS, MILLISECONDS))
        : subscriber(info);
  }

  /** The app's own subscriber for a response. */
  BodySubscriber<T> subscriber(ResponseInfo info) {
    body.release();
    return handler.apply(info);
  }

  /** Whether the headers of an answer, or its body, can tell what it means. */
  private boolean isClear(ResponseInfo info) {
    return TokenPolicy.mayTellInBody(info.headers().firstValue("Content-Type").orElse(null))
        || refusals().isClearWithoutBody(answer(info));
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
  CompletableFuture<Void> ready() {
    late = true;
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
    } catch (RejectedExecutionException shutDown) {
      task.run();
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
    return replay || late ? request.timeout().map(this::left) : request.timeout();
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

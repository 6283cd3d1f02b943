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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One call of the app, from its first hop to its last answer. It stands in for both things that the
 * app passed in: for the body handler, where any answer but an expired 401 goes to the app's own;
 * and for the request, of which the JDK makes a copy at each attempt, so that a replay can have its
 * body from what was kept and only the time that is left. One attempt is under way at a time;
 * fields are volatile because its hops run on different threads.
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

  private volatile boolean own;
  private volatile boolean firstHop;
  private volatile String sent;
  private volatile boolean late;
  private volatile boolean replay;
  private volatile boolean replayDue;
  private volatile Supplier<CompletableFuture<HttpResponse<T>>> sender;
  private volatile CompletableFuture<HttpResponse<T>> second;
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
    sender = attempt;
    return track(attempt.get());
  }

  /**
   * Begins the replay of a refused call, for which there is a new token now.
   *
   * @return false: it cannot be replayed, the refusal is for the app
   */
  boolean beginReplay() {
    // A replay starts with the first hop: behind a redirect it would send that one twice.
    boolean safe = firstHop || method().equals("GET") || method().equals("HEAD");
    if (!safe || !body.isReplayable() || !isTimeLeft()) {
      return false;
    }
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
        second = track(attempt);
        return true;
      }
    } catch (RuntimeException unsendable) {
      // As below: the client takes no more calls.
    }
    replay = false;
    return false;
  }

  /** Whether a blocking call is to be sent again; true once. */
  boolean replays() {
    boolean due = replayDue;
    replayDue = false;
    return due;
  }

  /** What the app gets for the response to an asynchronous call: that, or the replay's. */
  CompletableFuture<HttpResponse<T>> answer(HttpResponse<T> response) {
    CompletableFuture<HttpResponse<T>> replayed = second;
    return replayed == null ? CompletableFuture.completedFuture(response) : replayed;
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
    if (info.statusCode() == 401 && own && (tellsByHeaders(info) || mayTellInBody(info))) {
      return new Refusal<>(this, info);
    }
    body.release();
    return handler.apply(info);
  }

  /** The app's own subscriber for a response. */
  BodySubscriber<T> subscriber(ResponseInfo info) {
    body.release();
    return handler.apply(info);
  }

  private boolean tellsByHeaders(ResponseInfo info) {
    return meansExpired(info, new byte[0], 0);
  }

  private boolean mayTellInBody(ResponseInfo info) {
    return TokenPolicy.mayTellInBody(info.headers().firstValue("Content-Type").orElse(null));
  }

  private boolean meansExpired(ResponseInfo info, byte[] head, int length) {
    HttpHeaders headers = info.headers();
    return policy.meansExpired(
        info.statusCode(),
        headers.allValues("WWW-Authenticate"),
        headers.firstValue("Content-Encoding").orElse(null),
        head,
        length);
  }

  /**
   * Decides on a 401 of an own hop.
   *
   * @return completes with true if it means expired and there is another token now
   */
  CompletableFuture<Boolean> refused(ResponseInfo info, byte[] head, int length) {
    if (!meansExpired(info, head, length)) {
      return CompletableFuture.completedFuture(false);
    }
    if (replay) {
      policy.replayRefused(sent);
      return CompletableFuture.completedFuture(false);
    }
    return inTime(policy.renewAsync(sent), false, 1).exceptionally(failure -> false);
  }

  /** Waits for a first token, for half of the app's time-out: the attempt needs some, too. */
  CompletableFuture<Void> ready() {
    late = true;
    return inTime(policy.ready(), null, 2);
  }

  private <V> CompletableFuture<V> inTime(CompletionStage<V> stage, V tooLate, int share) {
    CompletableFuture<V> future = stage.toCompletableFuture();
    Optional<Duration> whole = request.timeout();
    if (whole.isEmpty() || future.isDone()) {
      return future;
    }
    // A copy, as the stage belongs to the policy.
    long millis = left(whole.get()).toMillis() / share;
    return future.copy().completeOnTimeout(tooLate, millis, MILLISECONDS);
  }

  /** Runs code of the app where the JDK would have run it: on a thread of the client's. */
  void execute(Runnable ofApp) {
    try {
      Internals.executor(client).execute(ofApp);
    } catch (RejectedExecutionException shutDown) {
      ofApp.run();
    }
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

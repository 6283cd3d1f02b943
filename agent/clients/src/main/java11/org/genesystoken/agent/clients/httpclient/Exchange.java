package org.genesystoken.agent.clients.httpclient;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * One call of the app, from its first hop to its last answer. It stands in for both things that the
 * app passed in: for the body handler, where any answer but an expired 401 goes to the app's own;
 * and for the request, of which the JDK makes a copy at each attempt, so that a replay can have its
 * body from what was kept and only the time that is left. One attempt is under way at a time;
 * fields are volatile because its hops run on different threads.
 */
final class Exchange<T> extends HttpRequest implements BodyHandler<T> {
  private final TokenPolicy policy;
  private final HttpClient client;
  private final HttpRequest request;
  private final BodyHandler<T> handler;
  private final ReplayableBody body;
  private final long start;

  private volatile boolean own;
  private volatile String sent;
  private volatile boolean replay;
  private volatile boolean replayDue;
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
   */
  void ownHop(String authorization) {
    sent = authorization;
    own = true;
  }

  /** Whether the answer was an expired 401 that there is a new token for; true once. */
  boolean replays() {
    if (!replayDue) {
      return false;
    }
    replayDue = false;
    replay = true;
    own = false;
    return true;
  }

  /** Notes the attempt under way, for {@link #cancelWith}. */
  <F extends CompletableFuture<?>> F track(F attempt) {
    underWay = attempt;
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
    return info.statusCode() == 401 && own ? new Refusal<>(this, info) : handler.apply(info);
  }

  /** The app's own subscriber for a response. */
  BodySubscriber<T> subscriber(ResponseInfo info) {
    return handler.apply(info);
  }

  /**
   * Decides on a 401 of an own hop.
   *
   * @return completes with true if the call is replayed: the refused answer is for nobody
   */
  CompletableFuture<Boolean> refused(ResponseInfo info, byte[] head, int length) {
    HttpHeaders headers = info.headers();
    if (!policy.meansExpired(
        info.statusCode(),
        headers.allValues("WWW-Authenticate"),
        headers.firstValue("Content-Encoding").orElse(null),
        head,
        length)) {
      return CompletableFuture.completedFuture(false);
    }
    if (replay) {
      policy.replayRefused(sent);
      return CompletableFuture.completedFuture(false);
    }
    return policy
        .renewAsync(sent)
        .thenApply(
            renewed -> {
              replayDue = renewed && body.isReplayable();
              return replayDue;
            })
        .exceptionally(failure -> false)
        .toCompletableFuture();
  }

  /** Runs code of the app where the JDK would have run it: on a thread of the client's. */
  void execute(Runnable ofApp) {
    Executor executor = client.executor().orElseGet(new CompletableFuture<Void>()::defaultExecutor);
    try {
      executor.execute(ofApp);
    } catch (RejectedExecutionException shutDown) {
      ofApp.run();
    }
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return Optional.ofNullable(body.publisher(replay));
  }

  @Override
  public Optional<Duration> timeout() {
    return replay ? request.timeout().map(this::left) : request.timeout();
  }

  /** At least a millisecond, as the JDK takes no less; the replay then times out at once. */
  private Duration left(Duration whole) {
    Duration left = whole.minusNanos(System.nanoTime() - start);
    Duration least = Duration.ofMillis(1);
    return left.compareTo(least) < 0 ? least : left;
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

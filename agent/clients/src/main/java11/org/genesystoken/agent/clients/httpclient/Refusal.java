package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The body of a refusal of an own hop, a 401 mostly. Its first bytes are kept until they say
 * whether the token has expired, but not for long: an app may want the headers of a body that never
 * ends. Then either the rest is read off and the call replayed, or the app's own subscriber is
 * given all of it, kept bytes first. Nothing is asked for while the decision is open.
 */
final class Refusal<T> implements BodySubscriber<T> {
  /** Bytes of a refused body that the replay's answer waits for at most, to keep the connection. */
  private static final int DRAIN_LIMIT = 64 * 1024;

  private final Exchange<T> exchange;
  private final ResponseInfo info;
  private final CompletableFuture<T> body = new CompletableFuture<>();
  private final List<List<ByteBuffer>> kept = new ArrayList<>();
  private final CompletableFuture<Void> patience;
  private int size;
  private Subscription upstream;

  /** Set with the decision; meanwhile the JDK brings at most what was asked for before. */
  private Handover<T> handover;

  /** Whether something was asked for that has not come yet. */
  private boolean asked;

  private boolean deciding;
  private boolean decided;
  private boolean ended;
  private Throwable failure;

  /**
   * @param patience completed when the app's call has been held up long enough; cancelled when the
   *     decision comes first
   */
  Refusal(Exchange<T> exchange, ResponseInfo info, CompletableFuture<Void> patience) {
    this.exchange = exchange;
    this.info = info;
    this.patience = patience;
  }

  @Override
  public CompletionStage<T> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    upstream = subscription;
    // Not on the timer's thread: the app's handler may run now, and may take its time.
    patience.thenRun(() -> exchange.execute(this::late));
    synchronized (this) {
      asked = true;
    }
    upstream.request(1);
  }

  /** A body that is too slow is the app's to read, whatever it would have said. */
  private void late() {
    synchronized (this) {
      if (deciding || ended) {
        return;
      }
      deciding = true;
    }
    handOver();
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Handover<T> to;
    boolean replayed;
    boolean more;
    synchronized (this) {
      to = handover;
      replayed = decided;
      size += remaining(buffers);
      if (to == null && !replayed) {
        kept.add(buffers);
      }
      more = to == null && !deciding && size < TokenPolicy.BODY_LIMIT;
      asked = more;
    }
    if (more) {
      upstream.request(1);
    } else if (to != null) {
      to.onNext(buffers);
    } else if (replayed) {
      drain();
    } else {
      decide();
    }
  }

  @Override
  public void onError(Throwable cause) {
    end(cause);
  }

  @Override
  public void onComplete() {
    end(null);
  }

  private static int remaining(List<ByteBuffer> buffers) {
    int remaining = 0;
    for (ByteBuffer buffer : buffers) {
      remaining += buffer.remaining();
    }
    return remaining;
  }

  private void end(Throwable cause) {
    Handover<T> to;
    boolean replayed;
    boolean undecided;
    synchronized (this) {
      to = handover;
      replayed = decided;
      undecided = !deciding && !ended;
      ended = true;
      failure = cause;
    }
    if (to != null) {
      to.end(cause);
    } else if (replayed) {
      body.complete(null);
    } else if (undecided) {
      if (cause == null) {
        decide();
      } else {
        patience.cancel(false);
        handOver();
      }
    }
  }

  private void decide() {
    synchronized (this) {
      if (deciding) {
        return;
      }
      deciding = true;
    }
    patience.cancel(false);
    byte[] head = new byte[TokenPolicy.BODY_LIMIT];
    int length = 0;
    for (List<ByteBuffer> buffers : kept) {
      for (ByteBuffer buffer : buffers) {
        int copied = Math.min(buffer.remaining(), head.length - length);
        buffer.duplicate().get(head, length, copied);
        length += copied;
      }
    }
    CompletableFuture<Boolean> replayed = exchange.refused(info, head, length);
    if (replayed.isDone()) {
      settle(replayed.join());
    } else {
      // Not on the agent's thread: the app's handler may run now, and may take its time.
      replayed.thenAccept(answer -> exchange.execute(() -> settle(answer)));
    }
  }

  private void settle(boolean renewed) {
    if (!renewed || !exchange.beginReplay()) {
      handOver();
      return;
    }
    boolean over;
    synchronized (this) {
      decided = true;
      kept.clear();
      over = ended;
    }
    if (over) {
      body.complete(null);
    } else {
      drain();
    }
  }

  /**
   * Reads the rest off; never cancels, as over HTTP/2 the JDK would fail the exchange with that.
   */
  private void drain() {
    if (size >= TokenPolicy.BODY_LIMIT + DRAIN_LIMIT) {
      body.complete(null);
    }
    upstream.request(1);
  }

  private void handOver() {
    BodySubscriber<T> subscriber;
    try {
      subscriber = exchange.subscriber(info);
    } catch (Throwable ofApp) {
      upstream.cancel();
      body.completeExceptionally(ofApp);
      return;
    }
    CompletableFuture<Void> settled = new CompletableFuture<>();
    Handover<T> to = new Handover<>(subscriber, upstream, body, settled);
    boolean over;
    synchronized (this) {
      to.keep(kept, asked ? 1 : 0);
      over = ended;
      if (over) {
        to.end(failure);
      }
      handover = to;
    }
    // As in the JDK: getBody may block until the body is read, so not on this thread.
    exchange.execute(
        () -> {
          complete(subscriber);
          settled.complete(null);
        });
    to.start();
  }

  private void complete(BodySubscriber<T> subscriber) {
    try {
      subscriber
          .getBody()
          .whenComplete(
              (value, cause) -> {
                if (cause == null) {
                  body.complete(value);
                } else {
                  body.completeExceptionally(cause);
                }
              });
    } catch (Throwable ofApp) {
      body.completeExceptionally(ofApp);
    }
  }
}

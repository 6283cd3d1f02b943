package org.genesystoken.agent.clients.httpclient;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * The body of a refusal of an own hop, a 401 mostly. Its first bytes are kept until they say
 * whether the token has expired, but not for long: an app may want the headers of a body that never
 * ends. Then either the rest is read off and the call replayed, or the app's own subscriber is
 * given all of it, kept bytes first. Nothing is asked for while the decision is open.
 */
final class Refusal<T> implements BodySubscriber<T> {
  private final Exchange<T> exchange;
  private final ResponseInfo info;
  private final IOException ofJdk;
  private final Body<T> body = new Body<>();
  private final List<List<ByteBuffer>> kept = new ArrayList<>();
  private final Supplier<CompletableFuture<Void>> patience;
  private final CompletableFuture<Void> heldUp;
  private int size;
  private Subscription upstream;

  /** Set with the decision; meanwhile the JDK brings at most what was asked for before. */
  private Handover<T> handover;

  /** Whether something was asked for that has not come yet. */
  private boolean asked;

  private boolean deciding;
  private boolean replayed;
  private volatile boolean restorable;
  private boolean ended;
  private Throwable failure;

  /**
   * @param ofJdk what the JDK fails the call with if the refusal is for the app; null: with nothing
   * @param patience gives what completes when something has been waited for long enough
   */
  Refusal(
      Exchange<T> exchange,
      ResponseInfo info,
      IOException ofJdk,
      Supplier<CompletableFuture<Void>> patience) {
    this.exchange = exchange;
    this.info = info;
    this.ofJdk = ofJdk;
    this.patience = patience;
    this.heldUp = patience.get();
  }

  @Override
  public CompletionStage<T> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    upstream = subscription;
    // Not on the timer's thread: the app's handler may run now, and may take its time.
    heldUp.thenRun(() -> exchange.executeElsewhere(this::late));
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
    boolean more;
    synchronized (this) {
      to = handover;
      size += remaining(buffers);
      if (to == null && !replayed) {
        kept.add(buffers);
      }
      more = replayed || (to == null && !deciding && size < TokenPolicy.BODY_LIMIT);
      asked = more;
    }
    if (more) {
      upstream.request(1);
    } else if (to != null) {
      to.onNext(buffers);
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
    boolean undecided;
    boolean lostInReplay;
    synchronized (this) {
      to = handover;
      undecided = !deciding && !ended;
      lostInReplay = cause != null && replayed;
      ended = true;
      failure = cause;
    }
    if (lostInReplay) {
      // The JDK fails the call with that, whatever its replay comes to.
      exchange.cancel();
    } else if (to != null) {
      to.end(cause);
    } else if (undecided) {
      if (cause == null) {
        decide();
      } else {
        heldUp.cancel(false);
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
    heldUp.cancel(false);
    byte[] head = new byte[TokenPolicy.BODY_LIMIT];
    int length = 0;
    for (List<ByteBuffer> buffers : kept) {
      for (ByteBuffer buffer : buffers) {
        int copied = Math.min(buffer.remaining(), head.length - length);
        buffer.duplicate().get(head, length, copied);
        length += copied;
      }
    }
    CompletableFuture<Boolean> renewal = exchange.refused(info, head, length);
    if (renewal.isDone()) {
      settle(renewal.join());
    } else {
      // Not on the agent's thread: the app's handler may run now, and may take its time.
      renewal.thenAccept(answer -> exchange.executeElsewhere(() -> settle(answer)));
    }
  }

  private void settle(boolean renewed) {
    CompletableFuture<HttpResponse<T>> attempt = renewed ? exchange.beginReplay() : null;
    if (attempt == null) {
      handOver();
      return;
    }
    synchronized (this) {
      restorable = ended && failure == null;
    }
    attempt.whenComplete(this::replayed);
    drop();
  }

  /**
   * Reads the rest off, to keep the connection, but what was kept is kept if it is all. Not
   * cancelled before the call is over: over HTTP/2 the JDK would fail the exchange with that.
   */
  private void drop() {
    boolean over;
    synchronized (this) {
      replayed = true;
      over = ended;
      if (!restorable) {
        kept.clear();
      }
    }
    if (!over) {
      upstream.request(1);
    }
  }

  /**
   * Ends the refused attempt with its replay: with the refusal after all, if that got no answer and
   * the refusal is still there.
   */
  private void replayed(HttpResponse<T> answer, Throwable lost) {
    if (lost == null) {
      body.complete(Replayed.with(answer));
      endDrop();
    } else if (restorable && !exchange.isCancelled() && !exchange.isDelivered()) {
      exchange.execute(this::handOver);
    } else {
      body.completeExceptionally(cause(lost));
      endDrop();
    }
  }

  /** A rest without an end would keep its connection busy for ever. */
  private void endDrop() {
    if (!isEnded()) {
      body.awaited
          .thenCompose(ready -> patience.get())
          .thenRun(() -> exchange.executeElsewhere(this::cut));
    }
  }

  private void cut() {
    if (!isEnded()) {
      upstream.cancel();
    }
  }

  private synchronized boolean isEnded() {
    return ended;
  }

  /**
   * Without what the JDK has wrapped it in, and will wrap it in again. The future of a replay that
   * is cancelled is often done before the JDK has said so in its own words.
   */
  private static Throwable cause(Throwable failure) {
    boolean cancelled = failure instanceof CancellationException;
    if (failure.getCause() != null && (cancelled || failure instanceof CompletionException)) {
      return cause(failure.getCause());
    }
    return cancelled ? new IOException("Request cancelled") : failure;
  }

  private void handOver() {
    if (ofJdk != null) {
      body.completeExceptionally(ofJdk);
      drop();
      endDrop();
      return;
    }
    BodySubscriber<T> subscriber;
    try {
      subscriber = exchange.subscriber(info);
    } catch (Throwable ofApp) {
      body.completeExceptionally(ofApp);
      body.awaited.thenRun(upstream::cancel);
      return;
    }
    CompletableFuture<Void> given = new CompletableFuture<>();
    Handover<T> to =
        new Handover<>(subscriber, upstream, body, CompletableFuture.allOf(given, body.awaited));
    boolean over;
    synchronized (this) {
      to.keep(kept, asked ? 1 : 0);
      over = ended;
      if (over) {
        to.end(failure);
      }
      handover = to;
    }
    // As in the JDK: getBody may block until the body is read, and onNext until somebody reads it.
    exchange.executeElsewhere(
        () -> {
          complete(subscriber);
          given.complete(null);
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

  /**
   * Knows when the JDK waits for it. An upstream that is cancelled before fails the exchange, over
   * HTTP/2, with that cancellation; after it, with what the body has failed with.
   */
  private static final class Body<T> extends CompletableFuture<T> {
    final CompletableFuture<Void> awaited = new CompletableFuture<>();

    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
      CompletableFuture<T> stage = super.whenComplete(action);
      awaited.complete(null);
      return stage;
    }
  }
}

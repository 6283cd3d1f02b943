package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscription;

/**
 * Gives a body to the app's subscriber at the pace that it asks for: what was kept first, then what
 * the JDK delivers. Signals are serial (Flow, rule 1.3): one thread at a time delivers, and what
 * others bring meanwhile it does too. Should the subscriber throw, the body fails with that, as in
 * the JDK. Thread-safe.
 */
final class Handover<T> implements Subscription {
  private final BodySubscriber<T> app;
  private final Subscription upstream;
  private final CompletableFuture<T> body;
  private final CompletableFuture<?> settled;
  private final Queue<List<ByteBuffer>> waiting = new ArrayDeque<>();
  private long demand;
  private long asked;
  private boolean ended;
  private Throwable failure;
  private boolean started;
  private boolean delivering;
  private boolean over;
  private boolean cancelDue;

  /**
   * @param body completed if the app's subscriber throws, and not otherwise
   * @param settled completed when {@code body} takes over what the app's subscriber ends with, and
   *     the JDK what that ends with
   */
  Handover(
      BodySubscriber<T> app,
      Subscription upstream,
      CompletableFuture<T> body,
      CompletableFuture<?> settled) {
    this.app = app;
    this.upstream = upstream;
    this.body = body;
    this.settled = settled;
  }

  /**
   * Takes what was kept; before {@link #start}.
   *
   * @param underWay how much more was asked for
   */
  void keep(Collection<List<ByteBuffer>> kept, int underWay) {
    waiting.addAll(kept);
    asked = underWay;
  }

  /** Subscribes the app's subscriber. */
  void start() {
    synchronized (this) {
      delivering = true;
    }
    try {
      app.onSubscribe(this);
    } catch (Throwable ofApp) {
      fail(ofApp);
    }
    synchronized (this) {
      started = true;
      delivering = false;
    }
    deliver();
  }

  @Override
  public void request(long count) {
    if (count <= 0) {
      // The JDK's own subscription knows what to say to that.
      upstream.request(count);
      return;
    }
    synchronized (this) {
      demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
    }
    deliver();
  }

  /**
   * From inside a signal the JDK hears of it only when the signal is over, and the body is known to
   * be what the app ended it with: over HTTP/2 it fails the exchange at once, with a failure of its
   * own.
   */
  @Override
  public void cancel() {
    synchronized (this) {
      over = true;
      waiting.clear();
      if (delivering) {
        cancelDue = true;
        return;
      }
    }
    upstream.cancel();
  }

  void onNext(List<ByteBuffer> buffers) {
    synchronized (this) {
      asked = asked == Long.MAX_VALUE ? asked : asked - 1;
      waiting.add(buffers);
    }
    deliver();
  }

  /**
   * @param cause null: the body is complete
   */
  void end(Throwable cause) {
    synchronized (this) {
      ended = true;
      failure = cause;
    }
    deliver();
  }

  private void deliver() {
    for (boolean mine = false; ; mine = true) {
      List<ByteBuffer> next = null;
      long toAsk = 0;
      boolean end = false;
      synchronized (this) {
        if (!started || over || (delivering && !mine)) {
          delivering = delivering && !mine;
          if (cancelDue && !delivering) {
            cancelDue = false;
            settled.thenRun(upstream::cancel);
          }
          return;
        }
        if (!waiting.isEmpty() && demand > 0) {
          next = waiting.remove();
          demand = demand == Long.MAX_VALUE ? demand : demand - 1;
        } else if (waiting.isEmpty() && ended) {
          end = true;
          over = true;
        } else if (waiting.isEmpty() && demand > asked) {
          toAsk = demand == Long.MAX_VALUE ? Long.MAX_VALUE : demand - asked;
          asked = demand;
        } else {
          delivering = false;
          return;
        }
        delivering = true;
      }
      if (toAsk > 0) {
        upstream.request(toAsk);
        continue;
      }
      try {
        if (next != null) {
          app.onNext(next);
        } else if (end) {
          finish();
        }
      } catch (Throwable ofApp) {
        fail(ofApp);
      }
    }
  }

  private void fail(Throwable ofApp) {
    body.completeExceptionally(ofApp);
    cancel();
  }

  private void finish() {
    if (failure == null) {
      app.onComplete();
    } else {
      app.onError(failure);
    }
  }
}

package org.genesystoken.agent.clients.httpclient;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An app's subscriber that asks for its body in every way that Flow allows, and notes where a
 * signal breaks Flow's rules.
 */
final class AppSubscriber implements BodySubscriber<byte[]> {
  /** What was broken, in words. */
  final List<String> faults = Collections.synchronizedList(new ArrayList<>());

  final CompletableFuture<byte[]> body = new CompletableFuture<>();

  private final Random random;
  private final Executor threads;
  private final int cancelAfter;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final AtomicLong demand = new AtomicLong();
  private int signals;
  private boolean over;
  private Subscription subscription;

  /**
   * @param threads where it asks from, when not from inside a signal
   * @param cancelAfter signals after which it has had enough, negative: never
   */
  AppSubscriber(Random random, Executor threads, int cancelAfter) {
    this.random = random;
    this.threads = threads;
    this.cancelAfter = cancelAfter;
  }

  synchronized byte[] soFar() {
    return read.toByteArray();
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription given) {
    signal(
        "onSubscribe",
        () -> {
          if (subscription != null) {
            faults.add("subscribed twice");
          }
          subscription = given;
          if (cancelAfter == 0) {
            cancel();
          } else {
            ask();
          }
        });
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    signal(
        "onNext",
        () -> {
          if (demand.getAndDecrement() <= 0) {
            faults.add("onNext without demand");
          }
          for (ByteBuffer buffer : buffers) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            read.write(bytes, 0, bytes.length);
          }
          if (++signals == cancelAfter) {
            cancel();
          } else if (demand.get() == 0 || random.nextInt(4) == 0) {
            ask();
          }
        });
  }

  @Override
  public void onError(Throwable failure) {
    signal("onError", () -> over = true);
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    signal("onComplete", () -> over = true);
    body.complete(soFar());
  }

  private void signal(String name, Runnable handled) {
    if (!signalled.compareAndSet(false, true)) {
      faults.add(name + " while another signal was under way");
    }
    synchronized (this) {
      if (over) {
        faults.add(name + " after the last signal");
      }
      handled.run();
    }
    signalled.set(false);
  }

  private void cancel() {
    over = true;
    subscription.cancel();
  }

  private void ask() {
    long count = random.nextInt(12) == 0 ? Long.MAX_VALUE : 1 + random.nextInt(4);
    demand.accumulateAndGet(count, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
    Subscription asked = subscription;
    switch (random.nextInt(3)) {
      case 0:
        asked.request(count);
        break;
      case 1:
        threads.execute(() -> asked.request(count));
        break;
      default:
        // one by one, some from elsewhere
        if (count > 2 && count < Long.MAX_VALUE) {
          threads.execute(() -> asked.request(count - 1));
          asked.request(1);
        } else {
          asked.request(count);
        }
        break;
    }
  }
}

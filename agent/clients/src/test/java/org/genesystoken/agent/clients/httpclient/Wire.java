package org.genesystoken.agent.clients.httpclient;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow.Subscription;

/**
 * Stands in for the JDK's side of a response body: delivers chunks as they are asked for, then
 * completes or fails. Signals run on the executor, one at a time.
 */
final class Wire implements Subscription {
  /** How many bytes were delivered. */
  private int delivered;

  /** Counted down with the last signal, or with a cancel. */
  final CountDownLatch over = new CountDownLatch(1);

  private final BodySubscriber<?> subscriber;
  private final Executor executor;
  private final Queue<List<ByteBuffer>> chunks = new ArrayDeque<>();
  private final Throwable failure;
  private long demand;
  private boolean busy;
  private boolean ended;
  private boolean cancelled;

  /**
   * @param failure how the body ends, null: well
   */
  Wire(
      BodySubscriber<?> subscriber,
      Executor executor,
      List<List<ByteBuffer>> chunks,
      Throwable failure) {
    this.subscriber = subscriber;
    this.executor = executor;
    this.chunks.addAll(chunks);
    this.failure = failure;
  }

  /** Bytes of any length that differ from place to place. */
  static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** A body cut into lists of buffers, some of them empty. */
  static List<List<ByteBuffer>> cut(byte[] body, Random random, int most) {
    List<List<ByteBuffer>> chunks = new ArrayList<>();
    int from = 0;
    while (from < body.length) {
      List<ByteBuffer> chunk = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0 && from < body.length; i--) {
        int to = Math.min(body.length, from + random.nextInt(most + 1));
        chunk.add(ByteBuffer.wrap(Arrays.copyOfRange(body, from, to)).asReadOnlyBuffer());
        from = to;
      }
      chunks.add(chunk);
    }
    return chunks;
  }

  void start() {
    executor.execute(
        () -> {
          synchronized (this) {
            busy = true;
          }
          subscriber.onSubscribe(this);
          pump();
        });
  }

  @Override
  public void request(long count) {
    synchronized (this) {
      demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
      if (busy) {
        return;
      }
      busy = true;
    }
    executor.execute(this::pump);
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancelled = true;
    }
    over.countDown();
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  synchronized int delivered() {
    return delivered;
  }

  private void pump() {
    for (; ; ) {
      List<ByteBuffer> next;
      synchronized (this) {
        boolean end = chunks.isEmpty() && !ended && !cancelled;
        if (!end && (cancelled || ended || demand == 0)) {
          busy = false;
          return;
        }
        next = end ? null : chunks.remove();
        if (end) {
          ended = true;
        } else {
          demand -= demand == Long.MAX_VALUE ? 0 : 1;
          delivered += next.stream().mapToInt(ByteBuffer::remaining).sum();
        }
      }
      if (next != null) {
        subscriber.onNext(next);
      } else {
        if (failure == null) {
          subscriber.onComplete();
        } else {
          subscriber.onError(failure);
        }
        over.countDown();
      }
    }
  }
}

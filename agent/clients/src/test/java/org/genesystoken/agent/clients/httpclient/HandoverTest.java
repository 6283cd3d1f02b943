package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

/** What is asked of the JDK; what the app is given is in {@link RefusalTest}. */
class HandoverTest {
  private final List<Long> asked = new ArrayList<>();
  private final Subscription upstream =
      new Subscription() {
        @Override
        public void request(long count) {
          asked.add(count);
        }

        @Override
        public void cancel() {
          cancelled = true;
        }
      };
  private boolean cancelled;

  @Test
  void theJdkIsAskedForNoMoreThanTheAppAskedForAndWasNotKept() {
    // given
    Handover<Void> handover = handover(List.of(chunk()), 0);

    // when
    handover.request(1);
    handover.request(2);
    handover.request(1);
    handover.onNext(chunk());
    handover.request(3);
    handover.request(Long.MAX_VALUE);
    handover.onNext(chunk());
    handover.request(5);

    // then
    assertThat(asked).containsExactly(2L, 1L, 3L, Long.MAX_VALUE);
  }

  @Test
  void whatWasAskedForBeforeIsNotAskedForAgain() {
    // given: a decision that did not wait for a chunk that is still to come
    Handover<Void> handover = handover(List.of(), 1);

    // when
    handover.request(1);
    handover.onNext(chunk());
    handover.request(2);

    // then
    assertThat(asked).containsExactly(2L);
  }

  @Test
  void anAppThatHasEnoughSaysWhyBeforeTheJdkHearsOfIt() {
    // given: over HTTP/2 the JDK fails the exchange with the cancellation
    CompletableFuture<Void> settled = new CompletableFuture<>();
    List<Boolean> cancelledBefore = new ArrayList<>();
    Handover<Void> handover =
        new Handover<>(
            BodySubscribers.fromSubscriber(
                new Flow.Subscriber<List<ByteBuffer>>() {
                  private Subscription subscription;

                  @Override
                  public void onSubscribe(Subscription given) {
                    subscription = given;
                    given.request(1);
                  }

                  @Override
                  public void onNext(List<ByteBuffer> buffers) {
                    subscription.cancel();
                    // here it says why
                    cancelledBefore.add(cancelled);
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onComplete() {}
                }),
            upstream,
            new CompletableFuture<>(),
            settled);
    handover.keep(List.of(chunk()), 0);

    // when
    handover.start();
    cancelledBefore.add(cancelled);
    settled.complete(null);

    // then
    assertThat(cancelledBefore).containsExactly(false, false);
    assertThat(cancelled).isTrue();
  }

  /** Of an app that asks for nothing by itself. */
  private Handover<Void> handover(List<List<ByteBuffer>> kept, int underWay) {
    BodySubscriber<Void> app =
        BodySubscribers.fromSubscriber(
            new Flow.Subscriber<List<ByteBuffer>>() {
              @Override
              public void onSubscribe(Subscription subscription) {}

              @Override
              public void onNext(List<ByteBuffer> buffers) {}

              @Override
              public void onError(Throwable failure) {}

              @Override
              public void onComplete() {}
            });
    Handover<Void> handover =
        new Handover<>(
            app, upstream, new CompletableFuture<>(), CompletableFuture.completedFuture(null));
    handover.keep(kept, underWay);
    handover.start();
    return handover;
  }

  private static List<ByteBuffer> chunk() {
    return List.of(ByteBuffer.wrap(new byte[1]));
  }
}

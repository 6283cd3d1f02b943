package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A replay sends the very bytes of the first attempt, or there is none. */
class ReplayableBodyTest {
  private static final int LIMIT = 40_000;

  @TempDir Path directory;

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("ofByteArray", kind(BodyPublishers::ofByteArray)),
        Arguments.of("ofByteArray, a part", kind(ReplayableBodyTest::part)),
        Arguments.of("ofString", kind(ReplayableBodyTest::ofString)),
        Arguments.of("ofByteArrays", kind(body -> BodyPublishers.ofByteArrays(List.of(body)))),
        Arguments.of("ofByteArrays, once", kind(ReplayableBodyTest::oneShotIterable)),
        Arguments.of("ofInputStream", kind(ReplayableBodyTest::ofInputStream)),
        Arguments.of("ofInputStream, once", kind(ReplayableBodyTest::oneShot)),
        Arguments.of("fromPublisher", kind(body -> BodyPublishers.fromPublisher(oneShot(body)))),
        Arguments.of("fromPublisher, stated length", kind(ReplayableBodyTest::stated)),
        Arguments.of("an app's own", kind(body -> new OwnPublisher(body, -1))),
        Arguments.of(
            "an app's own, stated length", kind(body -> new OwnPublisher(body, body.length))));
  }

  /** How an app makes a publisher of a body. */
  private interface Kind {
    BodyPublisher of(byte[] body);
  }

  private static Kind kind(Kind kind) {
    return kind;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void aReplaySendsTheSameBytes(String name, Kind kind) {
    for (int length : new int[] {1, 1000, 16_384, 16_385, LIMIT - 1, LIMIT}) {
      // given
      byte[] bytes = Wire.bytes(length);
      ReplayableBody body = ReplayableBody.of(kind.of(bytes), LIMIT, false);
      BodyPublisher first = body.first(() -> true);
      long stated = first.contentLength();

      // when
      byte[] sent = send(first);

      // then
      assertThat(sent).as("%s bytes, first attempt", length).isEqualTo(bytes);
      assertThat(body.isReplayable()).as("%s bytes", length).isTrue();
      assertThat(body.replay().contentLength()).isEqualTo(stated);
      assertThat(send(body.replay())).as("%s bytes, replay", length).isEqualTo(bytes);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void overTheLimitNothingIsReplayedUnlessTheJdkKeepsItAnyway(String name, Kind kind) {
    // given
    byte[] bytes = Wire.bytes(LIMIT + 1);
    ReplayableBody body = ReplayableBody.of(kind.of(bytes), LIMIT, false);

    // when
    byte[] sent = send(body.first(() -> true));

    // then
    assertThat(sent).isEqualTo(bytes);
    if (name.equals("ofString") || name.matches("ofByteArray(, a part)?")) {
      assertThat(send(body.replay())).isEqualTo(bytes);
    } else {
      assertThat(body.isReplayable()).isFalse();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void anEmptyBodyIsReplayedAsAnEmptyOne(String name, Kind kind) {
    // given: the JDK refuses a publisher with a stated length of 0
    byte[] bytes = new byte[0];
    if (name.equals("fromPublisher, stated length")) {
      return;
    }
    ReplayableBody body = ReplayableBody.of(kind.of(bytes), LIMIT, false);

    // when
    byte[] sent = send(body.first(() -> true));

    // then
    assertThat(sent).isEmpty();
    assertThat(body.isReplayable()).isTrue();
    assertThat(send(body.replay())).isEmpty();
  }

  @Test
  void aFileIsReadAgainAndNotKept() throws Exception {
    // given
    byte[] bytes = Wire.bytes(LIMIT * 2);
    Path file = Files.write(directory.resolve("body"), bytes);
    BodyPublisher app = BodyPublishers.ofFile(file);
    ReplayableBody body = ReplayableBody.of(app, LIMIT, false);

    // when
    byte[] sent = send(body.first(() -> true));

    // then
    assertThat(sent).isEqualTo(bytes);
    assertThat(body.isReplayable()).isTrue();
    assertThat(body.replay()).isSameAs(app);
  }

  @Test
  void noBodyIsReplayedAsNone() {
    // given
    ReplayableBody none = ReplayableBody.of(null, LIMIT, false);
    ReplayableBody empty = ReplayableBody.of(BodyPublishers.noBody(), LIMIT, false);

    // when, then
    assertThat(none.first(() -> true)).isNull();
    assertThat(none.replay()).isNull();
    assertThat(none.isReplayable()).isTrue();
    assertThat(empty.isReplayable()).isTrue();
    assertThat(send(empty.replay())).isEmpty();
  }

  @Property(tries = 300)
  void aReplayNeverSendsLessHoweverFarTheFirstAttemptCame(
      @ForAll @IntRange(max = 3000) int length,
      @ForAll @IntRange(max = 8) int requested,
      @ForAll boolean stated,
      @ForAll @IntRange(min = 1, max = 700) int buffer,
      @ForAll @IntRange(max = 3000) int limit) {
    // given
    byte[] bytes = Wire.bytes(length);
    OwnPublisher app = new OwnPublisher(bytes, stated ? length : -1, buffer);
    ReplayableBody body = ReplayableBody.of(app, limit, false);
    Sink first = new Sink(requested);

    // when
    body.first(() -> true).subscribe(first);

    // then
    boolean all = first.read.size() == length && (first.complete || stated);
    assertThat(body.isReplayable()).isEqualTo((all && length <= limit) || (stated && length == 0));
    if (body.isReplayable()) {
      assertThat(send(body.replay())).isEqualTo(bytes);
    }
  }

  @Test
  void aBodyThatFailedIsNotReplayed() {
    // given
    ReplayableBody body =
        ReplayableBody.of(
            BodyPublishers.fromPublisher(
                subscriber ->
                    subscriber.onSubscribe(
                        new Subscription() {
                          @Override
                          public void request(long count) {
                            subscriber.onNext(ByteBuffer.wrap(new byte[10]));
                            subscriber.onError(new IllegalStateException("disk"));
                          }

                          @Override
                          public void cancel() {}
                        })),
            LIMIT,
            false);

    // when
    assertThatThrownBy(() -> send(body.first(() -> true))).hasMessage("disk");

    // then
    assertThat(body.isReplayable()).isFalse();
  }

  @Test
  void aBodyThatWasNeverAskedForIsNotReplayed() {
    // given
    ReplayableBody body = ReplayableBody.of(oneShot(Wire.bytes(10)), LIMIT, false);

    // when
    body.first(() -> true);

    // then
    assertThat(body.isReplayable()).isFalse();
  }

  @Test
  void aStreamThatARedirectFoundEmptyIsReplayedAsItFirstWas() {
    // given
    byte[] bytes = Wire.bytes(100);
    ReplayableBody body = ReplayableBody.of(oneShot(bytes), LIMIT, false);
    BodyPublisher attempt = body.first(() -> true);

    // when: 307, so that the JDK subscribes once more
    assertThat(send(attempt)).isEqualTo(bytes);
    assertThat(send(attempt)).isEmpty();

    // then
    assertThat(!body.isReplayable() || Arrays.equals(send(body.replay()), bytes)).isTrue();
  }

  private static byte[] send(BodyPublisher publisher) {
    Sink sink = new Sink(Long.MAX_VALUE);
    publisher.subscribe(sink);
    if (sink.failure != null) {
      throw new IllegalStateException(sink.failure.getMessage(), sink.failure);
    }
    assertThat(sink.complete).isTrue();
    return sink.read.toByteArray();
  }

  private static BodyPublisher part(byte[] body) {
    byte[] longer = new byte[body.length + 7];
    System.arraycopy(body, 0, longer, 3, body.length);
    return BodyPublishers.ofByteArray(longer, 3, body.length);
  }

  private static BodyPublisher ofString(byte[] body) {
    return BodyPublishers.ofString(
        new String(body, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
  }

  private static BodyPublisher oneShotIterable(byte[] body) {
    List<byte[]> pieces =
        List.of(
            Arrays.copyOfRange(body, 0, body.length / 2),
            Arrays.copyOfRange(body, body.length / 2, body.length));
    Iterator<byte[]> once = pieces.iterator();
    return BodyPublishers.ofByteArrays(() -> once);
  }

  private static BodyPublisher ofInputStream(byte[] body) {
    return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
  }

  /** What is sent a second time is what is left of the stream: nothing. */
  private static BodyPublisher oneShot(byte[] body) {
    InputStream one = new ByteArrayInputStream(body);
    return BodyPublishers.ofInputStream(() -> one);
  }

  private static BodyPublisher stated(byte[] body) {
    return BodyPublishers.fromPublisher(oneShot(body), Math.max(body.length, 1));
  }

  /** Reads a body, as far as it was told to. */
  private static final class Sink implements Subscriber<ByteBuffer> {
    final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final long requested;
    boolean complete;
    Throwable failure;

    Sink(long requested) {
      this.requested = requested;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (requested > 0) {
        subscription.request(requested);
      }
    }

    @Override
    public void onNext(ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      read.write(bytes, 0, bytes.length);
    }

    @Override
    public void onError(Throwable cause) {
      failure = cause;
    }

    @Override
    public void onComplete() {
      complete = true;
    }
  }

  /** Gives its bytes to the first subscriber only. */
  private static final class OwnPublisher implements BodyPublisher {
    private final List<ByteBuffer> left = new ArrayList<>();
    private final long stated;

    OwnPublisher(byte[] body, long stated) {
      this(body, stated, 4096);
    }

    OwnPublisher(byte[] body, long stated, int buffer) {
      for (int from = 0; from < body.length; from += buffer) {
        left.add(ByteBuffer.wrap(body, from, Math.min(buffer, body.length - from)).slice());
      }
      this.stated = stated;
    }

    @Override
    public long contentLength() {
      return stated;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(
          new Subscription() {
            @Override
            public void request(long count) {
              for (long i = 0; i < count && !left.isEmpty(); i++) {
                subscriber.onNext(left.remove(0));
              }
              if (left.isEmpty()) {
                subscriber.onComplete();
              }
            }

            @Override
            public void cancel() {
              left.clear();
            }
          });
    }
  }
}

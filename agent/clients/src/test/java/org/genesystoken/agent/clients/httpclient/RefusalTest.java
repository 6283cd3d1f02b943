package org.genesystoken.agent.clients.httpclient;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a refused body, whichever way it comes and is asked for. */
class RefusalTest {
  private static final ExecutorService THREADS =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task, "refusal-test");
            thread.setDaemon(true);
            return thread;
          });

  private static final ResponseInfo REFUSED = answer(401);

  private static ResponseInfo answer(int status) {
    return new ResponseInfo() {
      @Override
      public int statusCode() {
        return status;
      }

      @Override
      public HttpHeaders headers() {
        return HttpHeaders.of(
            Map.of(
                "WWW-Authenticate", List.of("Bearer", "Basic"),
                "content-encoding", List.of("gzip")),
            (name, value) -> true);
      }

      @Override
      public HttpClient.Version version() {
        return HttpClient.Version.HTTP_1_1;
      }
    };
  }

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final ScriptedClient client = new ScriptedClient(THREADS);

  /** Replays are answered at once, unless a test wants something else. */
  RefusalTest() {
    client.sending = client::answerAll;
  }

  /** One of the ways in which a refused body can come to its end. */
  enum Answer {
    NOT_EXPIRED,
    RENEWED,
    RENEWED_LATER,
    NOT_RENEWED,
    NOT_RENEWED_LATER,
    RENEWAL_FAILED_LATER
  }

  @Property(tries = 700)
  void theAppGetsAllOfTheBodyOrNothingOfIt(
      @ForAll @IntRange(max = 40 * 1024) int size,
      @ForAll @IntRange(min = 1, max = 20_000) int chunk,
      @ForAll long seed,
      @ForAll Answer answer,
      @ForAll boolean fails,
      @ForAll boolean jdkOnOneThread)
      throws Exception {
    // given
    client.attempts.clear();
    Random random = new Random(seed);
    byte[] sent = Wire.bytes(size);
    IOException lost = fails ? new IOException("connection lost") : null;
    AppSubscriber app = new AppSubscriber(new Random(seed + 1), THREADS, -1);
    Exchange<byte[]> exchange = exchange(info -> app);
    CompletableFuture<Boolean> renewal = answering(answer);
    BodySubscriber<byte[]> refusal = exchange.apply(REFUSED);
    Wire wire =
        new Wire(
            refusal, jdkOnOneThread ? THREADS : Runnable::run, Wire.cut(sent, random, chunk), lost);

    // when
    wire.start();
    if (random.nextBoolean()) {
      // in the middle of it all, or when all has come to rest
      THREADS.submit(() -> {}).get(10, SECONDS);
    }
    decide(answer, renewal);
    CompletableFuture<byte[]> body = refusal.getBody().toCompletableFuture();

    // then
    boolean toApp = answer != Answer.RENEWED && answer != Answer.RENEWED_LATER;
    boolean failsUndecided = fails && policy.seen.length == 0 && policy.renewed.isEmpty();
    if (toApp && fails) {
      assertThatThrownBy(() -> body.get(10, SECONDS)).hasCause(lost);
      assertThat(app.soFar()).isEqualTo(sent);
    } else if (toApp) {
      assertThat(body.get(10, SECONDS)).isEqualTo(sent);
    } else if (!fails) {
      assertThat(bodyOf(body)).isInstanceOf(Replayed.class);
      assertThat(client.attempts).hasSize(1);
      assertThat(app.soFar()).isEmpty();
      assertThat(app.body).isNotDone();
    } else {
      endedEitherWay(body, app, sent, lost, failsUndecided);
    }
    assertThat(app.faults).isEmpty();
    assertThat(policy.seen)
        .isEqualTo(
            Arrays.copyOf(
                sent, policy.seen.length == 0 ? 0 : Math.min(size, TokenPolicy.BODY_LIMIT)));
  }

  /** A body that breaks off is decided on if enough of it had come, and else passed on. */
  private void endedEitherWay(
      CompletableFuture<byte[]> body,
      AppSubscriber app,
      byte[] sent,
      IOException lost,
      boolean undecided)
      throws Exception {
    try {
      assertThat(bodyOf(body)).isInstanceOf(Replayed.class);
      assertThat(sent.length).isGreaterThanOrEqualTo(TokenPolicy.BODY_LIMIT);
      assertThat(client.attempts).hasSize(1);
      assertThat(app.soFar()).isEmpty();
    } catch (java.util.concurrent.ExecutionException passedOn) {
      assertThat(passedOn).hasCause(lost);
      assertThat(sent.length).isLessThan(TokenPolicy.BODY_LIMIT);
      assertThat(undecided).isTrue();
      assertThat(client.attempts).isEmpty();
      assertThat(app.soFar()).isEqualTo(sent);
    }
  }

  @Property(tries = 300)
  void anAppThatCancelsIsLeftAloneAndSoIsTheWire(
      @ForAll @IntRange(min = 1, max = 40 * 1024) int size,
      @ForAll @IntRange(min = 1, max = 4_000) int chunk,
      @ForAll @IntRange(max = 12) int after,
      @ForAll long seed)
      throws Exception {
    // given
    byte[] sent = Wire.bytes(size);
    List<List<ByteBuffer>> chunks = Wire.cut(sent, new Random(seed), chunk);
    AppSubscriber app =
        new AppSubscriber(new Random(seed), THREADS, Math.min(after, chunks.size()));
    policy.expired = false;
    BodySubscriber<byte[]> refusal = exchange(info -> app).apply(REFUSED);
    Wire wire = new Wire(refusal, THREADS, chunks, null);

    // when: the JDK waits for the body, in its own time
    wire.start();
    refusal.getBody().whenComplete((body, failure) -> {});

    // then
    assertThat(wire.over.await(10, SECONDS)).isTrue();
    byte[] soFar = app.soFar();
    assertThat(soFar).isEqualTo(Arrays.copyOf(sent, soFar.length));
    assertThat(app.faults).isEmpty();
    assertThat(app.body).isNotDone();
  }

  @Test
  void thePolicySeesTheHeadersAndNoMoreThanItsLimit() throws Exception {
    // given
    policy.expired = false;
    byte[] sent = Wire.bytes(30_000);
    BodySubscriber<byte[]> refusal = exchange(info -> BodySubscribers.ofByteArray()).apply(REFUSED);

    // when
    new Wire(refusal, Runnable::run, Wire.cut(sent, new Random(1), 16_384), null).start();

    // then
    assertThat(refusal.getBody().toCompletableFuture().get(10, SECONDS)).isEqualTo(sent);
    assertThat(policy.seen).isEqualTo(Arrays.copyOf(sent, TokenPolicy.BODY_LIMIT));
    assertThat(policy.seenHeaders).isEqualTo("[Bearer, Basic] gzip");
  }

  @Test
  void nothingIsAskedForWhileTheDecisionIsOpen() throws Exception {
    // given
    policy.renewal = new CompletableFuture<>();
    byte[] sent = Wire.bytes(40_000);
    Exchange<byte[]> exchange = exchange(info -> BodySubscribers.ofByteArray());
    BodySubscriber<byte[]> refusal = exchange.apply(REFUSED);
    Wire wire = new Wire(refusal, Runnable::run, chunksOf(sent, 1000), null);

    // when
    wire.start();

    // then
    assertThat(wire.delivered()).isEqualTo(9000);
    assertThat(refusal.getBody().toCompletableFuture()).isNotDone();

    // and when
    policy.renewal.complete(false);

    // then
    assertThat(refusal.getBody().toCompletableFuture().get(10, SECONDS)).isEqualTo(sent);
    assertThat(client.attempts).isEmpty();
  }

  @Test
  void aShortRestIsReadOffBeforeTheReplay() throws Exception {
    // given
    BodySubscriber<byte[]> refusal = exchange(info -> BodySubscribers.ofByteArray()).apply(REFUSED);
    Wire wire = new Wire(refusal, Runnable::run, chunksOf(Wire.bytes(60_000), 1000), null);

    // when
    wire.start();

    // then
    assertThat(bodyOf(refusal)).isInstanceOf(Replayed.class);
    assertThat(wire.delivered()).isEqualTo(60_000);
    assertThat(wire.isCancelled()).isFalse();
  }

  @Test
  void theReplayDoesNotWaitForALongRest() throws Exception {
    // given
    Exchange<byte[]> exchange = exchange(info -> BodySubscribers.ofByteArray());
    BodySubscriber<byte[]> refusal = exchange.apply(REFUSED);
    Wire wire = new Wire(refusal, Runnable::run, chunksOf(Wire.bytes(1_000_000), 1000), null);

    // when
    wire.start();

    // then
    assertThat(bodyOf(refusal)).isInstanceOf(Replayed.class);
    assertThat(wire.isCancelled()).isFalse();
    assertThat(wire.delivered()).isEqualTo(1_000_000);
    assertThat(client.attempts).hasSize(1);
  }

  @Test
  void aBodyThatIsReadInsideGetBodyIsReadThough() throws Exception {
    // given
    policy.renewal = new CompletableFuture<>();
    byte[] sent = Wire.bytes(40_000);
    BodySubscriber<byte[]> refusal =
        exchange(
                info ->
                    BodySubscribers.mapping(BodySubscribers.ofInputStream(), RefusalTest::readAll))
            .apply(REFUSED);
    new Wire(refusal, THREADS, chunksOf(sent, 700), null).start();

    // when
    policy.renewal.complete(false);

    // then
    assertThat(refusal.getBody().toCompletableFuture().get(10, SECONDS)).isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 20_000})
  void aHandlerThatThrowsFailsTheCallWithItsOwnException(int size) {
    // given
    policy.expired = false;
    IllegalStateException ofApp = new IllegalStateException("of the app");
    BodyHandler<byte[]> throwing =
        info -> {
          throw ofApp;
        };
    BodySubscriber<byte[]> refusal = exchange(throwing).apply(REFUSED);
    Wire wire = new Wire(refusal, Runnable::run, chunksOf(Wire.bytes(size), 1000), null);

    // when
    wire.start();
    boolean cancelledBefore = wire.isCancelled();
    AtomicReference<Throwable> ofJdk = new AtomicReference<>();
    refusal.getBody().whenComplete((body, failure) -> ofJdk.set(failure));

    // then: over HTTP/2 the JDK would fail the call with the cancellation, if that came first
    assertThat(ofJdk.get()).isSameAs(ofApp);
    assertThat(cancelledBefore).isFalse();
    assertThat(wire.isCancelled()).isTrue();
  }

  @Test
  void aSubscriberThatHasEnoughIsHeardOfWhenTheJdkWaitsForItsBody() {
    // given
    policy.expired = false;
    IllegalStateException ofApp = new IllegalStateException("of the app");
    BodySubscriber<byte[]> refusal = exchange(info -> new Throwing("onNext", ofApp)).apply(REFUSED);
    Wire wire = new Wire(refusal, Runnable::run, chunksOf(Wire.bytes(20_000), 1000), null);
    wire.start();
    boolean cancelledBefore = wire.isCancelled();
    CompletableFuture<Throwable> ofJdk = new CompletableFuture<>();

    // when
    refusal.getBody().whenComplete((body, failure) -> ofJdk.complete(failure));

    // then
    assertThat(cancelledBefore).isFalse();
    assertThat(ofJdk.join()).isSameAs(ofApp);
    assertThat(wire.over).satisfies(over -> assertThat(over.await(10, SECONDS)).isTrue());
    assertThat(wire.isCancelled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {4000, 12_000})
  void aBodyThatIsReadInsideGetBodyIsReadAlsoWhereTheAppsExecutorRunsThatAtOnce(int size)
      throws Exception {
    // given
    policy.expired = false;
    byte[] sent = Wire.bytes(size);
    ScriptedClient inline = new ScriptedClient(Runnable::run);
    BodySubscriber<byte[]> refusal =
        exchange(
                inline,
                info ->
                    BodySubscribers.mapping(BodySubscribers.ofInputStream(), RefusalTest::readAll))
            .apply(REFUSED);

    // when
    new Wire(refusal, THREADS, chunksOf(sent, 700), null).start();

    // then
    assertThat(refusal.getBody().toCompletableFuture().get(10, SECONDS)).isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSubscriberThatBlocksUntilItsBodyIsReadGivesItsBodyFirst(boolean inline) throws Exception {
    // given
    policy.expired = false;
    byte[] sent = Wire.bytes(5000);
    BodySubscriber<InputStream> refusal =
        exchange(new ScriptedClient(inline ? Runnable::run : THREADS), info -> new Piped())
            .apply(REFUSED);

    // when
    new Wire(refusal, THREADS, chunksOf(sent, 700), null).start();

    // then
    try (InputStream body = refusal.getBody().toCompletableFuture().get(10, SECONDS)) {
      assertThat(body.readAllBytes()).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"answered", "lost", "none"})
  void aRestWithoutAnEndIsCutOffAWhileAfterTheCallIsOver(String replay) {
    // given
    client.sending =
        replay.equals("answered")
            ? client::answerAll
            : () -> client.attempts.get(0).completeExceptionally(new IOException("lost"));
    policy.expired = !replay.equals("none");
    IOException ofJdk = policy.expired ? null : new IOException("WWW-Authenticate header missing");
    List<CompletableFuture<Void>> patience = new ArrayList<>();
    Exchange<byte[]> exchange = exchange(info -> BodySubscribers.ofByteArray());
    Refusal<byte[]> refusal =
        new Refusal<>(
            exchange,
            REFUSED,
            ofJdk,
            () -> {
              patience.add(new CompletableFuture<>());
              return patience.get(patience.size() - 1);
            });
    CompletableFuture<Void> cut = new CompletableFuture<>();
    refusal.onSubscribe(
        new Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {
            cut.complete(null);
          }
        });
    if (replay.equals("lost")) {
      // so that the attempt is taken for one that was sent
      exchange.apply(answer(200));
    }
    refusal.onNext(List.of(ByteBuffer.wrap(Wire.bytes(TokenPolicy.BODY_LIMIT))));
    refusal.getBody().whenComplete((body, failure) -> {});
    assertThat(refusal.getBody().toCompletableFuture()).isDone();
    assertThat(cut).isNotDone();

    // when
    patience.get(1).complete(null);

    // then
    assertThat(cut).succeedsWithin(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"onSubscribe", "onNext", "onComplete", "getBody"})
  void aSubscriberThatThrowsFailsTheCallAlsoIfTheDecisionCameLate(String where) {
    // given
    policy.renewal = new CompletableFuture<>();
    IllegalStateException ofApp = new IllegalStateException("of the app");
    BodySubscriber<byte[]> refusal = exchange(info -> new Throwing(where, ofApp)).apply(REFUSED);
    new Wire(refusal, THREADS, chunksOf(Wire.bytes(20_000), 1000), null).start();

    // when
    policy.renewal.complete(false);

    // then
    assertThatThrownBy(() -> refusal.getBody().toCompletableFuture().get(10, SECONDS))
        .hasCause(ofApp);
  }

  @Property(tries = 200)
  void aBodyThatComesTooSlowlyIsForTheAppWhateverItSays(
      @ForAll @IntRange(max = 20 * 1024) int size,
      @ForAll @IntRange(min = 1, max = 5_000) int chunk,
      @ForAll long seed)
      throws Exception {
    // given
    byte[] sent = Wire.bytes(size);
    CompletableFuture<Void> patience = new CompletableFuture<>();
    AppSubscriber app = new AppSubscriber(new Random(seed), THREADS, -1);
    Refusal<byte[]> refusal = new Refusal<>(exchange(info -> app), REFUSED, null, () -> patience);
    CompletableFuture<Boolean> renewal = answering(Answer.RENEWED_LATER);
    Wire wire = new Wire(refusal, THREADS, Wire.cut(sent, new Random(seed + 1), chunk), null);

    // when: somewhere on the way, perhaps with the decision just made
    wire.start();
    patience.complete(null);
    renewal.complete(false);
    byte[] body = refusal.getBody().toCompletableFuture().get(10, SECONDS);

    // then
    assertThat(body).isEqualTo(sent);
    assertThat(app.faults).isEmpty();
  }

  @Test
  void anAppThatWantsTheHeadersOfABodyThatNeverEndsGetsThem() throws Exception {
    // given: one chunk, and no more
    CompletableFuture<Void> patience = new CompletableFuture<>();
    Refusal<InputStream> refusal =
        new Refusal<>(
            exchange(info -> BodySubscribers.ofInputStream()), REFUSED, null, () -> patience);
    List<Long> asked = new ArrayList<>();
    refusal.onSubscribe(
        new Subscription() {
          @Override
          public void request(long count) {
            asked.add(count);
          }

          @Override
          public void cancel() {}
        });
    refusal.onNext(List.of(ByteBuffer.wrap(new byte[] {1})));
    assertThat(refusal.getBody().toCompletableFuture()).isNotDone();

    // when
    patience.complete(null);

    // then
    InputStream body = refusal.getBody().toCompletableFuture().get(10, SECONDS);
    assertThat(body.read()).isEqualTo(1);
    assertThat(asked).as("for the stream, as much as it wants").isNotEmpty();
    assertThat(policy.renewed).isEmpty();
  }

  @Property(tries = 200)
  void theAppGetsItsRefusalBackWhereItsReplayIsLostAndTheRefusalWasKept(
      @ForAll @IntRange(max = 20 * 1024) int size,
      @ForAll @IntRange(min = 1, max = 5_000) int chunk,
      @ForAll long seed)
      throws Exception {
    // given
    byte[] sent = Wire.bytes(size);
    IOException lost = new IOException("connection lost");
    client.attempts.clear();
    client.sending = () -> {};
    AppSubscriber app = new AppSubscriber(new Random(seed), THREADS, -1);
    BodySubscriber<byte[]> refusal = exchange(info -> app).apply(REFUSED);
    new Wire(refusal, Runnable::run, Wire.cut(sent, new Random(seed + 1), chunk), null).start();
    CompletableFuture<byte[]> body = refusal.getBody().toCompletableFuture();
    assertThat(body).as("it waits for the replay").isNotDone();

    // when
    client.attempts.get(0).completeExceptionally(lost);

    // then
    if (size < TokenPolicy.BODY_LIMIT) {
      assertThat(body.get(10, SECONDS)).isEqualTo(sent);
      assertThat(app.faults).isEmpty();
    } else {
      assertThatThrownBy(() -> body.get(10, SECONDS)).hasCause(lost);
      assertThat(app.soFar()).isEmpty();
    }
  }

  @Test
  void aFailureThatTheJdkHasWrappedIsUnwrappedAsItWillBeWrappedAgain() {
    // given
    client.sending = () -> {};
    Exchange<byte[]> exchange = exchange(info -> BodySubscribers.ofByteArray());
    BodySubscriber<byte[]> refusal = exchange.apply(REFUSED);
    new Wire(refusal, Runnable::run, chunksOf(new byte[10], 10), null).start();
    CompletableFuture<Void> ofApp = new CompletableFuture<>();
    exchange.future(ofApp);
    ofApp.cancel(false);
    IOException cancelled = new IOException("Request cancelled");

    // when
    client.attempts.get(0).completeExceptionally(new CancellationException().initCause(cancelled));

    // then
    assertThatThrownBy(() -> refusal.getBody().toCompletableFuture().get(10, SECONDS))
        .hasCause(cancelled);
  }

  @Test
  void aReplayThatWasAnsweredAndFailsThenFailsTheCallWithItsOwnFailure() {
    // given
    client.sending = () -> {};
    Exchange<byte[]> exchange = exchange(info -> BodySubscribers.ofByteArray());
    BodySubscriber<byte[]> refusal = exchange.apply(REFUSED);
    new Wire(refusal, Runnable::run, chunksOf(new byte[10], 10), null).start();
    IOException reset = new IOException("connection reset in the body");

    // when
    exchange.apply(answer(200));
    client.attempts.get(0).completeExceptionally(reset);

    // then
    assertThatThrownBy(() -> refusal.getBody().toCompletableFuture().get(10, SECONDS))
        .hasCause(reset);
  }

  @Test
  void aRefusalThatTheJdkFailsIsStillFailedWhenItsReplayIsLost() {
    // given
    client.sending = () -> {};
    IOException ofJdk = new IOException("WWW-Authenticate header missing");
    Refusal<byte[]> refusal =
        new Refusal<>(
            exchange(info -> BodySubscribers.ofByteArray()),
            REFUSED,
            ofJdk,
            CompletableFuture::new);
    new Wire(refusal, Runnable::run, chunksOf(new byte[10], 10), null).start();

    // when
    client.attempts.get(0).completeExceptionally(new IOException("connection lost"));

    // then
    assertThatThrownBy(() -> refusal.getBody().toCompletableFuture().get(10, SECONDS))
        .hasCause(ofJdk);
  }

  @Test
  void aCancelledReplayIsNotMadeUpForByTheRefusal() {
    // given
    client.sending = () -> {};
    Exchange<byte[]> exchange = exchange(info -> BodySubscribers.ofByteArray());
    BodySubscriber<byte[]> refusal = exchange.apply(REFUSED);
    new Wire(refusal, Runnable::run, chunksOf(new byte[10], 10), null).start();

    // when
    exchange.cancel();

    // then: as the JDK says it
    assertThatThrownBy(() -> refusal.getBody().toCompletableFuture().get(10, SECONDS))
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessage("Request cancelled");
  }

  @Test
  void aRefusalThatBreaksOffWhileItsReplayIsUnderWayEndsTheReplayToo() {
    // given
    client.sending = () -> {};
    BodySubscriber<byte[]> refusal = exchange(info -> BodySubscribers.ofByteArray()).apply(REFUSED);
    byte[] sent = Wire.bytes(TokenPolicy.BODY_LIMIT);

    // when
    new Wire(refusal, Runnable::run, chunksOf(sent, 4096), new IOException("cut off")).start();

    // then
    assertThat(client.attempts)
        .singleElement()
        .satisfies(replay -> assertThat(replay).isCancelled());
  }

  @Test
  void aThrottledCallIsSentAgainAsOftenAsThePolicySays() throws Exception {
    // given
    policy.pauseMillis = 10;
    Exchange<String> exchange =
        exchange(info -> BodySubscribers.ofString(StandardCharsets.US_ASCII));
    ResponseInfo throttled = answer(429);

    // when, then
    for (int i = 0; i < 2; i++) {
      BodySubscriber<String> refusal = exchange.apply(throttled);
      new Wire(refusal, Runnable::run, chunksOf(new byte[10], 10), null).start();
      assertThat(client.attempts).hasSize(i + 1);
    }
    BodySubscriber<String> last = exchange.apply(throttled);
    byte[] body = "slow down".getBytes(StandardCharsets.US_ASCII);
    new Wire(last, Runnable::run, chunksOf(body, 4), null).start();
    assertThat(last.getBody().toCompletableFuture().get(10, SECONDS)).isEqualTo("slow down");
    assertThat(client.attempts).hasSize(2);
    assertThat(policy.renewed).isEmpty();
    assertThat(policy.passedOn).containsExactly(429);
  }

  @Test
  void theSecondRefusalIsPassedOnAndReported() throws Exception {
    // given
    Exchange<String> exchange =
        exchange(info -> BodySubscribers.ofString(StandardCharsets.US_ASCII));
    BodySubscriber<String> first = exchange.apply(REFUSED);
    new Wire(first, Runnable::run, chunksOf(new byte[10], 10), null).start();
    assertThat(client.attempts).hasSize(1);
    exchange.ownHop("Bearer renewed", true);

    // when
    BodySubscriber<String> second = exchange.apply(REFUSED);
    byte[] refused = "still not".getBytes(StandardCharsets.US_ASCII);
    new Wire(second, Runnable::run, chunksOf(refused, 4), null).start();

    // then
    assertThat(second.getBody().toCompletableFuture().get(10, SECONDS)).isEqualTo("still not");
    assertThat(client.attempts).hasSize(1);
    assertThat(policy.renewed).containsExactly("Bearer sent");
    assertThat(policy.refusedReplays).containsExactly("Bearer renewed");
  }

  private static Object bodyOf(BodySubscriber<?> refusal) throws Exception {
    return bodyOf(refusal.getBody().toCompletableFuture());
  }

  /** Not as what the app's handler makes of a body. */
  private static Object bodyOf(CompletableFuture<?> body) throws Exception {
    return body.get(10, SECONDS);
  }

  private <T> Exchange<T> exchange(BodyHandler<T> handler) {
    return exchange(client, handler);
  }

  private <T> Exchange<T> exchange(HttpClient by, BodyHandler<T> handler) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("https://api.mypurecloud.ie/")).build();
    Exchange<T> exchange = new Exchange<>(policy, by, request, handler, null);
    exchange.ownHop("Bearer sent", true);
    return exchange;
  }

  private CompletableFuture<Boolean> answering(Answer answer) {
    policy.seen = new byte[0];
    policy.renewed.clear();
    policy.expired = answer != Answer.NOT_EXPIRED;
    boolean now = answer == Answer.RENEWED || answer == Answer.NOT_RENEWED;
    policy.renewal =
        now
            ? CompletableFuture.completedFuture(answer == Answer.RENEWED)
            : new CompletableFuture<>();
    return policy.renewal;
  }

  private static void decide(Answer answer, CompletableFuture<Boolean> renewal) {
    if (answer == Answer.RENEWAL_FAILED_LATER) {
      renewal.completeExceptionally(new IllegalStateException("no token"));
    } else {
      renewal.complete(answer == Answer.RENEWED_LATER);
    }
  }

  private static List<List<ByteBuffer>> chunksOf(byte[] body, int length) {
    List<List<ByteBuffer>> chunks = new java.util.ArrayList<>();
    for (int from = 0; from < body.length; from += length) {
      chunks.add(List.of(ByteBuffer.wrap(body, from, Math.min(length, body.length - from))));
    }
    return chunks;
  }

  private static byte[] readAll(InputStream in) {
    try (in) {
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Its body can be read while it is being written, and has to be. */
  private static final class Piped implements BodySubscriber<InputStream> {
    private final PipedInputStream in = new PipedInputStream(1024);
    private final PipedOutputStream out = new PipedOutputStream();

    Piped() {
      try {
        out.connect(in);
      } catch (IOException connected) {
        throw new UncheckedIOException(connected);
      }
    }

    @Override
    public CompletionStage<InputStream> getBody() {
      return CompletableFuture.completedFuture(in);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      try {
        for (ByteBuffer buffer : buffers) {
          while (buffer.hasRemaining()) {
            out.write(buffer.get());
          }
        }
      } catch (IOException unread) {
        throw new UncheckedIOException(unread);
      }
    }

    @Override
    public void onError(Throwable failure) {
      onComplete();
    }

    @Override
    public void onComplete() {
      try {
        out.close();
      } catch (IOException unread) {
        throw new UncheckedIOException(unread);
      }
    }
  }

  /** An app's subscriber with a fault, which never completes its body by itself. */
  private static final class Throwing implements BodySubscriber<byte[]> {
    private final String where;
    private final RuntimeException fault;
    private final AtomicInteger chunks = new AtomicInteger();

    Throwing(String where, RuntimeException fault) {
      this.where = where;
      this.fault = fault;
    }

    private void at(String here) {
      if (where.equals(here)) {
        throw fault;
      }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      at("getBody");
      return new CompletableFuture<>();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      at("onSubscribe");
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      if (chunks.incrementAndGet() == 3) {
        at("onNext");
      }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {
      at("onComplete");
    }
  }
}

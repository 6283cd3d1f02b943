package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final URI COVERED = URI.create("https://" + ScriptedPolicy.HOST + "/api");

  private final ScriptedPolicy policy = new ScriptedPolicy();

  @Test
  void theFirstAttemptHasTheWholeTimeout() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofSeconds(30)).build());

    // when, then
    assertThat(exchange.timeout()).hasValue(Duration.ofSeconds(30));
  }

  @Test
  void aReplayHasWhatIsLeftOfTheTimeout() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofHours(1)).build());

    // when
    refuse(exchange);

    // then
    assertThat(exchange.replays()).isTrue();
    assertThat(exchange.timeout().orElseThrow())
        .isLessThan(Duration.ofHours(1))
        .isGreaterThan(Duration.ofMinutes(50));
  }

  @Test
  void aRefusalIsForTheAppIfNoTimeIsLeftForAReplay() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofNanos(1)).build());

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
    assertThat(exchange.replays()).isFalse();
  }

  @Test
  void aPostThatARedirectLedAwayFromIsNotSentTwice() {
    // given
    Exchange<Void> exchange = exchange(request().POST(BodyPublishers.ofString("{}")).build());
    exchange.ownHop("Bearer sent", false);

    // when, then
    assertThat(exchange.beginReplay()).isFalse();
    assertThat(exchange.replays()).isFalse();
  }

  @Test
  void withoutATimeoutAReplayHasNone() {
    // given
    Exchange<Void> exchange = exchange(request().build());

    // when
    refuse(exchange);

    // then
    assertThat(exchange.replays()).isTrue();
    assertThat(exchange.timeout()).isEmpty();
  }

  @Test
  void theRequestIsTheAppsInAllElse() {
    // given
    HttpRequest request =
        request()
            .method("PATCH", BodyPublishers.ofString("{}"))
            .expectContinue(true)
            .version(HttpClient.Version.HTTP_2)
            .header("X-App", "1")
            .build();

    // when
    Exchange<Void> exchange = exchange(request);

    // then
    assertThat(exchange).isEqualTo(request).hasToString(request.toString());
    assertThat(exchange.method()).isEqualTo("PATCH");
    assertThat(exchange.uri()).isEqualTo(COVERED);
    assertThat(exchange.headers()).isEqualTo(request.headers());
    assertThat(exchange.expectContinue()).isTrue();
    assertThat(exchange.version()).hasValue(HttpClient.Version.HTTP_2);
    assertThat(exchange.bodyPublisher()).isEqualTo(request.bodyPublisher());
    assertThat(exchange(request().build()).bodyPublisher()).isEmpty();
  }

  @Test
  void aReplayIsDueOnce() {
    // given
    Exchange<Void> exchange = exchange(request().build());

    // when
    refuse(exchange);

    // then
    assertThat(exchange.replays()).isTrue();
    assertThat(exchange.replays()).isFalse();
  }

  @Test
  void aBodyThatCannotBeSentAgainIsNotReplayedAlthoughTheTokenIsRenewed() {
    // given: nothing of the stream was sent, so nothing of it was kept
    HttpRequest request =
        request().POST(BodyPublishers.ofInputStream(java.io.InputStream::nullInputStream)).build();
    Exchange<Void> exchange = exchange(request);

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
    assertThat(exchange.replays()).isFalse();
    assertThat(policy.renewed).containsExactly("Bearer sent");
  }

  @Test
  void aRefusalThatDoesNotMeanExpiredRenewsNothing() {
    // given
    policy.expired = false;
    Exchange<Void> exchange = exchange(request().build());

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
    assertThat(policy.renewed).isEmpty();
  }

  @Test
  void cancellingTheAppsFutureCancelsTheAttemptUnderWay() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    CompletableFuture<Void> call = new CompletableFuture<>();
    CompletableFuture<Void> attempt = exchange.track(new CompletableFuture<>());
    exchange.cancelWith(call);

    // when
    call.cancel(true);

    // then
    assertThat(attempt).isCancelled();
    assertThat(exchange.isCancelled()).isTrue();
  }

  @Test
  void anAttemptThatBeginsJustAfterTheCancellationIsCancelledToo() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    CompletableFuture<Void> call = new CompletableFuture<>();
    exchange.track(new CompletableFuture<>());
    exchange.cancelWith(call);
    call.cancel(true);

    // when
    CompletableFuture<Void> replay = exchange.track(new CompletableFuture<>());

    // then
    assertThat(replay).isCancelled();
  }

  @Test
  void anEndThatIsNoCancellationCancelsNothing() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    CompletableFuture<Void> call = new CompletableFuture<>();
    CompletableFuture<Void> attempt = exchange.track(new CompletableFuture<>());
    exchange.cancelWith(call);

    // when
    call.completeExceptionally(new IllegalStateException("timed out"));

    // then
    assertThat(attempt).isNotDone();
    assertThat(exchange.isCancelled()).isFalse();
  }

  @Test
  void codeOfTheAppRunsOnTheClientsThreads() throws Exception {
    // given
    ExecutorService threads = Executors.newSingleThreadExecutor(task -> new Thread(task, "app-1"));
    HttpClient client = HttpClient.newBuilder().executor(threads).build();
    Exchange<Void> exchange =
        new Exchange<>(policy, client, request().build(), BodyHandlers.discarding());
    CompletableFuture<String> ranOn = new CompletableFuture<>();
    AtomicReference<Thread> afterShutDown = new AtomicReference<>();

    // when
    exchange.execute(() -> ranOn.complete(Thread.currentThread().getName()));
    String name = ranOn.get();
    threads.shutdown();
    exchange.execute(() -> afterShutDown.set(Thread.currentThread()));

    // then
    assertThat(name).isEqualTo("app-1");
    assertThat(afterShutDown).hasValue(Thread.currentThread());
  }

  private static boolean refuse(Exchange<Void> exchange) {
    exchange.ownHop("Bearer sent", true);
    return exchange.refused(REFUSED, new byte[1], 0).join() && exchange.beginReplay();
  }

  private Exchange<Void> exchange(HttpRequest request) {
    return new Exchange<>(policy, CLIENT, request, BodyHandlers.discarding());
  }

  private static HttpRequest.Builder request() {
    return HttpRequest.newBuilder(COVERED);
  }

  private static final ResponseInfo REFUSED =
      new ResponseInfo() {
        @Override
        public int statusCode() {
          return 401;
        }

        @Override
        public HttpHeaders headers() {
          return HttpHeaders.of(Map.of(), (name, value) -> true);
        }

        @Override
        public HttpClient.Version version() {
          return HttpClient.Version.HTTP_1_1;
        }
      };
}

package org.genesystoken.agent.clients.httpclient;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private static final URI COVERED = URI.create("https://" + ScriptedPolicy.HOST + "/api");

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final ScriptedClient client = new ScriptedClient(Runnable::run);

  @Test
  void theFirstAttemptHasTheWholeTimeout() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofSeconds(30)).build());

    // when, then
    assertThat(exchange.timeout()).hasValue(Duration.ofSeconds(30));
  }

  @Test
  void theAppSeesItsOwnTimeoutInTheReplayToo() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofHours(1)).build());

    // when
    refuse(exchange);

    // then
    assertThat(client.attempts).hasSize(1);
    assertThat(exchange.timeout()).hasValue(Duration.ofHours(1));
  }

  @Test
  void theWaitForATokenIsAsLongAsTheAppsTimeoutAllows() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofHours(1)).build());

    // when
    refuse(exchange);

    // then
    assertThat(policy.budgets)
        .singleElement()
        .satisfies(budget -> assertThat(budget).isBetween(3_000_000L, 3_600_000L));
  }

  @Test
  void aRefusalIsForTheAppIfNoTimeIsLeftForAReplay() {
    // given
    Exchange<Void> exchange = exchange(request().timeout(Duration.ofNanos(1)).build());

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
    assertThat(client.attempts).isEmpty();
  }

  @Test
  void aPostThatARedirectLedAwayFromIsNotSentTwice() {
    // given
    Exchange<Void> exchange = exchange(request().POST(BodyPublishers.ofString("{}")).build());
    exchange.ownHop("Bearer sent", false);

    // when, then
    assertThat(exchange.beginReplay()).isNull();
    assertThat(client.attempts).isEmpty();
  }

  @Test
  void withoutATimeoutAReplayHasNone() {
    // given
    Exchange<Void> exchange = exchange(request().build());

    // when
    refuse(exchange);

    // then
    assertThat(client.attempts).hasSize(1);
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
  void aBodyThatCannotBeSentAgainIsNotReplayedAlthoughTheTokenIsRenewed() {
    // given: nothing of the stream was sent, so nothing of it was kept
    HttpRequest request =
        request().POST(BodyPublishers.ofInputStream(java.io.InputStream::nullInputStream)).build();
    Exchange<Void> exchange = exchange(request);

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
    assertThat(client.attempts).isEmpty();
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
  void aCancellationReachesTheReplay() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    refuse(exchange);

    // when
    exchange.cancel();

    // then
    assertThat(client.attempts)
        .singleElement()
        .satisfies(replay -> assertThat(replay).isCancelled());
  }

  @Test
  void aCancelledCallIsNotSentAgain() {
    // given
    Exchange<Void> exchange = exchange(request().build());

    // when
    exchange.cancel();
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
    assertThat(client.attempts).isEmpty();
  }

  @Test
  void aReplayThatBeginsJustAfterTheCancellationIsCancelledToo() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    client.sending = exchange::cancel;

    // when
    refuse(exchange);

    // then
    assertThat(client.attempts)
        .singleElement()
        .satisfies(replay -> assertThat(replay).isCancelled());
  }

  @Test
  void aReplayWhoseAnswerHasFailedBeforeOneCouldLookIsAReplayAllTheSame() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    client.sending =
        () -> {
          exchange.apply(answer(200));
          client.attempts.get(0).completeExceptionally(new IllegalStateException("of the app"));
        };

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isTrue();
  }

  @Test
  void aClientThatTakesNoMoreCallsLeavesTheRefusalToTheApp() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    client.sending = () -> client.attempts.get(0).completeExceptionally(new IOException("closed"));

    // when
    boolean replayed = refuse(exchange);

    // then
    assertThat(replayed).isFalse();
  }

  @Test
  void theAnswerOfTheLastReplayIsTheAnswerOfTheCall() {
    // given
    HttpResponse<Object> good = ScriptedClient.answer();

    // when: a replay was refused as well, and ends with the answer to its own
    HttpResponse<Object> refusedReplay = ScriptedClient.answer(Replayed.with(good));
    HttpResponse<Object> refusal = ScriptedClient.answer(Replayed.with(refusedReplay));

    // then
    assertThat(Replayed.answer(refusal)).isSameAs(good);
    assertThat(Replayed.answer(good)).isSameAs(good);
  }

  @Test
  void withALiveTokenAnAttemptBeginsAtOnce() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    CompletableFuture<Void> trigger = new CompletableFuture<>();

    // when, then
    assertThat(exchange.begin(new Object(), trigger)).isSameAs(trigger);
  }

  @Test
  void withoutATokenAnAttemptBeginsWhenThereIsOneAndOnTheClientsThreads() throws Exception {
    // given
    policy.managed = null;
    HttpClient threads =
        new ScriptedClient(Executors.newSingleThreadExecutor(task -> new Thread(task, "app-1")));
    Exchange<Void> exchange =
        new Exchange<>(policy, threads, request().build(), BodyHandlers.discarding(), null);
    CompletableFuture<Void> trigger = new CompletableFuture<>();
    CompletableFuture<Void> begun = exchange.begin(new Object(), trigger);
    CompletableFuture<Thread> beganOn = begun.thenApply(ready -> Thread.currentThread());

    // when
    trigger.complete(null);
    boolean waits = !begun.isDone();
    policy.ready.complete(null);

    // then
    assertThat(waits).isTrue();
    assertThat(beganOn.get(10, SECONDS).getName()).isEqualTo("app-1");
  }

  @Test
  void aHopBehindARedirectWaitsForTheFirstTokenWhenItWasRefused() {
    // given
    Exchange<Void> exchange = exchange(request().build());
    exchange.ownHop(null, false);

    // when
    CompletableFuture<Boolean> replays = exchange.refused(REFUSED, new byte[1], 1);
    boolean waits = !replays.isDone();
    policy.ready.complete(null);

    // then
    assertThat(waits).isTrue();
    assertThat(replays).isCompletedWithValue(true);

    // and when: a call waits once
    policy.budgets.clear();
    exchange.refused(REFUSED, new byte[1], 1);

    // then
    assertThat(policy.refusedReplays).hasSize(1);
    assertThat(policy.budgets).isEmpty();
  }

  @Test
  void aHopBehindARedirectThatIsRefusedForAnotherReasonWaitsForNothing() {
    // given
    policy.expired = false;
    Exchange<Void> exchange = exchange(request().build());
    exchange.ownHop(null, false);

    // when, then
    assertThat(exchange.refused(REFUSED, new byte[1], 1)).isCompletedWithValue(false);
  }

  @Test
  void anAppThatSendsBasicWaitsForNoToken() {
    // given
    policy.managed = null;
    Exchange<Void> exchange = exchange(request().header("Authorization", "Basic eDp5").build());
    CompletableFuture<Void> trigger = new CompletableFuture<>();

    // when, then
    assertThat(exchange.begin(new Object(), trigger)).isSameAs(trigger);
  }

  @Test
  void codeOfTheAppRunsOnTheClientsThreads() throws Exception {
    // given
    ExecutorService threads = Executors.newSingleThreadExecutor(task -> new Thread(task, "app-1"));
    Exchange<Void> exchange =
        new Exchange<>(
            policy,
            new ScriptedClient(threads),
            request().build(),
            BodyHandlers.discarding(),
            null);
    CompletableFuture<String> ranOn = new CompletableFuture<>();
    CompletableFuture<Thread> afterShutDown = new CompletableFuture<>();

    // when
    exchange.execute(() -> ranOn.complete(Thread.currentThread().getName()));
    String name = ranOn.get();
    threads.shutdown();
    exchange.execute(() -> afterShutDown.complete(Thread.currentThread()));

    // then
    assertThat(name).isEqualTo("app-1");
    assertThat(afterShutDown.get(10, SECONDS)).isNotSameAs(Thread.currentThread());
  }

  @Test
  void codeOfTheAppDoesNotHoldUpTheThreadOfATimer() throws Exception {
    // given: an executor that runs what it is given at once
    Exchange<Void> exchange = exchange(request().build());
    CompletableFuture<Thread> ranOn = new CompletableFuture<>();

    // when
    exchange.executeElsewhere(() -> ranOn.complete(Thread.currentThread()));

    // then
    assertThat(ranOn.get(10, SECONDS)).isNotSameAs(Thread.currentThread());
  }

  @Test
  void codeOfTheAppThatAThreadOfTheAppGivesToItsOwnPoolRunsThere() throws Exception {
    // given: one that comes to run it later
    ExecutorService one = Executors.newSingleThreadExecutor(task -> new Thread(task, "app-1"));
    Exchange<Void> exchange =
        new Exchange<>(
            policy, new ScriptedClient(one), request().build(), BodyHandlers.discarding(), null);
    CompletableFuture<String> ranOn = new CompletableFuture<>();

    // when
    one.submit(
            () -> exchange.executeElsewhere(() -> ranOn.complete(Thread.currentThread().getName())))
        .get(10, SECONDS);

    // then
    assertThat(ranOn.get(10, SECONDS)).isEqualTo("app-1");
    one.shutdown();
  }

  @Test
  void aHopBehindARedirectThatCannotBeSentAgainWaitsForNothing() {
    // given
    Exchange<Void> exchange = exchange(request().POST(BodyPublishers.ofString("{}")).build());
    exchange.ownHop(null, false);

    // when
    CompletableFuture<Boolean> replays = exchange.refused(REFUSED, new byte[1], 1);

    // then
    assertThat(replays).isDone();
    assertThat(policy.renewed).as("for the next call").hasSize(1);
  }

  @Test
  void aCallThatIsToCarryNoTokenPastAProxyWaitsForNone() {
    // given
    ScriptedPolicy plain = new ScriptedPolicy("http");
    plain.managed = null;
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + COVERED.getHost())).build();
    Exchange<Void> exchange =
        new Exchange<>(plain, client, request, BodyHandlers.discarding(), null);
    CompletableFuture<Void> trigger = new CompletableFuture<>();

    Proxy proxy = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy", 1));

    // when
    CompletableFuture<Void> proxied =
        exchange.begin(attempt(exchange).by(proxy).multiExchange, trigger);
    CompletableFuture<Void> direct =
        exchange.begin(attempt(exchange).by(Proxy.NO_PROXY).multiExchange, trigger);

    // then
    assertThat(proxied).isSameAs(trigger);
    assertThat(direct).isNotSameAs(trigger);
  }

  private static JdkCall attempt(Exchange<Void> exchange) {
    return new JdkCall(HttpClient.newHttpClient(), exchange.request(), exchange);
  }

  private static boolean refuse(Exchange<Void> exchange) {
    exchange.ownHop("Bearer sent", true);
    return exchange.refused(REFUSED, new byte[1], 0).join() && exchange.beginReplay() != null;
  }

  private Exchange<Void> exchange(HttpRequest request) {
    return new Exchange<>(policy, client, request, BodyHandlers.discarding(), null);
  }

  private static HttpRequest.Builder request() {
    return HttpRequest.newBuilder(COVERED);
  }

  private static final ResponseInfo REFUSED = answer(401);

  private static ResponseInfo answer(int status) {
    return new ResponseInfo() {
      @Override
      public int statusCode() {
        return status;
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
}

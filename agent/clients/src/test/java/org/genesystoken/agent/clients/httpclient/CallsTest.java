package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.Authenticator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;

/** Which calls are taken over at all; what becomes of them needs a woven client. */
class CallsTest {
  private static final HttpClient STAYING = HttpClient.newHttpClient();
  private static final HttpClient FOLLOWING =
      HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final Calls.Plain plain = new Calls.Plain();
  private final BodyHandler<String> handler = BodyHandlers.ofString();
  private final HttpRequest covered = request("https://" + ScriptedPolicy.HOST + "/api");
  private final HttpRequest foreign = request("https://elsewhere.example/api");

  @Test
  void aCallThatCanBeToldWhenItIsRefusedIsLeftToTheJdk() {
    assertThat(begin(handler, STAYING, covered)).isSameAs(handler);
    assertThat(begin(handler, FOLLOWING, covered)).isSameAs(handler);
    assertThat(begin(handler, STAYING, post(BodyPublishers.ofString("{}")))).isSameAs(handler);
    assertThat(begin(handler, STAYING, timed(covered.uri()))).isSameAs(handler);
    assertThat(begin(handler, FOLLOWING, timed(covered.uri()))).isSameAs(handler);
    assertThat(new Calls.Request().apply(covered, handler)).isSameAs(covered);
  }

  @Test
  void aCallThatWaitsForATokenIsTakenOver() {
    // given
    policy.managed = null;

    // when, then
    assertThat(begin(handler, STAYING, covered)).isInstanceOf(Exchange.class);
    assertThat(begin(handler, FOLLOWING, foreign)).as("not yet").isSameAs(handler);
  }

  @Test
  void whatTheJdkSaysToAnAsynchronousCallIsForTheApp() {
    // given
    ScriptedClient rejecting = new ScriptedClient(Runnable::run);
    RejectedExecutionException full = new RejectedExecutionException("full");
    rejecting.sending =
        () -> {
          throw full;
        };

    // when, then
    assertThat(beginAsync(handler, rejecting, covered)).isSameAs(full);
  }

  @Test
  void onceACallHasGotPastUsNoneIsLeftToTheJdk() {
    // given
    ScriptedClient failing = new ScriptedClient(Runnable::run);
    failing.sending =
        () -> {
          throw new StackOverflowError();
        };
    JdkCall before = sent(handler, covered);
    assertThatThrownBy(() -> beginAsync(handler, failing, covered))
        .isInstanceOf(StackOverflowError.class);

    // when
    answered(before, 401);
    JdkCall after = sent(handler, covered);

    // then
    assertThat(reader(before)).isSameAs(handler);
    assertThat(Sent.of(after.hop)).isNull();
    assertThat(begin(handler, STAYING, covered)).isInstanceOf(Exchange.class);
  }

  @Test
  void withoutItsBeginningACallIsTheJdksAlone() {
    // given: the client that apps hold differs, and is not woven
    JdkCall call = new JdkCall(STAYING, covered, handler);

    // when
    new SystemHeaders.Present(policy, plain).apply(call.hop, call.multiExchange);

    // then
    assertThat(Sent.of(call.hop)).isNull();
  }

  @Test
  void aCallThatIsCancelledBeforeItsRefusalIsNotReplayed() throws Exception {
    // given
    JdkCall call = sent(handler, covered);
    call.cancel();

    // when
    answered(call, 401);

    // then
    assertThat(((Exchange<?>) reader(call)).isCancelled()).isTrue();
  }

  @Test
  void aCallThatTheJdkMayFailBeforeItsBodyIsReadIsTakenOver() {
    // given
    HttpClient asking = HttpClient.newBuilder().authenticator(new Authenticator() {}).build();

    // when, then
    assertThat(begin(handler, asking, covered)).isInstanceOf(Exchange.class);
  }

  @Test
  void aBodyThatCanBeReadOnceIsStoodInFor() {
    // given
    HttpRequest streamed = post(BodyPublishers.ofInputStream(InputStream::nullInputStream));

    // when
    Object begun = begin(handler, STAYING, streamed);

    // then
    assertThat(begun).isInstanceOf(Exchange.class);
    assertThat(new Calls.Request().apply(streamed, begun)).isSameAs(begun);
  }

  @Test
  void anAsynchronousCallToACoveredHostIsTakenOver() {
    assertThat(beginAsync(handler, new ScriptedClient(Runnable::run), covered))
        .isInstanceOf(CompletableFuture.class);
  }

  @Test
  void aGoodAnswerIsToldOfWhereThePolicyIsInDoubt() {
    // given
    JdkCall call = sent(handler, covered);

    // when
    answered(call, 200);
    policy.inDoubt = true;
    answered(call, 200);
    answered(call, 500);

    // then
    assertThat(policy.accepted).containsExactly("Bearer managed");
    assertThat(reader(call)).isSameAs(handler);
  }

  @Test
  void aRefusalIsReadByAnExchangeOfItsOwn() {
    // given
    JdkCall call = sent(handler, timed(covered.uri()));

    // when
    answered(call, 401);

    // then
    Exchange<?> reader = (Exchange<?>) reader(call);
    assertThat(reader.apply(refusal())).isInstanceOf(Refusal.class);
    assertThat(reader.request()).as("of the replay").isEqualTo(covered);
    assertThat(reader.refused(refusal(), new byte[1], 1)).isCompletedWithValue(true);
    assertThat(policy.renewed).containsExactly("Bearer managed");
    assertThat(policy.budgets).singleElement().satisfies(left -> assertThat(left).isPositive());
  }

  @Test
  void aCallThatIsTakenOverReadsItsRefusalItself() {
    // given
    policy.managed = null;
    Object begun = begin(handler, STAYING, covered);
    JdkCall call = sent((BodyHandler<?>) begun, covered);

    // when
    answered(call, 401);

    // then
    assertThat(reader(call)).isSameAs(begun);
  }

  @Test
  void whatIsNotTheAgentsBusinessIsReadByTheApp() {
    // given
    JdkCall call = sent(handler, covered);
    JdkCall other = sent(handler, foreign);

    // when
    answered(call, 404);
    answered(other, 401);

    // then
    assertThat(reader(call)).isSameAs(handler);
    assertThat(reader(other)).isSameAs(handler);
  }

  @Test
  void aRefusalsReplayEndsWithItsCall() {
    // given
    JdkCall call = sent(handler, covered);
    answered(call, 401);
    Exchange<?> reader = (Exchange<?>) reader(call);

    // when, then
    assertThat(new Calls.Cancelled().apply(call.multiExchange, 0)).isSameAs(call.multiExchange);
    assertThat(reader.isCancelled()).isFalse();
    new Calls.Cancelled().apply(call.multiExchange, 1);
    assertThat(reader.isCancelled()).isTrue();
  }

  @Test
  void theAppsRequestKeepsNothingOfItsClient() {
    // given
    JdkCall call = sent(handler, covered);
    answered(call, 401);
    WeakReference<?> reader = new WeakReference<>(reader(call));

    // when
    for (int i = 0; i < 100 && reader.get() != null; i++) {
      System.gc();
    }

    // then
    assertThat(reader.get()).isNull();
    assertThat(reader(call)).isSameAs(handler);
  }

  @Test
  void aCallThatCannotReachACoveredHostIsTheJdksAlone() {
    // when
    Object begun = begin(handler, STAYING, foreign);

    // then
    assertThat(begun).isSameAs(handler);
    assertThat(new Calls.Request().apply(foreign, begun)).isSameAs(foreign);
    assertThat(beginAsync(handler, STAYING, foreign)).isNull();
  }

  @Test
  void whatTheJdkRefusesIsLeftToIt() {
    assertThat(begin(null, STAYING, covered)).isNull();
    assertThat(begin(handler, STAYING, null)).isSameAs(handler);
    assertThat(beginAsync(null, STAYING, covered)).isNull();
    assertThat(beginAsync(handler, STAYING, null)).isNull();
  }

  @Test
  void aBlockingCallEndsWithItsAnswerOrThatOfItsReplay() {
    // given
    HttpResponse<Object> good = ScriptedClient.answer("good");
    HttpResponse<Object> refusal = ScriptedClient.answer(Replayed.with(good));

    // when, then
    assertThat(new Calls.End().apply(good, null)).isSameAs(good);
    assertThat(new Calls.End().apply(refusal, null)).isSameAs(good);
  }

  @Test
  void aRequestWithoutAUriIsLeftToTheJdk() {
    // given
    HttpRequest odd =
        new HttpRequest() {
          @Override
          public Optional<BodyPublisher> bodyPublisher() {
            return Optional.empty();
          }

          @Override
          public String method() {
            return "GET";
          }

          @Override
          public Optional<Duration> timeout() {
            return Optional.empty();
          }

          @Override
          public boolean expectContinue() {
            return false;
          }

          @Override
          public URI uri() {
            return null;
          }

          @Override
          public Optional<HttpClient.Version> version() {
            return Optional.empty();
          }

          @Override
          public HttpHeaders headers() {
            return HttpHeaders.of(Map.of(), (name, value) -> true);
          }
        };

    // when, then
    assertThat(begin(handler, STAYING, odd)).isSameAs(handler);
    assertThat(beginAsync(handler, STAYING, odd)).isNull();
  }

  private Object begin(Object bodyHandler, HttpClient client, HttpRequest request) {
    Object begun = new Calls.Begin(policy, plain).apply(request, client);
    return new Calls.Handler().apply(bodyHandler, begun);
  }

  private JdkCall sent(BodyHandler<?> bodyHandler, HttpRequest request) {
    begin(bodyHandler, STAYING, request);
    JdkCall call = new JdkCall(STAYING, request, bodyHandler);
    new SystemHeaders.Present(policy, plain).apply(call.hop, call.multiExchange);
    return call;
  }

  private void answered(JdkCall call, int status) {
    Object same = new Calls.Answered(policy, plain).apply(call.hop, call.response(status));
    assertThat(same).isSameAs(call.hop);
  }

  private static Object reader(JdkCall call) {
    Object ofCall = Internals.handler(call.multiExchange);
    return new Calls.Reader().apply(ofCall, call.hop);
  }

  private static ResponseInfo refusal() {
    return new ResponseInfo() {
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

  private HttpRequest post(HttpRequest.BodyPublisher body) {
    return HttpRequest.newBuilder(covered.uri()).POST(body).build();
  }

  private static HttpRequest timed(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(1)).build();
  }

  private Object beginAsync(Object bodyHandler, HttpClient client, HttpRequest request) {
    return new Calls.BeginAsync(policy, plain)
        .apply(null, new Object[] {client, request, bodyHandler, null});
  }

  private static HttpRequest request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).build();
  }
}

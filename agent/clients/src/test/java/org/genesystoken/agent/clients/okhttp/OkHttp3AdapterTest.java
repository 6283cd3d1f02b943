package org.genesystoken.agent.clients.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;

/** One call, as the woven library makes it. */
class OkHttp3AdapterTest {
  private static final String URL = "https://" + ScriptedPolicy.HOST + "/api/v2/users/me";
  private static final String ELSEWHERE = "https://elsewhere.example/";
  private static final MediaType JSON = MediaType.parse("application/json");

  private final ScriptedPolicy policy = new ScriptedPolicy();

  @Test
  void theTokenIsWrittenAndTheAppDoesNotSeeIt() throws Exception {
    // given
    Request request = to(URL).header("Authorization", "Bearer stale").build();
    Library library = new Library(policy, request).answers(answer(200, "good"));

    // when
    Response response = library.execute();

    // then
    assertThat(library.written.get(0).headers("Authorization")).containsExactly("Bearer managed");
    assertThat(response.request()).isSameAs(request);
    assertThat(library.written.get(0).url()).isEqualTo(request.url());
  }

  @Test
  void aCallToAnotherHostIsWrittenAsTheAppMadeIt() throws Exception {
    // given
    Request request = to(ELSEWHERE).build();
    Library library = new Library(policy, request).answers(answer(401, "{}"));

    // when
    Response response = library.execute();

    // then
    assertThat(library.written).containsExactly(request);
    assertThat(response.body().string()).isEqualTo("{}");
    assertThat(policy.renewed).isEmpty();
  }

  @Test
  void aRedirectIsJudgedHopByHop() throws Exception {
    // given
    Library library =
        new Library(policy, to(URL).build())
            .answers(answer(302, ""))
            .answers(answer(302, ""))
            .answers(answer(200, "good"));
    library.followUp =
        response ->
            response.code() == 200
                ? null
                : response.request().url().host().equals(ScriptedPolicy.HOST)
                    ? to(ELSEWHERE).build()
                    : to(URL).build();

    // when
    library.execute();

    // then
    assertThat(library.written)
        .extracting(request -> request.header("Authorization"))
        .containsExactly("Bearer managed", null, "Bearer managed");
  }

  @Test
  void anotherSchemeOfTheAppsIsLeftAlone() throws Exception {
    // given
    Request request = to(URL).header("Authorization", "Basic own").build();
    policy.managed = null;
    Library library = new Library(policy, request).answers(answer(401, "{}"));

    // when
    library.execute();

    // then
    assertThat(library.written).containsExactly(request);
    assertThat(policy.renewed).isEmpty();
    assertThat(policy.budgets).as("waits for no token").isEmpty();
  }

  @Test
  void aWebSocketsHandshakeIsLeftAlone() throws Exception {
    // given
    Request request = to(URL).header("Upgrade", "websocket").build();
    Library library = new Library(policy, request).answers(answer(401, "{}"));

    // when
    library.execute();

    // then
    assertThat(library.written).containsExactly(request);
  }

  @Test
  void plainHttpToAProxyIsLeftAlone() throws Exception {
    // given
    ScriptedPolicy http = new ScriptedPolicy("http");
    Request request = to(URL.replace("https", "http")).build();
    Library proxied = new Library(http, request).answers(answer(200, ""));
    proxied.proxy =
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example", 3128));
    Library direct = new Library(http, request).answers(answer(200, ""));

    // when
    proxied.execute();
    direct.execute();

    // then
    assertThat(proxied.written).containsExactly(request);
    assertThat(direct.written.get(0).header("Authorization")).isEqualTo("Bearer managed");
  }

  @Test
  void anExpiredCallIsSentAgainAndTheAppSeesOneAnswer() throws Exception {
    // given
    Request request = to(URL).build();
    Library library =
        new Library(policy, request).answers(answer(401, "expired")).answers(answer(200, "good"));

    // when
    Response response = library.execute();

    // then
    assertThat(library.written).hasSize(2);
    assertThat(response.body().string()).isEqualTo("good");
    assertThat(response.priorResponse()).isNull();
    assertThat(response.request()).isSameAs(request);
    assertThat(library.shown).as("to the app's Authenticator").hasSize(1);
    assertThat(policy.renewed).containsExactly("Bearer managed");
  }

  @Test
  void thePriorResponsesAreThoseOfTheHopsWithoutTheReplays() throws Exception {
    // given
    Request second = to(URL + "/2").build();
    Request third = to(URL + "/3").build();
    Library library =
        new Library(policy, to(URL).build())
            .answers(answer(302, "first"))
            .answers(answer(401, "expired"))
            .answers(answer(307, "second"))
            .answers(answer(200, "third"));
    library.followUp =
        response -> response.code() == 302 ? second : response.code() == 307 ? third : null;

    // when
    Response response = library.execute();

    // then
    assertThat(response.body().string()).isEqualTo("third");
    assertThat(response.request()).isSameAs(third);
    Response prior = response.priorResponse();
    assertThat(prior.code()).isEqualTo(307);
    assertThat(prior.request()).isSameAs(second);
    assertThat(prior.priorResponse().code()).isEqualTo(302);
    assertThat(prior.priorResponse().priorResponse()).isNull();
    assertThat(library.shown)
        .extracting(each -> each.priorResponse() == null ? 0 : each.priorResponse().code())
        .containsExactly(0, 302, 307);
  }

  @Test
  void aRefusedReplayIsTheAppsAnswer() throws Exception {
    // given
    Library library =
        new Library(policy, to(URL).build())
            .answers(answer(401, "expired"))
            .answers(answer(401, "again"));

    // when
    Response response = library.execute();

    // then
    assertThat(response.body().string()).isEqualTo("again");
    assertThat(response.priorResponse()).isNull();
    assertThat(policy.refusedReplays).containsExactly("Bearer managed");
  }

  @Test
  void a401ThatDoesNotMeanExpiredGoesToTheAppsAuthenticatorUnread() throws Exception {
    // given
    policy.expired = false;
    StringBuilder long9000 = new StringBuilder();
    for (int i = 0; i < 9000; i++) {
      long9000.append((char) ('a' + i % 26));
    }
    Request own = to(URL).header("Authorization", "Basic own").build();
    Library library =
        new Library(policy, to(URL).build())
            .answers(answer(401, long9000.toString()))
            .answers(answer(200, "logged in"));
    StringBuilder read = new StringBuilder();
    library.followUp =
        response -> {
          if (response.code() != 401) {
            return null;
          }
          read.append(text(response));
          return own;
        };

    // when
    Response response = library.execute();

    // then
    assertThat(read.toString()).isEqualTo(long9000.toString());
    assertThat(policy.seen).hasSize(8192);
    assertThat(response.body().string()).isEqualTo("logged in");
    assertThat(response.priorResponse().code()).isEqualTo(401);
    assertThat(policy.passedOn).containsExactly(401);
  }

  @Test
  void aBodyThatBreaksOffBreaksOffForTheAppWhereItDidAndAsItDid() throws Exception {
    // given
    policy.expired = false;
    IOException failure = new IOException("unexpected end of stream");
    Library library = new Library(policy, to(URL).build());
    library.answers(
        request ->
            new Response.Builder()
                .code(401)
                .body(ResponseBody.create(JSON, 9, Okio.buffer(new BreaksOff(failure)))));

    // when
    Response response = library.execute();

    // then
    assertThat(response.body().source().readUtf8(4)).isEqualTo("half");
    assertThatThrownBy(() -> response.body().source().readUtf8(1)).isSameAs(failure);
  }

  @Test
  void whenTheReplayFailsTheAppGetsTheRefusal() throws Exception {
    // given
    Library library =
        new Library(policy, to(URL).build())
            .answers(answer(401, "expired"))
            .answers(
                request -> {
                  throw new IOException("lost");
                });

    // when
    Response response = library.execute();

    // then
    assertThat(response.code()).isEqualTo(401);
    assertThat(response.body().contentType().subtype()).isEqualTo("json");
    assertThat(response.body().string()).isEqualTo("expired");
  }

  @Test
  void whenACallIsCancelledInItsReplayThatIsWhatTheAppIsTold() {
    // given
    Library library = new Library(policy, to(URL).build()).answers(answer(401, "expired"));
    library.answers(
        request -> {
          library.call.cancel();
          throw new IOException("Canceled");
        });

    // when, then
    assertThatThrownBy(library::execute).isInstanceOf(IOException.class).hasMessage("Canceled");
  }

  @Test
  void whenALaterHopFailsTheAppIsTold() {
    // given
    Library library =
        new Library(policy, to(URL).build())
            .answers(answer(401, "expired"))
            .answers(answer(302, ""))
            .answers(
                request -> {
                  throw new IOException("lost");
                });
    library.followUp = response -> to(ELSEWHERE).build();

    // when, then
    assertThatThrownBy(library::execute).hasMessage("lost");
  }

  @Test
  void cancellingEndsTheWaitForANewToken() throws Exception {
    // given
    policy.renewal = new CompletableFuture<>();
    Library library = new Library(policy, to(URL).build()).answers(answer(401, "expired"));
    library.answers(
        request -> {
          throw new IOException(library.call.isCanceled() ? "Canceled" : "not cancelled");
        });
    CompletableFuture<Object> outcome =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return library.execute();
              } catch (IOException e) {
                return e.getMessage();
              }
            });

    // when
    library.call.cancel();

    // then
    assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo("Canceled");
  }

  @Test
  void aCallWaitsForTheFirstTokenNoLongerThanItsTimeoutsAllow() throws Exception {
    // given
    policy.managed = null;
    policy.ready.complete(null);
    Library read = new Library(policy, to(URL).build()).answers(answer(200, ""));
    Library call =
        new Library(
                policy,
                to(URL).build(),
                new OkHttpClient.Builder().callTimeout(3, TimeUnit.SECONDS))
            .answers(answer(200, ""));

    // when
    read.execute();
    call.execute();

    // then
    assertThat(policy.budgets).hasSize(2);
    assertThat(policy.budgets.get(0)).isEqualTo(5000);
    assertThat(policy.budgets.get(1)).isBetween(1L, 3000L);
  }

  @Test
  void aBodyThatCanBeReadOnceIsKeptAndSentAgain() throws Exception {
    // given
    Request request = to(URL).post(new Once("content")).build();
    Library library =
        new Library(policy, request).answers(answer(401, "expired")).answers(answer(200, "good"));

    // when
    Response response = library.execute();

    // then
    assertThat(library.bodies).containsExactly("content", "content");
    assertThat(response.request()).as("as the app made it").isSameAs(request);
  }

  @Test
  void aBodyThatIsTooLongToKeepIsNotSentAgain() throws Exception {
    // given
    policy.limit = 6;
    Library library =
        new Library(policy, to(URL).post(new Once("content")).build())
            .answers(answer(401, "expired"));

    // when
    Response response = library.execute();

    // then
    assertThat(response.body().string()).isEqualTo("expired");
    assertThat(policy.renewed).as("for the next call").hasSize(1);
  }

  @Test
  void aBodyOfTheLibrarysIsSentAgainWhateverItsLength() throws Exception {
    // given
    policy.limit = 0;
    Library library =
        new Library(policy, to(URL).put(RequestBody.create(JSON, "content")).build())
            .answers(answer(401, "expired"))
            .answers(answer(200, "good"));

    // when
    library.execute();

    // then
    assertThat(library.bodies).containsExactly("content", "content");
  }

  @Test
  void aCallOfTheAppsWithinACallHasAnExchangeOfItsOwn() throws Exception {
    // given
    Library inner =
        new Library(policy, to(URL + "/inner").build())
            .answers(answer(401, "expired"))
            .answers(answer(200, "inner"));
    Library outer =
        new Library(policy, to(URL).build())
            .answers(
                request -> {
                  assertThat(inner.execute().body().string()).isEqualTo("inner");
                  return answer(401, "expired").answer(request);
                })
            .answers(answer(200, "outer"));

    // when
    Response response = outer.execute();

    // then
    assertThat(response.body().string()).isEqualTo("outer");
    assertThat(policy.renewed).hasSize(2);
    assertThat(policy.refusedReplays).isEmpty();
  }

  private static Request.Builder to(String url) {
    return new Request.Builder().url(url);
  }

  private static Library.Network answer(int code, String body) {
    return request -> new Response.Builder().code(code).body(ResponseBody.create(JSON, body));
  }

  private static String text(Response response) {
    try {
      return response.body().string();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A body of the app's. */
  private static final class Once extends RequestBody {
    private String content;

    Once(String content) {
      this.content = content;
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.writeUtf8(content);
      content = "";
    }
  }

  /** Some bytes, then a failure, then another. */
  private static final class BreaksOff implements Source {
    private final IOException failure;
    private int reads;

    BreaksOff(IOException failure) {
      this.failure = failure;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      switch (reads++) {
        case 0:
          sink.writeUtf8("half");
          return 4;
        case 1:
          throw failure;
        default:
          throw new IOException("closed");
      }
    }

    @Override
    public Timeout timeout() {
      return Timeout.NONE;
    }

    @Override
    public void close() {}
  }
}

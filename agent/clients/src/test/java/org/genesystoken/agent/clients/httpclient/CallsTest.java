package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;

/** Which calls are taken over at all; what becomes of them needs a woven client. */
class CallsTest {
  private static final HttpClient STAYING = HttpClient.newHttpClient();
  private static final HttpClient FOLLOWING =
      HttpClient.newBuilder().followRedirects(Redirect.NORMAL).build();

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final BodyHandler<String> handler = BodyHandlers.ofString();
  private final HttpRequest covered = request("https://" + ScriptedPolicy.HOST + "/api");
  private final HttpRequest foreign = request("https://elsewhere.example/api");

  @Test
  void aCallToACoveredHostIsTakenOver() {
    // when
    Object begun = begin(handler, STAYING, covered);

    // then
    assertThat(begun).isInstanceOf(Exchange.class);
    assertThat(new Calls.Request().apply(covered, begun)).isSameAs(covered);
  }

  @Test
  void aBodyThatCanBeReadOnceIsStoodInFor() {
    // given
    HttpRequest streamed =
        HttpRequest.newBuilder(covered.uri())
            .POST(BodyPublishers.ofInputStream(InputStream::nullInputStream))
            .build();

    // when
    Object begun = begin(handler, STAYING, streamed);

    // then
    assertThat(new Calls.Request().apply(streamed, begun)).isSameAs(begun);
  }

  @Test
  void aCallThatCannotReachACoveredHostIsTheJdksAlone() {
    // when
    Object begun = begin(handler, STAYING, foreign);

    // then
    assertThat(begun).isSameAs(handler);
    assertThat(new Calls.Request().apply(foreign, begun)).isSameAs(foreign);
    assertThat(new Calls.End().apply("response", begun)).isEqualTo("response");
    assertThat(beginAsync(handler, STAYING, foreign)).isNull();
  }

  @Test
  void aCallThatMayBeRedirectedToACoveredHostIsTakenOver() {
    assertThat(begin(handler, FOLLOWING, foreign)).isInstanceOf(Exchange.class);
  }

  @Test
  void whatTheJdkRefusesIsLeftToIt() {
    assertThat(begin(null, STAYING, covered)).isNull();
    assertThat(begin(handler, STAYING, null)).isSameAs(handler);
    assertThat(beginAsync(null, STAYING, covered)).isNull();
    assertThat(beginAsync(handler, STAYING, null)).isNull();
  }

  @Test
  @SuppressWarnings("unchecked") // of the handler's type
  void aBlockingCallEndsWithItsAnswerOrThatOfItsReplay() {
    // given
    Exchange<String> exchange = (Exchange<String>) begin(handler, STAYING, covered);
    HttpResponse<String> refusal = ScriptedClient.answer();
    HttpResponse<String> good = ScriptedClient.answer();

    // when, then
    assertThat(new Calls.End().apply(refusal, exchange)).isSameAs(refusal);
    exchange.answered(good);
    assertThat(new Calls.End().apply(refusal, exchange)).isSameAs(good);
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
    return new Calls.Begin(policy).apply(bodyHandler, new Object[] {client, request});
  }

  private Object beginAsync(Object bodyHandler, HttpClient client, HttpRequest request) {
    return new Calls.BeginAsync(policy)
        .apply(null, new Object[] {client, request, bodyHandler, null});
  }

  private static HttpRequest request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).build();
  }
}

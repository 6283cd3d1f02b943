package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemHeadersTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String COVERED = "https://" + ScriptedPolicy.HOST + "/api/v2/users/me";

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final Calls.Plain plain = plain();
  private final BodyHandler<Void> handler = BodyHandlers.discarding();

  @Test
  void aCoveredHopCarriesTheTokenAndItsRefusalIsOurs() {
    // given
    HttpRequest request = request(COVERED, null);
    Exchange<Void> exchange = exchange(request);

    // when
    JdkCall call = presented(request, exchange);

    // then
    assertThat(call.systemHeaders.get("Authorization")).containsExactly("Bearer managed");
    assertThat(exchange.apply(status(401))).isInstanceOf(Refusal.class);
    assertThat(exchange.apply(status(200))).isNotInstanceOf(Refusal.class);
    assertThat(exchange.apply(status(403))).as("may be worth a line").isInstanceOf(Refusal.class);
    assertThat(exchange.apply(status(404))).isNotInstanceOf(Refusal.class);
  }

  @Test
  void theAppsStaleBearerIsOverriddenOnTheWireOnly() {
    // given
    JdkCall call = presented(request(COVERED, "Bearer stale"), handler);

    // when
    HttpHeaders shown = shown(call);

    // then
    assertThat(shown.map())
        .isEqualTo(
            Map.of("X-App", List.of("kept", "twice"), "authorization", List.of("Bearer managed")));
    assertThat(call.hop.headers().firstValue("authorization")).hasValue("Bearer stale");
  }

  @Test
  void theJdkFindsTheTokenHoweverItLooks() {
    // when
    HttpHeaders shown = shown(presented(request(COVERED, "Bearer stale"), handler));

    // then
    assertThat(shown.firstValue("AUTHORIZATION")).hasValue("Bearer managed");
    assertThat(shown.allValues("X-App")).containsExactly("kept", "twice");
    assertThat(shown.allValues("X-Other")).isEmpty();
    assertThat(shown.map()).hasSize(2).containsKey("AUTHORIZATION").doesNotContainKey("X-Other");
    assertThat(HttpHeaders.of(shown.map(), (name, value) -> !name.startsWith("X")).map())
        .isEqualTo(Map.of("authorization", List.of("Bearer managed")));
  }

  @ParameterizedTest
  @CsvSource({
    "https://elsewhere.example/api, Bearer stale",
    "http://api.mypurecloud.ie/api, Bearer stale",
    "https://api.mypurecloud.ie/oauth/token, Bearer stale",
    "https://api.mypurecloud.ie/api, Basic YTpi",
    "https://api.mypurecloud.ie/api, Digest username=a",
  })
  void anyOtherHopIsLeftAloneAndItsRefusalIsPassedOn(String uri, String own) {
    // given
    HttpRequest request = request(uri, own);
    Exchange<Void> exchange = exchange(request);
    // the hop before was ours
    exchange.ownHop("Bearer managed", true);

    // when
    JdkCall call = presented(request, exchange);

    // then
    assertUntouched(call);
    assertThat(exchange.apply(status(401))).isNotInstanceOf(Refusal.class);
  }

  @Test
  void whatTheAppsAuthenticatorAnsweredWins() {
    // given
    HttpRequest request = request(COVERED, null);
    Exchange<Void> exchange = exchange(request);
    JdkCall call = new JdkCall(CLIENT, request, exchange);
    call.systemHeaders.put("Authorization", List.of("Basic YTpi"));

    // when
    present(call);

    // then
    assertThat(call.systemHeaders.get("Authorization")).containsExactly("Basic YTpi");
    assertThat(shown(call)).isEqualTo(call.hop.headers());
    assertThat(exchange.apply(status(401))).isNotInstanceOf(Refusal.class);
  }

  @Test
  void aTokenOfOursIsReplacedByANewerOne() {
    // given
    JdkCall call = presented(request(COVERED, null), handler);
    policy.managed = "Bearer newer";

    // when
    present(call);

    // then
    assertThat(call.systemHeaders.get("Authorization")).containsExactly("Bearer newer");
  }

  @Test
  void anEarlierTokenGoesWhenThereIsNone() {
    // given
    JdkCall call = presented(request(COVERED, null), handler);
    policy.managed = null;

    // when
    present(call);

    // then
    assertUntouched(call);
  }

  @Test
  void anEarlierTokenGoesWhereTheNextAttemptIsNotOurs() {
    // given
    JdkCall call = presented(request(COVERED, "Bearer stale"), handler);
    call.systemHeaders.put("Authorization", List.of("Basic YTpi"));

    // when
    present(call);

    // then
    assertThat(shown(call)).isEqualTo(call.hop.headers());
    assertThat(Sent.of(call.hop)).isNull();
  }

  @Test
  void withoutALiveTokenTheHopIsAsTheAppWroteItAndItsRefusalIsOurs() {
    // given
    policy.managed = null;
    HttpRequest request = request(COVERED, "Bearer stale");
    Exchange<Void> exchange = exchange(request);

    // when
    JdkCall call = presented(request, exchange);
    exchange.refused(status(401), new byte[1], 0);

    // then
    assertUntouched(call);
    assertThat(policy.renewed).containsExactly("Bearer stale");
  }

  @Test
  void aHandshakeOfAWebSocketIsNotTouched() {
    // given
    JdkCall call = new JdkCall(CLIENT, request(COVERED, null), handler).asWebSocket();

    // when
    present(call);

    // then
    assertUntouched(call);
    assertThat(Sent.of(call.hop)).isNull();
  }

  @Test
  void aProxyThatCouldReadTheTokenGetsNone() {
    // given
    ScriptedPolicy http = new ScriptedPolicy("http");
    HttpRequest request = request("http://" + ScriptedPolicy.HOST + "/api", "Bearer stale");
    Proxy proxy = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy", 1));
    JdkCall direct = new JdkCall(CLIENT, request, handler);
    JdkCall proxied = new JdkCall(CLIENT, request, handler).by(proxy);

    // when
    new SystemHeaders.Present(http, plain).apply(direct.hop, direct.multiExchange);
    new SystemHeaders.Present(http, plain).apply(proxied.hop, proxied.multiExchange);

    // then
    assertThat(shown(direct).firstValue("authorization")).hasValue("Bearer managed");
    assertUntouched(proxied);
  }

  @Test
  void callsWithTheSameHeadersShareWhatIsShown() {
    // given
    SystemHeaders.Present present = new SystemHeaders.Present(policy, plain);
    HttpHeaders first = shown(present, request(COVERED, "Bearer stale"));

    // when, then
    assertThat(shown(present, request(COVERED, "Bearer older"))).isSameAs(first);
    policy.managed = "Bearer newer";
    assertThat(shown(present, request(COVERED, "Bearer stale"))).isNotEqualTo(first);
  }

  @Test
  void ofAClientWithAnAuthenticatorTheTokenIsAHeaderOfItsOwnToo() {
    // given: the JDK drops an Authorization that the app of such a client has set
    HttpClient asking = HttpClient.newBuilder().authenticator(new Authenticator() {}).build();
    HttpRequest request = request(COVERED, "Bearer stale");
    Exchange<Void> exchange = new Exchange<>(policy, asking, request, handler, null);

    // when
    JdkCall call = presented(request, exchange);

    // then
    assertThat(call.systemHeaders.get("Authorization")).containsExactly("Bearer managed");
    assertThat(shown(call).firstValue("authorization")).hasValue("Bearer managed");

    // and when
    policy.managed = "Bearer newer";
    present(call);

    // then
    assertThat(call.systemHeaders.get("Authorization")).containsExactly("Bearer newer");
  }

  @Test
  void theAppsOwnUserAgentIsKept() {
    // given
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(COVERED))
            .header("User-Agent", "of the app")
            .header("Authorization", "Bearer stale")
            .build();

    // when
    HttpHeaders shown = shown(presented(request, handler));

    // then
    assertThat(shown.map())
        .isEqualTo(
            Map.of(
                "User-Agent", List.of("of the app"), "Authorization", List.of("Bearer managed")));
  }

  @Test
  void aHeaderThatChangesWithEachCallDoesNotKeepTheOthersFromBeingShared() {
    // given
    SystemHeaders.Present present = new SystemHeaders.Present(policy, plain);
    HttpHeaders first = shown(present, request(COVERED, "Bearer stale"));

    // when
    for (int i = 0; i < 3; i++) {
      HttpRequest traced =
          HttpRequest.newBuilder(URI.create(COVERED))
              .header("traceparent", "" + i)
              .header("Authorization", "Bearer stale")
              .build();
      assertThat(shown(present, traced).firstValue("Authorization")).hasValue("Bearer managed");
      assertThat(shown(present, traced).firstValue("traceparent")).hasValue("" + i);
    }

    // then
    assertThat(shown(present, request(COVERED, "Bearer stale"))).isSameAs(first);
  }

  @ParameterizedTest
  @CsvSource({"X-App, kept", "x-app, other", "X-Other, kept", ", "})
  void callsWithOtherHeadersDoNot(String name, String value) {
    // given
    SystemHeaders.Present present = new SystemHeaders.Present(policy, plain);
    shown(present, request(COVERED, "Bearer stale"));
    HttpRequest.Builder other =
        HttpRequest.newBuilder(URI.create(COVERED)).header("authorization", "Bearer stale");
    HttpRequest request = (name == null ? other : other.header(name, value)).build();

    // when
    HttpHeaders shown = shown(present, request);

    // then
    Map<String, List<String>> expected = new TreeMap<>(request.headers().map());
    expected.put("authorization", List.of("Bearer managed"));
    assertThat(shown.map()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Authorization: Bearer abc.def-1 | Authorization: Bearer ***",
        "'Authorization: Bearer abc\r\nHost: a' | 'Authorization: Bearer ***\r\nHost: a'",
        "Host: api.mypurecloud.ie | Host: api.mypurecloud.ie",
        "'X: Bearer one, Y: Bearer two\nZ: c' | 'X: Bearer *** Y: Bearer ***\nZ: c'",
        "'Bearer ' | 'Bearer ***'",
      })
  void noTokenReachesTheJdksLog(String text, String masked) {
    // when
    Object alone = new SystemHeaders.Masked().apply(text, null);
    Object[] values = {text, 42, null};
    Object[] inArray = (Object[]) new SystemHeaders.Masked().apply(values, null);

    // then
    assertThat(alone).isEqualTo(masked);
    assertThat(inArray).containsExactly(masked, 42, null);
    assertThat(values).containsExactly(text, 42, null);
  }

  /** As it is once a call has begun. */
  private static Calls.Plain plain() {
    Calls.Plain plain = new Calls.Plain();
    new Calls.Begin(new ScriptedPolicy(), plain).apply(request(COVERED, null), CLIENT);
    return plain;
  }

  private JdkCall presented(HttpRequest request, BodyHandler<Void> bodyHandler) {
    JdkCall call = new JdkCall(CLIENT, request, bodyHandler);
    present(call);
    return call;
  }

  private void present(JdkCall call) {
    Object same = new SystemHeaders.Present(policy, plain).apply(call.hop, call.multiExchange);
    assertThat(same).isSameAs(call.hop);
  }

  private HttpHeaders shown(SystemHeaders.Present present, HttpRequest request) {
    JdkCall call = new JdkCall(CLIENT, request, handler);
    present.apply(call.hop, call.multiExchange);
    return shown(call);
  }

  private static HttpHeaders shown(JdkCall call) {
    return (HttpHeaders) new SystemHeaders.Overridden().apply(call.hop.headers(), call.hop);
  }

  private void assertUntouched(JdkCall call) {
    JdkCall fresh = new JdkCall(CLIENT, call.hop, handler);
    assertThat(call.systemHeaders).isEqualTo(fresh.systemHeaders).containsKey("User-Agent");
    assertThat(shown(call)).isEqualTo(call.hop.headers());
  }

  private Exchange<Void> exchange(HttpRequest request) {
    return new Exchange<>(policy, CLIENT, request, handler, null);
  }

  private static HttpRequest request(String uri, String authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(uri)).header("X-App", "kept").header("X-App", "twice");
    return (authorization == null ? request : request.header("authorization", authorization))
        .build();
  }

  private static ResponseInfo status(int code) {
    return new ResponseInfo() {
      @Override
      public int statusCode() {
        return code;
      }

      @Override
      public HttpHeaders headers() {
        return HttpHeaders.of(Map.of(), (name, value) -> true);
      }

      @Override
      public HttpClient.Version version() {
        return HttpClient.Version.HTTP_2;
      }
    };
  }
}

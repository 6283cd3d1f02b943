package org.genesystoken.agent.clients.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

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
  private final Map<String, List<String>> system = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final BodyHandler<Void> handler = BodyHandlers.discarding();

  @Test
  void aCoveredHopCarriesTheTokenAndItsRefusalIsOurs() {
    // given
    HttpRequest hop = hop(COVERED, null);
    Exchange<Void> exchange = exchange(hop);

    // when
    present(hop, exchange);

    // then
    assertThat(system.get("Authorization")).containsExactly("Bearer managed");
    assertThat(exchange.apply(status(401))).isInstanceOf(Refusal.class);
    assertThat(exchange.apply(status(200))).isNotInstanceOf(Refusal.class);
    assertThat(exchange.apply(status(403))).as("may be worth a line").isInstanceOf(Refusal.class);
    assertThat(exchange.apply(status(404))).isNotInstanceOf(Refusal.class);
  }

  @Test
  void theAppsStaleBearerIsOverriddenOnTheWireOnly() {
    // given
    HttpRequest hop = hop(COVERED, "Bearer stale");
    present(hop, exchange(hop));

    // when
    Object userHeaders = new SystemHeaders.Overridden().apply(hop.headers(), system);

    // then
    assertThat(((HttpHeaders) userHeaders).map())
        .isEqualTo(
            Map.of("X-App", List.of("kept", "twice"), "authorization", List.of("Bearer managed")));
    assertThat(hop.headers().firstValue("authorization")).hasValue("Bearer stale");
  }

  @Test
  void theJdkFindsTheTokenHoweverItLooks() {
    // given
    HttpRequest hop = hop(COVERED, "Bearer stale");
    present(hop, exchange(hop));

    // when
    HttpHeaders shown = (HttpHeaders) new SystemHeaders.Overridden().apply(hop.headers(), system);

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
    HttpRequest hop = hop(uri, own);
    Exchange<Void> exchange = exchange(hop);
    // the hop before was ours
    exchange.ownHop("Bearer managed", true);

    // when
    present(hop, exchange);

    // then
    assertThat(system).isEmpty();
    assertThat(new SystemHeaders.Overridden().apply(hop.headers(), system)).isSameAs(hop.headers());
    assertThat(exchange.apply(status(401))).isNotInstanceOf(Refusal.class);
  }

  @Test
  void whatTheAppsAuthenticatorAnsweredWins() {
    // given
    HttpRequest hop = hop(COVERED, null);
    Exchange<Void> exchange = exchange(hop);
    system.put("Authorization", List.of("Basic YTpi"));

    // when
    present(hop, exchange);

    // then
    assertThat(system.get("Authorization")).containsExactly("Basic YTpi");
    assertThat(new SystemHeaders.Overridden().apply(hop.headers(), system)).isSameAs(hop.headers());
    assertThat(exchange.apply(status(401))).isNotInstanceOf(Refusal.class);
  }

  @Test
  void aTokenOfOursIsReplacedByANewerOne() {
    // given
    HttpRequest hop = hop(COVERED, null);
    Exchange<Void> exchange = exchange(hop);
    present(hop, exchange);
    policy.managed = "Bearer newer";

    // when
    present(hop, exchange);

    // then
    assertThat(system.get("Authorization")).containsExactly("Bearer newer");
  }

  @Test
  void withoutALiveTokenTheHopIsAsTheAppWroteItAndItsRefusalIsOurs() {
    // given
    policy.managed = null;
    HttpRequest hop = hop(COVERED, "Bearer stale");
    Exchange<Void> exchange = exchange(hop);

    // when
    present(hop, exchange);
    exchange.refused(status(401), new byte[1], 0);

    // then
    assertThat(system).isEmpty();
    assertThat(policy.renewed).containsExactly("Bearer stale");
  }

  @Test
  void aHandlerOfTheJdksOwnIsNotTouched() {
    // given
    HttpRequest hop = hop(COVERED, null);

    // when
    new SystemHeaders.Present(policy).apply(system, new Object[] {hop, handler});

    // then
    assertThat(system).isEmpty();
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

  private void present(HttpRequest hop, Exchange<Void> exchange) {
    Object same =
        new SystemHeaders.Present(policy).apply(system, new Object[] {hop, exchange, null});
    assertThat(same).isSameAs(system);
  }

  private Exchange<Void> exchange(HttpRequest request) {
    return new Exchange<>(policy, CLIENT, request, handler, null);
  }

  private static HttpRequest hop(String uri, String authorization) {
    HttpRequest.Builder hop =
        HttpRequest.newBuilder(URI.create(uri)).header("X-App", "kept").header("X-App", "twice");
    return (authorization == null ? hop : hop.header("authorization", authorization)).build();
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

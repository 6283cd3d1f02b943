package org.genesystoken.agent.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.agent.core.policy.TokenPolicy.NO_BUDGET;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.config.Configuration.Inject;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.VirtualTime;
import org.genesystoken.agent.core.token.Counters;
import org.genesystoken.agent.core.token.Reports;
import org.genesystoken.agent.core.token.TokenManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLogger;

class ManagedTokenPolicyTest {
  private static final String API = "api.mypurecloud.com";
  private static final String MANAGED = "Bearer managed";

  private final VirtualTime time = new VirtualTime();
  private final List<URI> asked = new ArrayList<>();
  private final Counters counters = new Counters();

  private ManagedTokenPolicy policy(Inject inject, String tokenUrl, String... hosts) {
    TokenEndpoint endpoint = () -> new TokenResponse(new Secret("managed"), 3_600_000);
    List<String> entries = new ArrayList<>();
    Collections.addAll(entries, hosts);
    return new ManagedTokenPolicy(
        Origins.of(entries),
        tokenUrl == null ? null : URI.create(tokenUrl),
        Collections.singleton("401000"),
        inject,
        1024,
        new Throttling(-1, time, new Random(1), () -> time),
        new MissingPermissions(NOPLogger.NOP_LOGGER, time),
        url -> {
          asked.add(url);
          return new TokenManager(
              endpoint,
              time,
              time,
              new Random(1),
              0,
              10_000,
              -1,
              null,
              new Reports(NOPLogger.NOP_LOGGER, "https://login.test", time),
              counters);
        });
  }

  private ManagedTokenPolicy live(Inject inject) {
    ManagedTokenPolicy policy = policy(inject, "https://login.mypurecloud.com/oauth/token", API);
    assertThat(policy.covers("https", API, -1, "/api/v2/users/me")).isTrue();
    CompletableFuture<Void> ready = policy.ready("Bearer own", NO_BUDGET).toCompletableFuture();
    time.runDue();
    assertThat(ready).isCompleted();
    return policy;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/oauth/token",
        "/api/v2/oauth/token",
        "/oauth/token?x=1",
        "/api/v2/oauth/token#x",
        "/custom/token"
      })
  void a_token_endpoint_is_never_covered(String path) {
    ManagedTokenPolicy policy =
        policy(Inject.ALWAYS, "https://api.mypurecloud.com/custom/token", API);

    assertThat(policy.covers("https", API, 443, path)).isFalse();
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "", "/oauth/tokens", "/oauth/token/x", "/x/oauth/token", "/api/v2"})
  void any_other_path_is_covered(String path) {
    ManagedTokenPolicy policy = policy(Inject.ALWAYS, null, API);

    assertThat(policy.covers("https", API, 443, path)).isTrue();
    assertThat(policy.covers("https", API, 443, null)).isTrue();
    assertThat(policy.covers("https", "evil.com", 443, path)).isFalse();
  }

  @Test
  void the_path_of_a_token_url_elsewhere_is_covered_here() {
    ManagedTokenPolicy policy = policy(Inject.ALWAYS, "https://login.x.com/custom/token", API);

    assertThat(policy.covers("https", API, -1, "/custom/token")).isTrue();
  }

  @ParameterizedTest(name = "{0}://{1}:{2} → {3}")
  @CsvSource({
    "https, api.mypurecloud.com, -1, https://api.mypurecloud.com/api/v2/oauth/token",
    "https, api.mypurecloud.com, 443, https://api.mypurecloud.com:443/api/v2/oauth/token",
    "http, localhost, 8080, http://localhost:8080/api/v2/oauth/token",
    "https, my_api, 8443, https://my_api:8443/api/v2/oauth/token",
    "https, localhost, 8443, https://localhost:8443/api/v2/oauth/token",
    "http, ::1, 8080, 'http://[::1]:8080/api/v2/oauth/token'",
    "http, '[::1]', 8080, 'http://[::1]:8080/api/v2/oauth/token'"
  })
  void a_token_url_that_is_not_set_is_that_of_the_first_covered_request(
      String scheme, String host, int port, String tokenUrl) {
    ManagedTokenPolicy policy = policy(Inject.ALWAYS, null, API, "localhost", "::1", "my_api:8443");

    policy.covers("https", "elsewhere.com", -1, "/");
    policy.covers(scheme, host, port, "/api/v2/users/me");
    policy.covers("http", "localhost", 1, "/");

    assertThat(asked).containsExactly(URI.create(tokenUrl));
  }

  @Test
  void a_token_url_that_is_set_is_asked() {
    live(Inject.ALWAYS);

    assertThat(asked).containsExactly(URI.create("https://login.mypurecloud.com/oauth/token"));
  }

  @ParameterizedTest(name = "''{0}'': {1}")
  @CsvSource(
      nullValues = "none",
      value = {
        "none, true",
        "Bearer stale, true",
        "bearer stale, true",
        "'  BEARER stale', true",
        "Bearer, true",
        "'Bearer\tstale', true",
        "'', false",
        "Basic eDp5, false",
        "Bearerish x, false",
        "Digest Bearer, false"
      })
  void only_an_absent_authorization_or_a_bearer_is_replaced(String own, boolean replaced) {
    ManagedTokenPolicy policy = live(Inject.ALWAYS);

    assertThat(policy.mayReplace(own)).isEqualTo(replaced);
    assertThat(policy.authorization(own, NO_BUDGET)).isEqualTo(replaced ? MANAGED : null);
    assertThat(policy.authorizationNow(own)).isEqualTo(replaced ? MANAGED : null);
  }

  @Test
  void bearer_only_adds_nothing_where_the_app_sends_nothing() {
    ManagedTokenPolicy policy = live(Inject.BEARER_ONLY);

    assertThat(policy.authorization(null, NO_BUDGET)).isNull();
    assertThat(policy.authorization("Basic eDp5", NO_BUDGET)).isNull();
    assertThat(policy.authorization("Bearer stale", NO_BUDGET)).isEqualTo(MANAGED);
  }

  @Test
  void on_401_keeps_each_value_of_the_app_until_that_very_value_was_refused() {
    ManagedTokenPolicy policy = live(Inject.ON_401);
    assertThat(policy.authorization("Bearer one", NO_BUDGET)).isNull();
    assertThat(policy.authorization(null, NO_BUDGET)).isNull();

    CompletableFuture<Boolean> renewal =
        policy.renewAsync("Bearer one", true, NO_BUDGET).toCompletableFuture();
    time.runDue();

    assertThat(renewal).isCompletedWithValue(true);
    assertThat(policy.authorization("Bearer one", NO_BUDGET)).isEqualTo(MANAGED);
    assertThat(policy.authorization("Bearer two", NO_BUDGET)).isNull();
    assertThat(policy.authorization(null, NO_BUDGET)).isNull();

    assertThat(policy.renew(null, true, NO_BUDGET)).isTrue();
    assertThat(policy.authorization(null, NO_BUDGET)).isEqualTo(MANAGED);
    assertThat(policy.authorization("Bearer two", NO_BUDGET)).isNull();
  }

  @Test
  void on_401_remembers_a_bounded_number_of_values() {
    ManagedTokenPolicy policy = live(Inject.ON_401);
    policy.renewAsync("Bearer 0", true, NO_BUDGET);
    time.runDue();

    for (int i = 1; i <= 64; i++) {
      assertThat(policy.renew("Bearer " + i, true, NO_BUDGET)).isTrue();
    }

    assertThat(policy.authorization("Bearer 0", NO_BUDGET)).as("the oldest is forgotten").isNull();
    assertThat(policy.authorization("Bearer 1", NO_BUDGET)).isEqualTo(MANAGED);
    assertThat(policy.authorization("Bearer 64", NO_BUDGET)).isEqualTo(MANAGED);
  }

  @Test
  void on_401_a_refused_token_of_the_agent_is_not_taken_for_one_of_the_app() {
    ManagedTokenPolicy policy = live(Inject.ON_401);
    policy.renewAsync("Bearer own", true, NO_BUDGET);
    time.runDue();

    for (int i = 0; i < 100; i++) {
      policy.renewAsync(MANAGED, true, NO_BUDGET);
      time.runDue();
    }

    assertThat(policy.authorization("Bearer own", NO_BUDGET)).isEqualTo(MANAGED);
    assertThat(policy.authorization(MANAGED, NO_BUDGET)).isNull();
  }

  @Test
  void on_401_a_managed_token_that_only_replays_carry_is_renewed_when_it_is_refused() {
    // given: an app whose own value is another one each time
    ManagedTokenPolicy policy = live(Inject.ON_401);
    CompletableFuture<Boolean> first =
        policy.renewAsync("Bearer one", true, NO_BUDGET).toCompletableFuture();
    time.runDue();
    assertThat(first).isCompletedWithValue(true);
    time.advance(10, TimeUnit.MINUTES);

    // when
    assertThat(policy.renew("Bearer two", true, NO_BUDGET)).isTrue();
    policy.replayRefused(policy.authorizationNow("Bearer two"));
    time.runDue();

    // then
    assertThat(counters.tokenRequests()).isEqualTo(2);
    assertThat(policy.renew("Bearer three", true, NO_BUDGET)).isTrue();
  }

  @Test
  void a_request_that_is_to_carry_no_token_waits_for_none() {
    // given: another's token was refused, and there is no new one yet
    ManagedTokenPolicy policy = policy(Inject.ON_401, null, API);
    policy.covers("https", API, -1, "/api/v2/users/me");
    policy.renewAsync("Bearer refused", true, NO_BUDGET);

    // when
    CompletableFuture<Void> refused =
        policy.ready("Bearer refused", NO_BUDGET).toCompletableFuture();
    CompletableFuture<Void> own = policy.ready("Bearer own", NO_BUDGET).toCompletableFuture();

    // then
    assertThat(refused).isNotDone();
    assertThat(own).isDone();
  }

  @Test
  void before_the_first_covered_request_nothing_is_made_and_nothing_waits() {
    ManagedTokenPolicy policy = policy(Inject.ALWAYS, null, API);

    assertThat(policy.authorization(null, NO_BUDGET)).isNull();
    assertThat(policy.authorizationNow(null)).isNull();
    assertThat(policy.renew(null, true, NO_BUDGET)).isFalse();
    assertThat(policy.renewAsync(null, true, NO_BUDGET).toCompletableFuture())
        .isCompletedWithValue(false);
    assertThat(policy.ready(null, NO_BUDGET).toCompletableFuture()).isCompleted();
    policy.replayRefused(null);
    assertThat(asked).isEmpty();
  }

  @Test
  void a_call_that_waited_for_a_token_in_vain_does_not_wait_again_when_it_is_refused() {
    // given
    ManagedTokenPolicy policy = policy(Inject.ALWAYS, null, API);
    policy.covers("https", API, -1, "/api/v2/users/me");
    assertThat(policy.authorizationNow("Bearer own")).isNull();

    // when
    CompletableFuture<Boolean> renewal =
        policy.renewAsync("Bearer own", true, NO_BUDGET).toCompletableFuture();

    // then
    assertThat(renewal).as("the flight is still under way").isCompletedWithValue(false);
    time.runDue();
    assertThat(policy.renew("Bearer own", true, NO_BUDGET))
        .as("the flight has brought a token")
        .isTrue();
  }

  @Test
  void bearer_only_does_not_send_again_what_carries_no_bearer() {
    ManagedTokenPolicy policy = policy(Inject.BEARER_ONLY, null, API);

    assertThat(policy.mayReplace(null)).isFalse();
    assertThat(policy.mayReplace("Bearer own")).isTrue();
  }
}

package org.genesystoken.agent.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.agent.core.policy.TokenPolicy.NO_BUDGET;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.config.Configuration.Inject;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.VirtualTime;
import org.genesystoken.agent.core.token.Counters;
import org.genesystoken.agent.core.token.Reports;
import org.genesystoken.agent.core.token.TokenManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.helpers.NOPLogger;

class RefusedCallTest {
  private static final String API = "api.mypurecloud.com";
  private static final ApiAnswer EXPIRED = answer(401, null, "{\"code\":\"bad.credentials\"}");
  private static final ApiAnswer OTHER = answer(401, null, "{\"code\":\"ip.not.authorized\"}");

  private final VirtualTime time = new VirtualTime();
  private final Counters counters = new Counters();
  private Runnable duringFlight = () -> {};
  private final TokenPolicy policy = live(10_000);

  private TokenPolicy live(long retry429Millis) {
    int[] minted = new int[1];
    TokenPolicy made =
        new ManagedTokenPolicy(
            Origins.of(Collections.singletonList(API)),
            URI.create("https://login.mypurecloud.com/oauth/token"),
            Collections.singleton("bad.credentials"),
            Inject.ALWAYS,
            1024,
            new Throttling(retry429Millis, time, new Random(1), () -> time),
            new MissingPermissions(NOPLogger.NOP_LOGGER, time),
            url ->
                new TokenManager(
                    () -> {
                      duringFlight.run();
                      return new TokenResponse(new Secret("t" + ++minted[0]), 3_600_000);
                    },
                    time,
                    time,
                    new Random(1),
                    3_000,
                    10_000,
                    -1,
                    null,
                    new Reports(NOPLogger.NOP_LOGGER, "https://login.test", time),
                    counters));
    made.covers("https", API, -1, "/");
    made.authorizationNow(null);
    time.runDue();
    return made;
  }

  private static ApiAnswer answer(int status, String retryAfter, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return ApiAnswer.of(status, Collections.emptyList(), retryAfter, null)
        .withBody(bytes, bytes.length);
  }

  private CompletableFuture<Boolean> ask(RefusedCall call, ApiAnswer answer, boolean replayable) {
    String sent = policy.authorizationNow(null);
    return call.replaysAsync(answer, sent, replayable, NO_BUDGET).toCompletableFuture();
  }

  @Test
  void an_expired_call_is_replayed_once_with_a_new_token() {
    RefusedCall call = policy.refusedCall();

    CompletableFuture<Boolean> first = ask(call, EXPIRED, true);
    time.runDue();
    CompletableFuture<Boolean> second = ask(call, EXPIRED, true);
    time.runDue();

    assertThat(first).isCompletedWithValue(true);
    assertThat(second).isCompletedWithValue(false);
    assertThat(counters.tokenRequests()).as("the first one, and one more").isEqualTo(2);
  }

  @Test
  void a_403_shows_that_the_api_takes_the_new_token() {
    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), EXPIRED, true);
    time.runDue();
    assertThat(replay).isCompletedWithValue(true);
    assertThat(ask(policy.refusedCall(), OTHER, true)).isCompletedWithValue(false);
    assertThat(policy.isInDoubt()).as("after a new token, and a 401 for another reason").isTrue();

    CompletableFuture<Boolean> forbidden = ask(policy.refusedCall(), answer(403, null, "{}"), true);

    assertThat(forbidden).isCompletedWithValue(false);
    assertThat(policy.isInDoubt()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "200, false",
    "204, false",
    "404, false",
    "409, false",
    "301, true",
    "302, true",
    "400, true",
    "401, true",
    "407, true",
    "408, true",
    "421, true",
    "429, true",
    "503, true"
  })
  void an_answer_from_in_front_of_the_api_says_nothing_of_the_token(int status, boolean doubt) {
    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), EXPIRED, true);
    time.runDue();
    assertThat(replay).isCompletedWithValue(true);

    policy.answered(status, policy.authorizationNow(null));

    assertThat(policy.isInDoubt()).isEqualTo(doubt);
  }

  @Test
  void a_call_that_cannot_be_replayed_has_the_token_renewed_all_the_same() {
    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), EXPIRED, false);
    time.runDue();

    assertThat(replay).isCompletedWithValue(false);
    assertThat(policy.authorizationNow(null)).isEqualTo("Bearer t2");
  }

  @Test
  void another_refusal_is_passed_on_and_renews_nothing() {
    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), OTHER, true);
    time.runDue();

    assertThat(replay).isCompletedWithValue(false);
    assertThat(counters.tokenRequests()).isEqualTo(1);
  }

  @Test
  void the_apps_own_time_out_ends_the_wait_for_a_token() {
    // given a token request that takes longer
    List<Boolean> done = new ArrayList<>();
    List<CompletableFuture<Boolean>> replay = new ArrayList<>();
    duringFlight =
        () -> {
          time.advance(499, TimeUnit.MILLISECONDS);
          done.add(replay.get(0).isDone());
          time.advance(1, TimeUnit.MILLISECONDS);
          done.add(replay.get(0).isDone());
        };

    // when
    String sent = policy.authorizationNow(null);
    replay.add(policy.refusedCall().replaysAsync(EXPIRED, sent, true, 500).toCompletableFuture());
    time.runDue();

    // then
    assertThat(done).containsExactly(false, true);
    assertThat(replay.get(0)).isCompletedWithValue(false);
  }

  @Test
  void a_throttled_call_is_replayed_after_what_the_api_asks_for_and_no_token_is_renewed() {
    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), answer(429, "2", ""), true);

    time.advance(1_999, TimeUnit.MILLISECONDS);
    assertThat(replay).isNotCompleted();
    time.advance(1, TimeUnit.MILLISECONDS);

    assertThat(replay).isCompletedWithValue(true);
    assertThat(counters.tokenRequests()).isEqualTo(1);
  }

  @Test
  void retry_after_may_be_a_date() {
    // the virtual clock stands at day 20,000
    ApiAnswer answer = answer(429, "Fri, 04 Oct 2024 00:00:05 GMT", "");

    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), answer, true);

    time.advance(4_999, TimeUnit.MILLISECONDS);
    assertThat(replay).isNotCompleted();
    time.advance(1, TimeUnit.MILLISECONDS);
    assertThat(replay).isCompletedWithValue(true);
  }

  @ParameterizedTest(name = "the server's clock is off by {1} s")
  @CsvSource({"2024-10-03T23:50:00Z, -600", "2024-10-04T00:10:00Z, 600"})
  void a_date_counts_by_the_servers_own_clock(Instant server, long off) {
    // given a server that asks for five seconds by a clock that is minutes off
    ApiAnswer answer =
        ApiAnswer.of(429, null, date(server.plusSeconds(5)), null)
            .dated(date(server))
            .withBody(new byte[0], 0);

    // when
    CompletableFuture<Boolean> replay = ask(policy.refusedCall(), answer, true);

    // then
    time.advance(4_999, TimeUnit.MILLISECONDS);
    assertThat(replay).isNotCompleted();
    time.advance(1, TimeUnit.MILLISECONDS);
    assertThat(replay).isCompletedWithValue(true);
  }

  private static String date(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "longer than the limit, 11, true, 9223372036854775807",
    "longer than the app's time-out, 2, true, 1999",
    "a body that cannot be sent again, 2, false, 9223372036854775807"
  })
  void a_throttled_call_is_passed_on_at_once(
      String why, String retryAfter, boolean replayable, long budgetMillis) {
    CompletableFuture<Boolean> replay =
        policy
            .refusedCall()
            .replaysAsync(answer(429, retryAfter, ""), "Bearer t1", replayable, budgetMillis)
            .toCompletableFuture();

    assertThat(replay).as(why).isCompletedWithValue(false);
  }

  @Test
  void without_retry_after_the_pauses_are_drawn_from_a_time_that_doubles_and_there_are_three() {
    RefusedCall call = policy.refusedCall();
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Boolean> replay = ask(call, answer(429, null, ""), true);
      long waited = 0;
      while (!replay.isDone()) {
        time.advance(1, TimeUnit.MILLISECONDS);
        waited++;
      }
      assertThat(replay).isCompletedWithValue(true);
      pauses.add(waited);
    }

    assertThat(ask(call, answer(429, null, ""), true)).isCompletedWithValue(false);
    assertThat(pauses.get(0)).isLessThanOrEqualTo(1_001);
    assertThat(pauses.get(1)).isLessThanOrEqualTo(2_001);
    assertThat(pauses.get(2)).isLessThanOrEqualTo(4_001);
    assertThat(pauses).as("drawn, not fixed").isNotEqualTo(Arrays.asList(1_000L, 2_000L, 4_000L));
  }

  @Test
  void all_pauses_of_a_call_together_are_bounded() {
    RefusedCall call = policy.refusedCall();
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Boolean> replay = ask(call, answer(429, "4", ""), true);
      time.advance(4, TimeUnit.SECONDS);
      assertThat(replay).isCompletedWithValue(true);
    }

    assertThat(ask(call, answer(429, "4", ""), true)).isCompletedWithValue(false);
  }

  @Test
  void by_default_a_throttled_answer_is_none_of_the_agents_business() {
    TokenPolicy off = live(-1);

    assertThat(off.looksAt(429)).isFalse();
    assertThat(policy.looksAt(429)).isTrue();
    assertThat(off.looksAt(401)).isTrue();
    assertThat(off.looksAt(500)).isFalse();
  }

  @Test
  void a_blocking_caller_waits_out_the_pause() {
    ApiAnswer now = answer(429, "0", "");
    TokenPolicy immediate =
        new ManagedTokenPolicy(
            Origins.of(Collections.singletonList(API)),
            null,
            Collections.singleton("bad.credentials"),
            Inject.ALWAYS,
            1024,
            new Throttling(1_000, time, new Random(1), Immediate::new),
            new MissingPermissions(NOPLogger.NOP_LOGGER, time),
            url -> null);

    assertThat(immediate.refusedCall().replays(now, null, true, NO_BUDGET)).isTrue();
    assertThat(immediate.refusedCall().replays(now, null, false, NO_BUDGET)).isFalse();
  }

  @Test
  void an_interrupted_caller_gets_the_answer_and_keeps_its_flag() {
    Thread.currentThread().interrupt();

    boolean replay = policy.refusedCall().replays(answer(429, "1", ""), null, true, NO_BUDGET);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(replay).isFalse();
  }

  @Test
  void the_headers_are_enough_where_the_body_adds_nothing() {
    RefusedCall call = policy.refusedCall();
    List<String> invalid = Collections.singletonList("Bearer error=\"invalid_token\"");

    assertThat(call.isTelling(ApiAnswer.of(401, invalid, null, null), "text/html")).isTrue();
    assertThat(call.isTelling(ApiAnswer.of(429, null, null, null), "text/html")).isTrue();
    assertThat(call.isTelling(ApiAnswer.of(401, null, null, null), "text/html")).isFalse();
    assertThat(call.isTelling(ApiAnswer.of(403, null, null, null), "text/html")).isFalse();
  }

  @Test
  void what_neither_headers_nor_body_tell_is_not_worth_reading() {
    RefusedCall call = policy.refusedCall();
    ApiAnswer unclear = ApiAnswer.of(401, null, null, null);
    ApiAnswer clear = ApiAnswer.of(429, null, null, null);

    assertThat(call.isTelling(unclear, "text/html")).isFalse();
    assertThat(call.isTelling(unclear, "application/json")).isTrue();
    assertThat(call.isTelling(unclear, null)).isTrue();
    assertThat(call.isTelling(clear, "text/html")).isTrue();
  }

  /** No time at all. */
  private static final class Immediate implements org.genesystoken.agent.core.time.Scheduler {
    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void resume(Runnable task) {
      execute(task);
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      task.run();
      return () -> {};
    }
  }
}

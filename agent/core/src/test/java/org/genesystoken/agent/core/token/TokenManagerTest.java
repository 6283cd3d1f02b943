package org.genesystoken.agent.core.token;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.genesystoken.agent.core.ForkedJava;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.AgentThreads;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Scheduler;
import org.genesystoken.agent.core.time.VirtualTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

class TokenManagerTest {
  private static final long NO_BUDGET = Long.MAX_VALUE;
  private static final String FIRST = "Bearer token-1";
  private static final String SECOND = "Bearer token-2";

  private final VirtualTime time = new VirtualTime();
  private final long epoch = time.nanoTime();
  private final ScriptedEndpoint endpoint = new ScriptedEndpoint();
  private final Counters counters = new Counters();
  private Logger log = NOPLogger.NOP_LOGGER;

  private TokenManager manager() {
    return manager(null, -1);
  }

  private TokenManager manager(Secret accessToken, long refreshAheadMillis) {
    return manager(time, accessToken, refreshAheadMillis);
  }

  private TokenManager manager(Scheduler scheduler) {
    return manager(scheduler, null, -1);
  }

  private TokenManager manager(Scheduler scheduler, Secret accessToken, long refreshAheadMillis) {
    return manager(time, scheduler, accessToken, refreshAheadMillis);
  }

  private TokenManager manager(
      Clock clock, Scheduler scheduler, Secret accessToken, long refreshAheadMillis) {
    // no caller waits in virtual time: where waiting matters, a test uses real threads
    return new TokenManager(
        endpoint,
        clock,
        scheduler,
        new Random(1),
        0,
        20_000,
        refreshAheadMillis,
        accessToken,
        new Reports(log, "https://login.test/oauth/token", time),
        counters);
  }

  private TokenManager onRealThreads(long waitMillis) {
    return onRealThreads(waitMillis, new AgentThreads(), Clock.SYSTEM);
  }

  private TokenManager onRealThreads(long waitMillis, AgentThreads threads, Clock clock) {
    return new TokenManager(
        endpoint,
        clock,
        threads,
        new Random(1),
        waitMillis,
        20_000,
        -1,
        null,
        new Reports(NOPLogger.NOP_LOGGER, "https://login.test/oauth/token", Clock.SYSTEM),
        counters);
  }

  private TokenManager live() {
    TokenManager manager = manager();
    manager.headerNow();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    return manager;
  }

  // ------------------------------------------------------------------ the first token

  @Test
  void the_first_request_starts_one_flight_and_the_same_string_serves_all_after_it() {
    TokenManager manager = manager();

    assertThat(manager.headerNow()).isNull();
    assertThat(manager.headerNow()).isNull();
    time.runDue();

    String header = manager.headerNow();
    assertThat(header).isEqualTo(FIRST);
    assertThat(manager.header(NO_BUDGET)).isSameAs(header);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void ten_thousand_cold_callers_make_one_token_request() throws Exception {
    tenThousandColdCallers(Executors.newFixedThreadPool(200));
  }

  @Test
  void ten_thousand_cold_callers_on_virtual_threads_make_one_token_request() throws Exception {
    assumeThat(virtualThreads()).as("this JDK has virtual threads").isNotNull();

    tenThousandColdCallers(virtualThreads());
  }

  /** An executor with a virtual thread for each task, or null where the JDK has none. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException e) {
      return null;
    }
  }

  private void tenThousandColdCallers(ExecutorService callers) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    endpoint.then(
        token -> {
          asked.countDown();
          awaitQuietly(answer);
          return ScriptedEndpoint.grant(token, 3_600);
        });
    TokenManager manager = onRealThreads(20_000);
    try {
      List<Future<String>> headers = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        headers.add(callers.submit(() -> manager.header(NO_BUDGET)));
      }
      assertThat(asked.await(10, SECONDS)).isTrue();
      answer.countDown();
      for (Future<String> header : headers) {
        assertThat(header.get(20, SECONDS)).isEqualTo(FIRST);
      }
    } finally {
      callers.shutdownNow();
    }
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void an_event_loop_that_needs_a_token_while_there_is_none_is_never_held_up() {
    CountDownLatch answer = heldAnswer();
    TokenManager manager = onRealThreads(3_600_000);

    // an hour would be the time that a caller may wait
    assertThat(manager.headerNow()).isNull();
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    CompletableFuture<Boolean> renewed =
        manager.renewAsync(null, true, NO_BUDGET).toCompletableFuture();
    assertThat(ready).isNotDone();
    assertThat(renewed).isNotDone();

    answer.countDown();
    assertThat(ready.thenApply(nothing -> manager.headerNow()).join()).isEqualTo(FIRST);
    assertThat(renewed.join()).isTrue();
  }

  @Test
  void the_end_of_the_thread_that_started_a_flight_harms_nobody() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    endpoint.then(
        token -> {
          asked.countDown();
          awaitQuietly(answer);
          return ScriptedEndpoint.grant(token, 3_600);
        });
    TokenManager manager = onRealThreads(20_000);
    Thread starter =
        new Thread(
            () -> {
              manager.header(NO_BUDGET);
              throw new IllegalStateException("the app's");
            },
            "starter");
    starter.setUncaughtExceptionHandler((thread, e) -> {});
    starter.start();
    assertThat(asked.await(10, SECONDS)).isTrue();
    CompletableFuture<Boolean> other =
        manager.renewAsync(null, true, NO_BUDGET).toCompletableFuture();

    starter.interrupt();
    starter.join(10_000);
    assertThat(starter.isAlive()).isFalse();
    answer.countDown();

    assertThat(other.get(10, SECONDS)).isTrue();
    assertThat(manager.header(NO_BUDGET)).isEqualTo(FIRST);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void a_flight_that_ends_between_a_callers_look_and_its_start_is_not_flown_again()
      throws Exception {
    // each round: callers that see no token race to start the one flight, which lands at once
    ExecutorService callers = Executors.newFixedThreadPool(4);
    AgentThreads threads = new AgentThreads();
    try {
      for (int round = 1; round <= 2_000; round++) {
        TokenManager manager = onRealThreads(20_000, threads, Clock.SYSTEM);
        List<Future<String>> headers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          headers.add(callers.submit(() -> manager.header(NO_BUDGET)));
        }
        for (Future<String> header : headers) {
          assertThat(header.get(10, SECONDS)).isEqualTo("Bearer token-" + round);
        }
        assertThat(endpoint.requests()).isEqualTo(round);
      }
    } finally {
      callers.shutdownNow();
      threads.close();
    }
  }

  /** A machine that may be out of threads. */
  private final class Poor implements Scheduler {
    boolean forWork;
    boolean forAlarms;

    /** What has been begun and never ends, where work hangs. */
    final List<Runnable> hanging = new ArrayList<>();

    boolean hangs;

    @Override
    public void execute(Runnable task) {
      failIf(forWork);
      if (hangs) {
        hanging.add(task);
      } else {
        time.execute(task);
      }
    }

    @Override
    public void resume(Runnable task) {
      if (forWork) {
        task.run();
      } else {
        execute(task);
      }
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      failIf(forAlarms);
      return time.schedule(task, delayNanos);
    }

    private void failIf(boolean exhausted) {
      if (exhausted) {
        throw new OutOfMemoryError("unable to create native thread");
      }
    }
  }

  @Test
  void a_machine_that_is_out_of_threads_costs_tokens_but_no_exception() {
    Poor poor = new Poor();
    poor.forWork = true;
    poor.forAlarms = true;
    TokenManager manager = manager(poor);

    assertThat(manager.header(NO_BUDGET)).isNull();
    assertThat(manager.whenReady(NO_BUDGET).toCompletableFuture()).isCompleted();
    poor.forWork = false;
    poor.forAlarms = false;
    time.advance(1, SECONDS);
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();

    // when there is no thread for the alarm of the token that arrives
    poor.forWork = true;
    poor.forAlarms = true;
    time.runDue();

    // then it is there all the same, and its end is noticed
    assertThat(ready).isCompleted();
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.advance(2, HOURS);
    assertThat(manager.headerNow()).isNull();
  }

  @Test
  void callers_and_the_flight_end_in_time_where_there_is_no_thread_to_end_them() {
    // given a flight that hangs, one who waits for it, and no further thread
    Poor poor = new Poor();
    poor.hangs = true;
    TokenManager manager = manager(poor);
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    poor.forWork = true;

    // when the wait is over, then the flight's time
    time.runDue();
    assertThat(ready).isCompleted();
    time.advance(20, SECONDS);

    // then
    poor.forWork = false;
    poor.hangs = false;
    time.advance(1, SECONDS);
    manager.headerNow();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(FIRST);
  }

  @Test
  void a_flight_that_nothing_could_end_is_not_begun() {
    Poor poor = new Poor();
    poor.forAlarms = true;

    manager(poor).headerNow();
    time.runDue();

    assertThat(endpoint.requests()).isZero();
  }

  @Test
  void a_flight_for_which_there_is_no_thread_is_counted_and_said() {
    RecordingLogger lines = new RecordingLogger();
    log = lines;
    Poor poor = new Poor();
    poor.forWork = true;

    manager(poor).headerNow();

    assertThat(counters.failures()).isEqualTo(1);
    assertThat(lines.said)
        .singleElement()
        .asString()
        .contains("No token from https://login.test/oauth/token")
        .contains("OutOfMemoryError");
  }

  @Test
  void a_look_after_a_new_secret_that_hangs_does_not_make_the_endpoint_be_asked() {
    endpoint.always(ScriptedEndpoint.refusing());
    Poor poor = new Poor();
    TokenManager manager = manager(poor);
    callsForSeconds(manager, 2);
    long failures = counters.failures();

    poor.hangs = true;
    manager.headerNow();
    poor.hangs = false;
    callsForSeconds(manager, 50);

    assertThat(endpoint.requests()).as("the first probe comes after a minute").isEqualTo(1);
    assertThat(counters.failures()).isEqualTo(failures);
    endpoint.newSecret(true);
    callsForSeconds(manager, 2);
    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @Test
  void a_look_after_a_new_secret_that_fails_does_not_make_the_endpoint_be_asked() {
    endpoint.always(ScriptedEndpoint.refusing());
    Poor poor = new Poor();
    TokenManager manager = manager(poor);
    callsForSeconds(manager, 2);

    poor.forWork = true;
    callsForSeconds(manager, 2);
    poor.forWork = false;
    endpoint.looking(
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    callsForSeconds(manager, 50);

    assertThat(endpoint.requests()).as("the first probe comes after a minute").isEqualTo(1);
    endpoint.looking(() -> true);
    callsForSeconds(manager, 2);
    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @Test
  void a_listener_that_blocks_holds_up_no_thread_that_waits() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch listening = new CountDownLatch(1);
    endpoint.then(
        token -> {
          awaitQuietly(answer);
          return ScriptedEndpoint.grant(token, 3_600);
        });
    TokenManager manager = onRealThreads(3_600_000);
    Thread caller = new Thread(() -> manager.header(NO_BUDGET), "caller");
    caller.start();
    while (caller.getState() != Thread.State.TIMED_WAITING) {
      LockSupport.parkNanos(1_000_000);
    }
    CompletableFuture<Void> listener =
        manager.whenReady(NO_BUDGET).thenRun(() -> awaitQuietly(listening)).toCompletableFuture();

    answer.countDown();
    caller.join(10_000);

    assertThat(caller.isAlive()).isFalse();
    assertThat(listener).isNotDone();
    listening.countDown();
    listener.get(10, SECONDS);
  }

  @Test
  void a_caller_waits_no_longer_than_it_may_and_the_flight_goes_on() throws Exception {
    CountDownLatch answer = heldAnswer();
    TokenManager manager = onRealThreads(50);

    assertThat(manager.header(NO_BUDGET)).isNull();
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    ready.get(10, SECONDS);
    assertThat(manager.headerNow()).as("timed out, not granted").isNull();

    answer.countDown();
    assertThat(patiently(manager)).isEqualTo(FIRST);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void callers_whose_own_time_is_over_before_the_endpoint_answers_share_one_flight()
      throws Exception {
    // given an endpoint that is slower than any caller can wait
    CountDownLatch answer = heldAnswer();
    TokenManager manager = onRealThreads(20_000);

    // when a thousand give up, one after the other
    CompletableFuture<?>[] asynchronous = new CompletableFuture<?>[800];
    for (int i = 0; i < asynchronous.length; i++) {
      asynchronous[i] = manager.whenReady(1).toCompletableFuture();
    }
    for (int i = 0; i < 200; i++) {
      assertThat(manager.header(1)).isNull();
    }
    CompletableFuture.allOf(asynchronous).get(10, SECONDS);
    assertThat(manager.headerNow()).isNull();

    // then
    answer.countDown();
    assertThat(patiently(manager)).isEqualTo(FIRST);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void ten_thousand_asynchronous_callers_hold_no_thread_and_share_one_flight() throws Exception {
    // given
    CountDownLatch answer = heldAnswer();
    TokenManager manager = onRealThreads(60_000);

    // when, on this one thread
    CompletableFuture<?>[] callers = new CompletableFuture<?>[10_000];
    for (int i = 0; i < callers.length; i++) {
      callers[i] = manager.whenReady(NO_BUDGET).toCompletableFuture();
      assertThat(callers[i]).isNotDone();
    }
    answer.countDown();

    // then
    CompletableFuture.allOf(callers).get(30, SECONDS);
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void an_interrupted_waiter_goes_on_at_once_keeps_its_flag_and_harms_nobody() throws Exception {
    CountDownLatch answer = heldAnswer();
    TokenManager manager = onRealThreads(20_000);

    Thread.currentThread().interrupt();
    String header = manager.header(NO_BUDGET);
    boolean flag = Thread.interrupted();

    assertThat(header).isNull();
    assertThat(flag).isTrue();
    answer.countDown();
    assertThat(manager.header(NO_BUDGET)).isEqualTo(FIRST);
  }

  @Test
  void a_cancelled_future_harms_neither_the_flight_nor_the_others() {
    TokenManager manager = manager();
    CompletableFuture<Void> mine = manager.whenReady(NO_BUDGET).toCompletableFuture();
    CompletableFuture<Boolean> other =
        manager.renewAsync("Bearer own", true, NO_BUDGET).toCompletableFuture();

    mine.cancel(true);
    time.runDue();

    assertThat(other).isCompletedWithValue(true);
    assertThat(manager.headerNow()).isEqualTo(FIRST);
  }

  @Test
  void a_waiter_whose_callback_throws_harms_nobody() {
    TokenManager manager = manager();
    CompletableFuture<Void> broken =
        manager
            .whenReady(NO_BUDGET)
            .thenRun(
                () -> {
                  throw new IllegalStateException("the app's");
                })
            .toCompletableFuture();
    CompletableFuture<Void> other = manager.whenReady(NO_BUDGET).toCompletableFuture();

    time.runDue();

    assertThat(broken).isCompletedExceptionally();
    assertThat(other).isCompleted();
  }

  @Test
  void an_error_in_the_flight_releases_the_waiters_and_the_next_flight_works() {
    endpoint.then(
        token -> {
          throw new NoClassDefFoundError("some/Library");
        });
    TokenManager manager = manager();
    CompletableFuture<Boolean> renewed =
        manager.renewAsync(null, true, NO_BUDGET).toCompletableFuture();

    time.runDue();

    assertThat(renewed).isCompletedWithValue(false);
    time.advance(1, SECONDS);
    manager.headerNow();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void a_token_call_that_comes_back_to_the_manager_does_not_wait_for_itself() throws Exception {
    AtomicReference<TokenManager> itself = new AtomicReference<>();
    AtomicReference<String> seen = new AtomicReference<>("nothing");
    endpoint.then(
        token -> {
          seen.set(itself.get().header(NO_BUDGET));
          return ScriptedEndpoint.grant(token, 3_600);
        });
    itself.set(onRealThreads(3_600_000));

    assertThat(itself.get().header(NO_BUDGET)).isEqualTo(FIRST);
    assertThat(seen.get()).isNull();
  }

  @Test
  void a_flight_that_never_ends_is_given_up_and_its_late_token_never_replaces_a_newer_one() {
    AtomicReference<TokenManager> manager = new AtomicReference<>(manager());
    AtomicReference<CompletableFuture<Boolean>> waiter = new AtomicReference<>();
    endpoint.then(
        token -> {
          // while this call hangs its flight is given up, and a second one brings token-2
          time.pass(21, SECONDS);
          time.runDue();
          assertThat(waiter.get()).isCompletedWithValue(false);
          time.pass(1, SECONDS);
          manager.get().headerNow();
          time.runDue();
          assertThat(manager.get().headerNow()).isEqualTo(SECOND);
          return ScriptedEndpoint.grant(token, 3_600);
        });

    waiter.set(manager.get().renewAsync(null, true, NO_BUDGET).toCompletableFuture());
    time.runDue();

    assertThat(manager.get().headerNow()).isEqualTo(SECOND);
  }

  // ------------------------------------------------------------------ life

  @Test
  void a_token_in_use_is_renewed_in_the_background_before_it_dies_and_nobody_waits() {
    TokenManager manager = live();

    for (int minute = 0; minute < 180; minute++) {
      time.advance(1, MINUTES);
      assertThat(manager.headerNow()).as("minute %d", minute).isNotNull();
    }

    // 3,600 s of life, renewed 6 to 12 minutes ahead
    assertThat(endpoint.requests()).isBetween(4, 5);
  }

  @Test
  void a_request_that_is_queued_120_s_in_a_pool_carries_the_token_of_send_time() {
    // given a request that had its token when it was queued, while others go out
    endpoint.always(ScriptedEndpoint.granting(60));
    TokenManager manager = live();
    assertThat(manager.whenReady(NO_BUDGET).toCompletableFuture()).isCompleted();
    for (int second = 0; second < 120; second++) {
      assertThat(manager.headerNow()).isNotNull();
      time.advance(1, SECONDS);
    }

    // when it is sent
    String header = manager.headerNow();

    // then
    assertThat(endpoint.requests()).isGreaterThan(2);
    assertThat(header).isEqualTo("Bearer token-" + endpoint.requests());
  }

  @Test
  void
      server_sent_events_across_an_expiry_cost_no_token_and_their_reconnection_carries_a_live_one() {
    // given a stream that was opened with the first token and outlives it, and nothing else
    TokenManager manager = live();
    time.advance(3, HOURS);
    assertThat(endpoint.requests()).as("one renewal after the last use").isEqualTo(2);

    // when it ends and is opened again
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    time.runDue();

    // then
    assertThat(ready).isCompleted();
    assertThat(manager.headerNow()).isEqualTo("Bearer token-3");
    assertThat(manager.renew(FIRST, true, NO_BUDGET)).as("a late refusal of the stream").isTrue();
    assertThat(endpoint.requests()).isEqualTo(3);
  }

  @Test
  void an_idle_token_is_not_renewed_and_the_next_request_starts_again() {
    TokenManager manager = live();

    time.advance(10, HOURS);

    assertThat(endpoint.requests()).as("one renewal after the last use").isEqualTo(2);
    assertThat(time.pending()).as("nothing is scheduled while idle").isZero();
    assertThat(manager.headerNow()).as("long dead").isNull();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo("Bearer token-3");
  }

  @Test
  void a_request_shortly_before_the_end_of_an_idle_token_carries_it_and_starts_the_renewal() {
    endpoint.always(ScriptedEndpoint.granting(60));
    TokenManager manager = manager();
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    time.runDue();
    assertThat(ready).isCompleted();
    time.advance(46, SECONDS);

    assertThat(endpoint.requests()).isEqualTo(1);
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void a_token_that_could_not_be_renewed_is_sent_until_its_margin_and_never_after_it() {
    endpoint.then(ScriptedEndpoint.granting(60)).always(ScriptedEndpoint.failing());
    TokenManager manager = live();

    time.advance(49, SECONDS);
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.advance(2, SECONDS);

    assertThat(manager.headerNow()).isNull();
    assertThat(endpoint.requests()).as("retried with growing pauses").isBetween(3, 20);
  }

  @Test
  void a_failed_renewal_is_tried_again_while_the_old_token_is_good() {
    endpoint
        .then(ScriptedEndpoint.granting(60))
        .then(ScriptedEndpoint.failing())
        .then(ScriptedEndpoint.failing());
    TokenManager manager = live();

    time.advance(49, SECONDS);

    assertThat(manager.headerNow()).isEqualTo("Bearer token-4");
    assertThat(counters.failures()).isEqualTo(2);
  }

  @Test
  void life_is_counted_from_when_the_token_was_asked_for() {
    endpoint
        .then(
            token -> {
              time.pass(30, SECONDS);
              return ScriptedEndpoint.grant(token, 60);
            })
        .always(ScriptedEndpoint.failing());
    TokenManager manager = live();

    time.advance(21, SECONDS);

    assertThat(manager.headerNow()).as("51 s after it was asked for").isNull();
  }

  @Test
  void a_token_of_two_seconds_is_used_to_its_end_and_replaced_once_for_each_death() {
    endpoint.always(ScriptedEndpoint.granting(2));
    TokenManager manager = live();

    for (int tick = 0; tick < 100; tick++) {
      time.advance(200, MILLISECONDS);
      if (manager.headerNow() == null) {
        time.runDue();
        assertThat(manager.headerNow()).isNotNull();
      }
    }

    assertThat(endpoint.requests()).isBetween(10, 11);
  }

  @Test
  void a_lead_that_was_set_is_kept() {
    endpoint.always(ScriptedEndpoint.granting(600));
    TokenManager manager = manager(null, 100_000);
    manager.headerNow();
    time.runDue();
    manager.headerNow();

    time.advance(499, SECONDS);
    assertThat(endpoint.requests()).isEqualTo(1);
    time.advance(1, SECONDS);

    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @Test
  void a_lead_of_more_than_half_a_tokens_life_renews_at_half_and_is_said_once() {
    RecordingLogger lines = new RecordingLogger();
    log = lines;
    endpoint.always(ScriptedEndpoint.granting(600));
    TokenManager manager = manager(null, 599_000);
    manager.headerNow();

    for (int second = 0; second < 1_000; second++) {
      time.advance(1, SECONDS);
      assertThat(manager.headerNow()).isNotNull();
    }

    assertThat(endpoint.requests()).isEqualTo(4);
    assertThat(lines.said).filteredOn(line -> line.startsWith("WARN refresh-ahead")).hasSize(1);
  }

  @Test
  void the_first_request_after_a_suspension_of_two_hours_carries_a_live_token() {
    TokenManager manager = live();

    // the alarms have slept as well: none runs between the wake-up and the request
    time.moveWall(2, HOURS);
    assertThat(manager.headerNow()).as("not the dead one").isNull();
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    time.runDue();

    assertThat(ready).isCompleted();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_suspension_ends_the_pause_after_a_failure(boolean live) {
    // given an endpoint that wants to be left alone for 15 minutes
    TokenManager manager = live ? live() : manager();
    endpoint.then(
        token -> {
          throw TokenRequestException.temporary("", 900_000);
        });
    time.advance(live ? 58 : 0, MINUTES);
    manager.headerNow();
    time.runDue();

    assertThatASuspensionLeadsToOneRequest(manager);
  }

  @Test
  void a_suspension_ends_the_pause_of_the_breaker() {
    // given an API that has refused two tokens of an hour, one after the other
    TokenManager manager = live();
    renewed(manager, FIRST);
    manager.replayRefused(SECOND);
    time.advance(2, SECONDS);
    renewed(manager, SECOND);
    assertThat(endpoint.requests()).isEqualTo(2);

    assertThatASuspensionLeadsToOneRequest(manager);
  }

  private void assertThatASuspensionLeadsToOneRequest(TokenManager manager) {
    long requests = endpoint.requests();

    // when
    time.moveWall(2, HOURS);
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    time.runDue();

    // then
    assertThat(ready).isCompleted();
    assertThat(manager.headerNow()).isNotNull();
    assertThat(endpoint.requests()).isEqualTo(requests + 1);
  }

  @Test
  void calls_of_the_endpoint_that_hang_for_ever_are_few() {
    // given an endpoint whose calls take hours, such as those that read a file that is gone
    TokenManager manager = manager();
    AtomicLong begun = new AtomicLong();
    endpoint.always(
        token -> {
          callsForSeconds(manager, 3_600);
          begun.compareAndSet(0, endpoint.requests());
          return ScriptedEndpoint.grant(token, 86_400);
        });

    // when
    callsForSeconds(manager, 1);

    // then, by the time at which the first of them to end does
    assertThat(begun).hasValue(3);
    assertThat(manager.headerNow()).isNotNull();
  }

  @Test
  void an_asynchronous_request_waits_for_a_live_token_after_a_suspension() {
    TokenManager manager = live();

    time.moveWall(2, HOURS);
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();

    assertThat(ready).isNotCompleted();
    time.runDue();
    assertThat(ready).isCompleted();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void a_request_that_may_wait_carries_a_live_token_at_once_after_a_suspension() {
    AtomicLong suspended = new AtomicLong();
    Clock clock =
        new Clock() {
          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public long currentTimeMillis() {
            return System.currentTimeMillis() + suspended.get();
          }
        };
    TokenManager manager = onRealThreads(20_000, new AgentThreads(), clock);
    assertThat(manager.header(NO_BUDGET)).isEqualTo(FIRST);

    suspended.set(HOURS.toMillis(2));

    assertThat(manager.header(NO_BUDGET)).isEqualTo(SECOND);
  }

  @Test
  void a_request_that_an_alarm_overtakes_after_a_suspension_does_not_carry_the_dead_token() {
    // given a request that has the token in hand when an alarm comes and notices the suspension
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    Clock clock =
        new Clock() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public long currentTimeMillis() {
            meanwhile.getAndSet(() -> {}).run();
            return time.currentTimeMillis();
          }
        };
    TokenManager manager = manager(clock, time, null, -1);
    manager.headerNow();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.moveWall(2, HOURS);
    meanwhile.set(() -> time.advance(10, SECONDS));

    // when
    String header = manager.headerNow();

    // then
    assertThat(header).isNull();
  }

  @Test
  void a_suspension_that_the_token_outlives_costs_no_request() {
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();

    time.moveWall(2, HOURS);

    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.advance(1, HOURS);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void a_suspension_into_the_renewal_time_renews_while_the_token_is_still_sent() {
    TokenManager manager = live();

    time.moveWall(57, MINUTES);

    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void the_monotonic_clock_may_wrap_in_a_flight_in_a_life_and_in_a_pause() {
    // the virtual clock wraps after 3 minutes
    endpoint.then(
        token -> {
          time.pass(10, SECONDS);
          return ScriptedEndpoint.grant(token, 60);
        });
    time.advance(175, SECONDS);
    long before = time.nanoTime();
    TokenManager manager = live();
    assertThat(time.nanoTime()).isNegative();
    assertThat(before).isPositive();
    time.advance(30, SECONDS);
    assertThat(manager.headerNow()).isNotNull();

    VirtualTime other = new VirtualTime();
    Backoff backoff = new Backoff(new Random(1));
    other.advance(150, SECONDS);
    backoff.failed(TokenRequestException.permanent("", ""), other.nanoTime());
    other.advance(59, SECONDS);
    assertThat(other.nanoTime()).isNegative();
    assertThat(backoff.left(other.nanoTime())).isEqualTo(SECONDS.toNanos(1));
  }

  @Test
  void a_token_that_ended_in_a_pause_of_its_flight_is_never_sent_and_asked_for_again() {
    endpoint
        .then(
            token -> {
              time.pass(60, SECONDS);
              return ScriptedEndpoint.grant(token, 60);
            })
        .always(ScriptedEndpoint.granting(60));
    TokenManager manager = manager();
    CompletableFuture<Boolean> renewed =
        manager.renewAsync(null, true, NO_BUDGET).toCompletableFuture();

    time.runDue();

    assertThat(renewed).isCompletedWithValue(false);
    assertThat(manager.headerNow()).isNull();
    time.advance(1, SECONDS);
    manager.headerNow();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void a_token_whose_answer_waited_for_a_suspended_machine_is_never_sent() {
    endpoint.then(
        token -> {
          time.moveWall(2, HOURS);
          return ScriptedEndpoint.grant(token, 3_600);
        });
    TokenManager manager = manager();
    manager.headerNow();
    time.runDue();

    assertThat(manager.headerNow()).isNull();
    time.advance(1, SECONDS);
    manager.headerNow();
    time.runDue();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void a_pause_of_a_minute_in_a_flight_is_taken_off_the_tokens_life() {
    endpoint
        .then(
            token -> {
              time.pass(60, SECONDS);
              return ScriptedEndpoint.grant(token, 300);
            })
        .always(ScriptedEndpoint.failing());
    TokenManager manager = live();

    time.advance(229, SECONDS);
    assertThat(manager.headerNow()).isEqualTo(FIRST);
    time.advance(1, SECONDS);

    assertThat(manager.headerNow()).as("290 s after it was asked for").isNull();
  }

  @Test
  void a_wall_clock_that_is_set_back_an_hour_changes_nothing() {
    TokenManager manager = live();

    time.moveWall(-1, HOURS);
    time.advance(40, MINUTES);

    assertThat(manager.headerNow()).isEqualTo(FIRST);
    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void a_wall_clock_that_is_set_forward_costs_one_renewal_at_most() {
    TokenManager manager = live();

    time.moveWall(1, HOURS);
    time.advance(10, SECONDS);
    manager.headerNow();
    time.runDue();
    time.advance(40, MINUTES);

    assertThat(manager.headerNow()).isEqualTo(SECOND);
    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @Test
  void a_configured_token_is_sent_as_it_is_and_not_renewed_until_it_is_refused() {
    TokenManager manager = manager(new Secret("configured"), -1);

    time.advance(100, HOURS);
    assertThat(manager.headerNow()).isEqualTo("Bearer configured");
    assertThat(endpoint.requests()).isZero();

    CompletableFuture<Boolean> renewed =
        manager.renewAsync("Bearer configured", true, NO_BUDGET).toCompletableFuture();
    time.runDue();
    assertThat(renewed).isCompletedWithValue(true);
    assertThat(manager.headerNow()).isEqualTo(FIRST);
  }

  // ------------------------------------------------------------------ refusals

  @Test
  void ten_thousand_callers_that_are_refused_on_one_token_make_one_request_and_all_replay() {
    TokenManager manager = live();
    List<CompletableFuture<Boolean>> renewals = new ArrayList<>();

    for (int i = 0; i < 10_000; i++) {
      renewals.add(manager.renewAsync(FIRST, true, NO_BUDGET).toCompletableFuture());
    }
    time.runDue();
    renewals.add(manager.renewAsync(FIRST, true, NO_BUDGET).toCompletableFuture());

    assertThat(renewals).allSatisfy(renewal -> assertThat(renewal).isCompletedWithValue(true));
    assertThat(endpoint.requests()).isEqualTo(2);
    assertThat(counters.refusalsAbsorbed()).isEqualTo(10_001);
    assertThat(time.pending()).as("no time-out is left behind").isEqualTo(1);
  }

  @Test
  void a_token_that_is_revoked_in_the_middle_of_its_life_is_replaced_once() {
    TokenManager manager = live();
    time.advance(20, MINUTES);

    assertThat(renewed(manager, FIRST)).isTrue();
    assertThat(renewed(manager, FIRST)).as("a late refusal of the revoked one").isTrue();

    assertThat(manager.headerNow()).isEqualTo(SECOND);
    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @Test
  void a_refused_token_of_an_older_generation_or_of_the_app_needs_no_request() {
    TokenManager manager = live();

    assertThat(manager.renew("Bearer of-the-app", true, NO_BUDGET)).isTrue();
    assertThat(manager.renew(null, true, NO_BUDGET)).isTrue();

    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void a_renewal_that_fails_answers_all_waiters_and_the_next_one_is_refused_at_once() {
    TokenManager manager = live();
    endpoint.always(ScriptedEndpoint.failing());
    CompletableFuture<Boolean> first =
        manager.renewAsync(FIRST, true, NO_BUDGET).toCompletableFuture();
    CompletableFuture<Boolean> second =
        manager.renewAsync(FIRST, true, NO_BUDGET).toCompletableFuture();

    time.runDue();

    assertThat(first).isCompletedWithValue(false);
    assertThat(second).isCompletedWithValue(false);
    assertThat(manager.renew(FIRST, true, NO_BUDGET)).isFalse();
    assertThat(endpoint.requests()).isEqualTo(2);
    assertThat(manager.headerNow()).as("good by the clock, so still sent").isEqualTo(FIRST);
  }

  @Test
  void tokens_that_die_every_second_are_each_renewed_at_once() {
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();

    for (int death = 1; death <= 200; death++) {
      time.advance(1, SECONDS);
      CompletableFuture<Boolean> renewed =
          manager.renewAsync("Bearer token-" + death, true, NO_BUDGET).toCompletableFuture();
      time.runDue();
      assertThat(renewed).as("death %d", death).isCompletedWithValue(true);
      answeredWell(manager);
    }

    assertThat(endpoint.requests()).isEqualTo(201);
  }

  @Test
  void thirty_two_threads_on_tokens_that_keep_dying_make_one_request_for_each_death()
      throws Exception {
    AtomicInteger deaths = new AtomicInteger();
    AtomicReference<String> dead = new AtomicReference<>();
    TokenManager manager = onRealThreads(20_000);
    ExecutorService callers = Executors.newFixedThreadPool(32);
    try {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        boolean kills = i % 500 == 499;
        calls.add(
            callers.submit(
                () -> {
                  String sent = manager.header(NO_BUDGET);
                  if (!sent.equals(dead.get()) && manager.isInDoubt()) {
                    manager.accepted(sent);
                  }
                  if (kills && !sent.equals(dead.getAndSet(sent))) {
                    deaths.incrementAndGet();
                  }
                  if (sent.equals(dead.get())) {
                    assertThat(manager.renew(sent, true, NO_BUDGET)).isTrue();
                    assertThat(manager.header(NO_BUDGET)).isNotEqualTo(sent);
                  }
                }));
      }
      for (Future<?> call : calls) {
        call.get(20, SECONDS);
      }
    } finally {
      callers.shutdownNow();
    }

    assertThat(deaths.get()).isGreaterThan(10);
    assertThat(endpoint.requests()).isLessThanOrEqualTo(deaths.get() + 1);
  }

  static Stream<Arguments> callsAndLives() {
    return Stream.of(RefusedCalls.values())
        .flatMap(calls -> Stream.of(60, 300, 86_400).map(life -> Arguments.of(calls, life)));
  }

  @ParameterizedTest(name = "{0}, tokens of {1} s")
  @MethodSource("callsAndLives")
  void an_api_that_refuses_every_token_costs_at_most_five_requests_in_fifteen_minutes(
      RefusedCalls calls, int life) {
    List<Long> asked = new ArrayList<>();
    endpoint.always(
        token -> {
          asked.add(NANOSECONDS.toMillis(time.nanoTime() - epoch));
          time.pass(calls == RefusedCalls.ENDPOINT_SLOWER_THAN_THE_WAIT ? 8 : 0, SECONDS);
          return ScriptedEndpoint.grant(token, life);
        });
    TokenManager manager = live();

    while (time.nanoTime() - epoch < HOURS.toNanos(2)) {
      calls.call(this, manager);
      time.advance(1, SECONDS);
    }

    assertThat(asked).as("it is still tried now and then").hasSizeGreaterThan(8);
    for (int i = 0; i + 5 < asked.size(); i++) {
      assertThat(asked.get(i + 5) - asked.get(i))
          .as("milliseconds of the first six of %s", asked.subList(i, i + 6))
          .isGreaterThanOrEqualTo(MINUTES.toMillis(15));
    }
    if (life > HOURS.toSeconds(2)) {
      assertThat(manager.headerNow()).as("other APIs may accept it").isNotNull();
    }
  }

  /** Calls as client adapters make them, to an API that refuses each token. */
  private enum RefusedCalls {
    REPLAYED {
      @Override
      void call(TokenManagerTest test, TokenManager manager) {
        if (test.renewed(manager, manager.headerNow())) {
          manager.replayRefused(manager.headerNow());
        }
      }
    },
    REPLAYED_AND_ANSWERED_SLOWLY {
      @Override
      void call(TokenManagerTest test, TokenManager manager) {
        String sent = manager.headerNow();
        test.time.advance(3, SECONDS);
        if (test.renewed(manager, sent)) {
          String replayed = manager.headerNow();
          test.time.advance(3, SECONDS);
          manager.replayRefused(replayed);
        }
      }
    },
    NOT_REPLAYABLE {
      @Override
      void call(TokenManagerTest test, TokenManager manager) {
        test.refusedForGood(manager, manager.headerNow());
      }
    },
    REPLAYABLE_BUT_GIVEN_UP {
      @Override
      void call(TokenManagerTest test, TokenManager manager) {
        test.renewed(manager, manager.headerNow());
      }
    },
    ENDPOINT_SLOWER_THAN_THE_WAIT {
      @Override
      void call(TokenManagerTest test, TokenManager manager) {
        manager.renewNow(manager.headerNow(), true);
        test.time.runDue();
      }
    },
    INTERLEAVED {
      @Override
      void call(TokenManagerTest test, TokenManager manager) {
        boolean one = test.renewed(manager, manager.headerNow());
        String replayOfOne = manager.headerNow();
        boolean other = test.renewed(manager, manager.headerNow());
        if (one) {
          manager.replayRefused(replayOfOne);
        }
        if (other) {
          manager.replayRefused(manager.headerNow());
        }
      }
    };

    abstract void call(TokenManagerTest test, TokenManager manager);
  }

  @Test
  void a_single_replay_that_came_too_late_for_its_token_does_not_stop_renewals() {
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    renewed(manager, FIRST);

    time.advance(2, SECONDS);
    manager.replayRefused(SECOND);

    assertThat(renewed(manager, SECOND)).isTrue();
  }

  @Test
  void a_token_that_the_api_took_and_then_refused_is_replaced_however_young_it_is() {
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    renewed(manager, FIRST);
    answeredWell(manager);

    manager.replayRefused(SECOND);

    assertThat(renewed(manager, SECOND)).isTrue();
  }

  @Test
  void a_refused_replay_of_an_older_token_proves_nothing() {
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    renewed(manager, FIRST);
    answeredWell(manager);
    renewed(manager, SECOND);
    answeredWell(manager);

    manager.replayRefused(SECOND);

    assertThat(renewed(manager, "Bearer token-3")).isTrue();
  }

  @Test
  void an_api_that_accepts_tokens_again_is_served_at_once_after_the_pause() {
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    renewed(manager, FIRST);
    manager.replayRefused(SECOND);
    assertThat(manager.renew(SECOND, true, NO_BUDGET)).isFalse();

    time.advance(30, SECONDS);
    assertThat(renewed(manager, SECOND)).isTrue();
    answeredWell(manager);
    time.advance(1, SECONDS);
    assertThat(renewed(manager, "Bearer token-3")).isTrue();
    manager.replayRefused("Bearer token-4");
    time.advance(30, SECONDS);

    assertThat(renewed(manager, "Bearer token-4")).as("the first pause again").isTrue();
  }

  @Test
  void a_token_that_replaces_a_refused_one_is_in_doubt_until_the_api_has_taken_it() {
    TokenManager manager = live();
    assertThat(manager.isInDoubt()).as("nothing was refused yet").isFalse();

    renewed(manager, FIRST);
    assertThat(manager.isInDoubt()).isTrue();
    manager.accepted(FIRST);
    assertThat(manager.isInDoubt()).as("an older one says nothing").isTrue();
    manager.accepted(SECOND);

    assertThat(manager.isInDoubt()).isFalse();
  }

  @Test
  void tokens_that_are_refused_long_after_they_were_minted_are_each_replaced() {
    // given one call in 16 minutes, too rare to cost many tokens, of which no answer was ever good
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();

    for (int refusal = 1; refusal <= 10; refusal++) {
      assertThat(renewed(manager, manager.headerNow())).as("refusal %d", refusal).isTrue();
      time.advance(16, MINUTES);
    }
  }

  @Test
  void an_api_that_takes_a_token_elsewhere_refuses_calls_and_not_tokens() {
    // given a replay that was refused with a new token, which stops renewals
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    renewed(manager, FIRST);
    manager.replayRefused(SECOND);
    assertThat(manager.isInDoubt()).isTrue();
    assertThat(manager.renew(SECOND, true, NO_BUDGET)).isFalse();

    // when an older token means nothing, and this one is taken
    manager.accepted(FIRST);
    assertThat(manager.isInDoubt()).isTrue();
    manager.accepted(SECOND);

    // then
    assertThat(manager.isInDoubt()).isFalse();
    assertThat(renewed(manager, SECOND)).isTrue();
  }

  @Test
  void a_host_that_refuses_every_token_which_another_takes_costs_no_token_a_call() {
    // given two hosts, one of which always refuses; a call a second to each, for 15 minutes
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    callsToTwoHosts(manager, 900);

    // then
    long first = counters.tokenRequests();
    assertThat(first).isLessThan(60);

    // when it all begins again after a quiet time
    time.advance(3, HOURS);
    callsToTwoHosts(manager, 900);

    // then
    assertThat(counters.tokenRequests() - first).isLessThan(60);
  }

  private void callsToTwoHosts(TokenManager manager, int seconds) {
    for (int second = 0; second < seconds; second++) {
      String sent = manager.headerNow();
      CompletableFuture<Boolean> renewed =
          manager.renewAsync(sent, true, NO_BUDGET).toCompletableFuture();
      time.runDue();
      if (renewed.join()) {
        manager.replayRefused(manager.headerNow());
      }
      answeredWell(manager);
      time.advance(1, SECONDS);
    }
  }

  @Test
  void a_configured_token_that_a_replay_finds_dead_at_once_is_replaced() {
    TokenManager manager = manager(new Secret("configured"), -1);

    manager.replayRefused("Bearer configured");

    assertThat(renewed(manager, "Bearer configured")).isTrue();
  }

  @Test
  void refusals_in_a_pause_of_the_endpoint_do_not_use_up_what_is_believed() {
    // given a token that is dead, an endpoint that fails, and calls that cannot be replayed
    endpoint.always(ScriptedEndpoint.failing());
    TokenManager manager = manager(new Secret("configured"), -1);
    for (int i = 0; i < 1_000; i++) {
      refusedForGood(manager, "Bearer configured");
    }

    // when
    endpoint.always(ScriptedEndpoint.granting(3_600));
    time.advance(60, SECONDS);
    refusedForGood(manager, "Bearer configured");

    // then
    assertThat(manager.headerNow()).isNotNull().isNotEqualTo("Bearer configured");
  }

  @Test
  void a_resource_that_refuses_calls_which_cannot_be_replayed_costs_no_token_a_call() {
    // given other calls beside them whose token is good; a call a second, for an hour
    RecordingLogger lines = new RecordingLogger();
    log = lines;
    endpoint.always(ScriptedEndpoint.granting(86_400));
    TokenManager manager = live();
    for (int second = 0; second < 3_600; second++) {
      refusedForGood(manager, manager.headerNow());
      answeredWell(manager);
      time.advance(1, SECONDS);
    }

    // then
    assertThat(counters.tokenRequests()).isBetween(128L, 200L);
    assertThat(lines.said).anyMatch(line -> line.contains("calls that cannot be sent again"));

    // when a call that can be replayed finds the token dead
    long before = counters.tokenRequests();
    boolean renewed = renewed(manager, manager.headerNow());

    // then
    assertThat(renewed).isTrue();
    assertThat(counters.tokenRequests()).isEqualTo(before + 1);
  }

  // ------------------------------------------------------------------ failures

  @Test
  void six_thousand_calls_on_a_failing_endpoint_make_one_request_and_none_waits() {
    endpoint.always(ScriptedEndpoint.failing());
    TokenManager manager = manager();
    manager.headerNow();
    time.runDue();

    for (int i = 0; i < 6_000; i++) {
      assertThat(manager.header(NO_BUDGET)).isNull();
      assertThat(manager.whenReady(NO_BUDGET).toCompletableFuture()).isCompleted();
    }

    assertThat(endpoint.requests()).isEqualTo(1);
  }

  @Test
  void an_endpoint_that_fails_for_an_hour_is_asked_less_and_less() {
    endpoint.always(ScriptedEndpoint.failing());
    TokenManager manager = manager();

    callsForSeconds(manager, 3_600);

    // 60 s at most, 30 s on average between two
    assertThat(endpoint.requests()).isBetween(60, 300);
  }

  @Test
  void the_first_pause_is_a_quarter_of_a_second_at_most() {
    endpoint.then(ScriptedEndpoint.failing());
    TokenManager manager = manager();
    manager.headerNow();
    time.runDue();

    time.advance(250, MILLISECONDS);
    manager.headerNow();
    time.runDue();

    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void the_endpoint_is_left_alone_as_long_as_it_wishes() {
    endpoint.then(
        token -> {
          throw TokenRequestException.temporary("it answered 429", 120_000);
        });
    TokenManager manager = manager();
    callsForSeconds(manager, 119);
    assertThat(endpoint.requests()).isEqualTo(1);

    callsForSeconds(manager, 3);

    assertThat(manager.headerNow()).isEqualTo(SECOND);
  }

  @Test
  void a_permanent_failure_is_probed_after_a_minute_then_ever_more_rarely() {
    endpoint.always(ScriptedEndpoint.refusing());
    TokenManager manager = manager();

    callsForSeconds(manager, 59);
    assertThat(endpoint.requests()).isEqualTo(1);
    callsForSeconds(manager, 3 * 3_600);

    // 1, 2, 4, 8 minutes, then every 15
    assertThat(endpoint.requests()).isBetween(14, 17);
  }

  @Test
  void a_new_secret_ends_a_permanent_failure_at_once() {
    endpoint.then(ScriptedEndpoint.refusing());
    TokenManager manager = manager();
    callsForSeconds(manager, 2);
    assertThat(manager.headerNow()).isNull();

    // when it is replaced, long before the probe
    endpoint.newSecret(true);
    time.advance(1, SECONDS);
    CompletableFuture<Void> ready = manager.whenReady(NO_BUDGET).toCompletableFuture();
    time.runDue();

    // then the first call that comes waits for the new token and has it
    assertThat(ready).isCompleted();
    assertThat(manager.headerNow()).isEqualTo(SECOND);
    assertThat(endpoint.requests()).isEqualTo(2);
  }

  @Test
  void a_new_secret_is_found_while_the_old_token_is_still_good_and_nobody_waits() {
    endpoint.then(ScriptedEndpoint.granting(3_600)).always(ScriptedEndpoint.refusing());
    TokenManager manager = live();
    time.advance(54, MINUTES);
    assertThat(endpoint.requests()).as("renewed ahead, in vain").isGreaterThanOrEqualTo(2);
    int before = endpoint.requests();

    endpoint.always(ScriptedEndpoint.granting(3_600)).newSecret(true);
    for (int second = 0; second < 11; second++) {
      time.advance(1, SECONDS);
      assertThat(manager.headerNow()).isNotNull();
    }

    assertThat(endpoint.requests()).isEqualTo(before + 1);
    assertThat(manager.headerNow()).isEqualTo("Bearer token-" + (before + 1));
  }

  @Test
  void a_refused_call_carries_the_token_of_the_new_secret() {
    endpoint.then(ScriptedEndpoint.granting(3_600)).then(ScriptedEndpoint.refusing());
    TokenManager manager = live();
    assertThat(renewed(manager, FIRST)).isFalse();
    time.advance(1, SECONDS);

    endpoint.newSecret(true);

    assertThat(renewed(manager, FIRST)).isTrue();
  }

  @Test
  void a_secret_that_stays_is_looked_after_once_a_second_at_most_and_nobody_is_held_up() {
    endpoint.always(ScriptedEndpoint.refusing());
    TokenManager manager = manager();
    manager.headerNow();
    time.runDue();

    for (int i = 0; i < 5_900; i++) {
      manager.headerNow();
      time.runDue();
      time.advance(10, MILLISECONDS);
    }

    assertThat(endpoint.requests()).isEqualTo(1);
    assertThat(endpoint.looks()).isBetween(50, 59);
    assertThat(counters.tokenRequests()).isEqualTo(1);
    assertThat(counters.failures()).isEqualTo(1);
  }

  @Test
  void a_new_secret_that_is_wrong_as_well_starts_the_pauses_anew() {
    endpoint.always(ScriptedEndpoint.refusing());
    TokenManager manager = manager();
    callsForSeconds(manager, 20 * 60);
    int before = endpoint.requests();

    endpoint.newSecret(true);
    callsForSeconds(manager, 2);
    assertThat(endpoint.requests()).isEqualTo(before + 1);
    callsForSeconds(manager, 61);

    assertThat(endpoint.requests()).as("the first probe, after a minute").isEqualTo(before + 2);
  }

  @Test
  void a_temporary_failure_is_no_reason_to_look_after_the_secret() {
    endpoint.always(ScriptedEndpoint.failing());
    TokenManager manager = manager();

    callsForSeconds(manager, 60);

    assertThat(endpoint.looks()).isZero();
  }

  // ------------------------------------------------------------------ the end

  @Test
  void a_manager_that_is_closed_releases_who_waits_and_leaves_nothing_behind() {
    TokenManager manager = manager();
    CompletableFuture<Boolean> renewed =
        manager.renewAsync(null, true, NO_BUDGET).toCompletableFuture();

    manager.close();
    time.runDue();

    assertThat(renewed).isCompletedWithValue(false);
    assertThat(manager.header(NO_BUDGET)).isNull();
    assertThat(manager.whenReady(NO_BUDGET).toCompletableFuture()).isCompleted();
    assertThat(time.pending()).isZero();
  }

  @Test
  void a_hundred_thousand_managers_one_after_the_other_leave_no_thread() throws Exception {
    Set<Thread> before = agentThreads();
    for (int threads = 0; threads < 10_000; threads++) {
      AgentThreads own = new AgentThreads();
      for (int i = 0; i < 10; i++) {
        TokenManager manager = onRealThreads(20_000, own, Clock.SYSTEM);
        if (i == 0 && threads % 10 == 0) {
          assertThat(manager.header(NO_BUDGET)).isNotNull();
        } else {
          manager.headerNow();
        }
        manager.close();
      }
      own.close();
    }

    Set<Thread> left = agentThreads();
    left.removeAll(before);
    for (Thread thread : left) {
      thread.join(20_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private static Set<Thread> agentThreads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> !thread.getName().equals("genesys-token-agent"));
    return threads;
  }

  @Test
  void the_end_of_the_jvm_is_not_held_up_by_a_flight() throws Exception {
    long idle = Long.MAX_VALUE;
    long flying = Long.MAX_VALUE;
    // the best of five, as other work on the machine only ever adds to it
    for (int i = 0; i < 5; i++) {
      idle = Math.min(idle, millisToEnd("idle"));
      flying = Math.min(flying, millisToEnd("flying"));
    }

    assertThat(flying - idle).isLessThanOrEqualTo(100);
  }

  private static long millisToEnd(String how) throws Exception {
    try (ForkedJava app = ForkedJava.main(AppThatEnds.class, how)) {
      assertThat(app.line()).isEqualTo(how);
      long start = System.nanoTime();
      assertThat(app.end()).isZero();
      return NANOSECONDS.toMillis(System.nanoTime() - start);
    }
  }

  /** Its main returns while the endpoint hangs. */
  static final class AppThatEnds {
    private AppThatEnds() {}

    public static void main(String[] args) throws Exception {
      TokenManagerTest test = new TokenManagerTest();
      CountDownLatch asked = new CountDownLatch(1);
      test.endpoint.then(
          token -> {
            asked.countDown();
            awaitQuietly(new CountDownLatch(1));
            return null;
          });
      TokenManager manager = test.onRealThreads(20_000);
      if (args[0].equals("flying")) {
        manager.headerNow();
        asked.await();
      }
      System.out.println(args[0]);
    }
  }

  private void callsForSeconds(TokenManager manager, int seconds) {
    for (int i = 0; i < seconds; i++) {
      manager.headerNow();
      time.runDue();
      time.advance(1, SECONDS);
    }
  }

  /** As a client reports it. */
  private static void answeredWell(TokenManager manager) {
    if (manager.isInDoubt()) {
      manager.accepted(manager.headerNow());
    }
  }

  private boolean renewed(TokenManager manager, String refused) {
    CompletableFuture<Boolean> renewal =
        manager.renewAsync(refused, true, NO_BUDGET).toCompletableFuture();
    // the wait is 0 here: the flight, queued first, is over before the time-out runs
    time.runDue();
    return renewal.join();
  }

  /** Of a call that cannot be replayed. */
  private void refusedForGood(TokenManager manager, String sent) {
    CompletableFuture<Boolean> renewal =
        manager.renewAsync(sent, false, NO_BUDGET).toCompletableFuture();
    time.runDue();
    assertThat(renewal).isCompleted();
  }

  private static String patiently(TokenManager manager) {
    String header = manager.header(NO_BUDGET);
    for (int i = 0; header == null && i < 200; i++) {
      header = manager.header(NO_BUDGET);
    }
    return header;
  }

  /** Opens the endpoint's answer, a token for an hour. */
  private CountDownLatch heldAnswer() {
    CountDownLatch answer = new CountDownLatch(1);
    endpoint.then(
        token -> {
          awaitQuietly(answer);
          return ScriptedEndpoint.grant(token, 3_600);
        });
    return answer;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package org.genesystoken.agent.core.token;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Scheduler;

/**
 * Keeps one token live. Thread-safe; no method throws.
 *
 * <pre>
 *   token    NONE → live → (soft point: renewed in the background) → live …
 *                    ├ nobody used it up to its soft point → asleep → next request → live
 *                    └ could not be renewed in time → dead
 *   flight   none → under way → none, after a failure not before the pause is over
 * </pre>
 *
 * A request reads one volatile snapshot. Reading the clock would cost thirty times as much, so an
 * alarm publishes the snapshots of the later states. All else happens under one lock that is never
 * held during I/O, logging or other people's code.
 */
public final class TokenManager {
  /** How often the two clocks are compared while a token is in use, to notice a suspension. */
  private static final long WATCH = TimeUnit.SECONDS.toNanos(10);

  private static final long SUSPENDED = TimeUnit.SECONDS.toNanos(2);
  private static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

  private final TokenEndpoint endpoint;
  private final Clock clock;
  private final Scheduler scheduler;
  private final Random random;
  private final long wait;
  private final long flightLimit;
  private final long refreshAhead;
  private final Reports reports;
  private final Counters counters;
  private final ReentrantLock lock = new ReentrantLock();

  private volatile Token current;

  // guarded by lock
  private final Backoff backoff;
  private final Breaker breaker = new Breaker();
  private Flight flight;
  private long lastNumber;
  private Scheduler.Cancellable alarm;
  private long watchedNanos;
  private long watchedMillis;

  /**
   * @param waitMillis how long a caller waits at most
   * @param flightMillis when a flight that has not ended is given up
   * @param refreshAheadMillis lead before expiry; -1: chosen from the token's life
   * @param accessToken the first token, or null
   */
  public TokenManager(
      TokenEndpoint endpoint,
      Clock clock,
      Scheduler scheduler,
      Random random,
      long waitMillis,
      long flightMillis,
      long refreshAheadMillis,
      Secret accessToken,
      Reports reports,
      Counters counters) {
    this.endpoint = endpoint;
    this.clock = clock;
    this.scheduler = scheduler;
    this.random = random;
    this.wait = TimeUnit.MILLISECONDS.toNanos(waitMillis);
    this.flightLimit = TimeUnit.MILLISECONDS.toNanos(flightMillis);
    this.refreshAhead =
        refreshAheadMillis < 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(refreshAheadMillis);
    this.reports = reports;
    this.counters = counters;
    this.backoff = new Backoff(random);
    this.watchedNanos = clock.nanoTime();
    this.watchedMillis = clock.currentTimeMillis();
    if (accessToken == null) {
      current = Token.NONE;
    } else {
      lastNumber = 1;
      current = Token.lasting(1, "Bearer " + accessToken.value(), clock.nanoTime());
    }
  }

  /**
   * The Authorization value to send, or null. Waits for it only while there is no live token.
   *
   * @param budgetMillis how long the caller can wait at most, if that is less than {@code wait}
   */
  public String header(long budgetMillis) {
    String header = ready(current);
    if (header != null) {
      return header;
    }
    Flight joined = join();
    if (joined != null) {
      await(joined, budgetMillis);
    }
    return ready(current);
  }

  /** As {@link #header}, without waiting. */
  public String headerNow() {
    String header = ready(current);
    if (header != null) {
      return header;
    }
    join();
    return ready(current);
  }

  /**
   * Completes when there is a live token, or when it is pointless to wait longer for one.
   *
   * @param budgetMillis as above
   */
  public CompletionStage<Void> whenReady(long budgetMillis) {
    if (ready(current) != null) {
      return NOW;
    }
    Flight joined = join();
    if (joined == null) {
      return NOW;
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    whenOver(joined, budgetMillis, () -> result.complete(null));
    return result;
  }

  /**
   * Sees to a token other than the refused one.
   *
   * @param refused the Authorization value that was refused, null if there was none
   * @param budgetMillis as above
   * @return whether to replay
   */
  public boolean renew(String refused, long budgetMillis) {
    Renewal renewal = startRenewal(refused);
    if (renewal.flight == null) {
      return counted(renewal.already);
    }
    await(renewal.flight, budgetMillis);
    return counted(isNewerThan(renewal.generation));
  }

  /**
   * As {@link #renew}, for a caller that has waited for a token before it sent its request: true
   * only if there is another token already.
   */
  public boolean renewNow(String refused) {
    Renewal renewal = startRenewal(refused);
    return counted(renewal.flight == null && renewal.already);
  }

  /** As {@link #renew}, without blocking. */
  public CompletionStage<Boolean> renewAsync(String refused, long budgetMillis) {
    Renewal renewal = startRenewal(refused);
    if (renewal.flight == null) {
      return CompletableFuture.completedFuture(counted(renewal.already));
    }
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    whenOver(
        renewal.flight,
        budgetMillis,
        () -> {
          if (!result.isDone()) {
            result.complete(counted(isNewerThan(renewal.generation)));
          }
        });
    return result;
  }

  /** Whether this Authorization value is the managed one, live or not. */
  public boolean isCurrent(String header) {
    return header != null && header.equals(current.header);
  }

  /** A replay that carried this value was refused again. */
  public void replayRefused(String refused) {
    boolean opened;
    lock.lock();
    try {
      Token token = current;
      if (refused == null || !refused.equals(token.header)) {
        return;
      }
      long now = clock.nanoTime();
      boolean before = breaker.isOpen(now);
      breaker.replayRefused(token, now);
      opened = !before && breaker.isOpen(now);
    } finally {
      lock.unlock();
    }
    if (opened) {
      reports.newTokenRefused();
    }
  }

  private static String ready(Token token) {
    String header = token.sendable;
    if (header != null && !token.used) {
      token.used = true;
    }
    return header;
  }

  private boolean isNewerThan(long generation) {
    Token token = current;
    return token.sendable != null && token.generation > generation;
  }

  private boolean counted(boolean renewed) {
    (renewed ? counters.absorbed : counters.passedOn).incrementAndGet();
    return renewed;
  }

  /** The flight to wait for, or null if there is a live token or none to be had now. */
  private Flight join() {
    lock.lock();
    try {
      long now = clock.nanoTime();
      wakeUp(now);
      return current.sendable != null ? null : flight(now);
    } finally {
      lock.unlock();
    }
  }

  private Renewal startRenewal(String refused) {
    lock.lock();
    try {
      long now = clock.nanoTime();
      wakeUp(now);
      Token token = current;
      if (token.sendable != null) {
        if (!token.sendable.equals(refused)) {
          return new Renewal(true, null, token.generation);
        }
        if (breaker.isOpen(now)) {
          return new Renewal(false, null, token.generation);
        }
      }
      Flight joined = flight(now);
      if (joined != null && token.sendable != null && !joined.afterRefusal) {
        joined.afterRefusal = true;
        breaker.replacing(token);
      }
      return new Renewal(false, joined, token.generation);
    } finally {
      lock.unlock();
    }
  }

  private void await(Flight joined, long budgetMillis) {
    if (joined.thread == Thread.currentThread()) {
      // the endpoint's own work came back to us: waiting would be waiting for ourselves
      return;
    }
    try {
      joined.over.get(patience(budgetMillis), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // the caller goes on with what there is
    }
  }

  private long patience(long budgetMillis) {
    return Math.min(wait, TimeUnit.MILLISECONDS.toNanos(Math.max(budgetMillis, 0)));
  }

  /** Runs the action on the agent's threads, when the flight is over or the wait. */
  private void whenOver(Flight joined, long budgetMillis, Runnable action) {
    Scheduler.Cancellable timeout =
        scheduler.schedule(() -> scheduler.execute(action), patience(budgetMillis));
    Object unused =
        joined.over.whenComplete(
            (nothing, failure) -> {
              timeout.cancel();
              action.run();
            });
  }

  /** With the lock: the flight under way, or a new one, or null while the endpoint has its rest. */
  private Flight flight(long now) {
    if (flight != null || backoff.left(now) > 0) {
      return flight;
    }
    Flight started = new Flight(++lastNumber);
    flight = started;
    counters.tokenRequests.incrementAndGet();
    try {
      scheduler.execute(() -> fly(started));
      started.limit = scheduler.schedule(() -> giveUp(started), flightLimit);
    } catch (RuntimeException | Error e) {
      // no thread to be had: nobody waits for this flight yet
      flight = null;
      backoff.failed(unexpected(e), now);
    }
    return flight;
  }

  private void fly(Flight flown) {
    flown.thread = Thread.currentThread();
    reports.asking(flown.number);
    long sentAt = clock.nanoTime();
    TokenResponse response = null;
    TokenRequestException failure = null;
    try {
      response = endpoint.request();
    } catch (TokenRequestException e) {
      failure = e;
    } catch (Throwable e) {
      // also an Error: the waiters must not hang on it
      failure = unexpected(e);
    }
    if (response != null) {
      landed(flown, response, sentAt);
    } else {
      failed(flown, failure);
    }
  }

  private void giveUp(Flight late) {
    scheduler.execute(
        () ->
            failed(
                late,
                TokenRequestException.temporary(
                    "it did not answer in time; check token-url, DNS and proxy")));
  }

  private void landed(Flight flown, TokenResponse response, long sentAt) {
    lock.lock();
    try {
      long now = clock.nanoTime();
      watch(now);
      // a flight that was given up may still land, but never on a newer token
      if (flown.number > current.generation) {
        Lifetime life =
            Lifetime.of(TimeUnit.MILLISECONDS.toNanos(response.lifeMillis()), refreshAhead, random);
        current =
            Token.minted(
                flown.number,
                "Bearer " + response.accessToken().value(),
                sentAt,
                life,
                flown.afterRefusal);
      }
      backoff.succeeded();
      clear(flown, now);
    } finally {
      lock.unlock();
    }
    reports.got(flown.number, response.lifeMillis());
    flown.over.complete(null);
  }

  private void failed(Flight flown, TokenRequestException failure) {
    lock.lock();
    try {
      if (flight != flown) {
        return;
      }
      long now = clock.nanoTime();
      backoff.failed(failure, now);
      clear(flown, now);
    } finally {
      lock.unlock();
    }
    counters.failures.incrementAndGet();
    reports.failed(failure);
    flown.over.complete(null);
  }

  private void clear(Flight flown, long now) {
    if (flight == flown) {
      flight = null;
    }
    if (flown.limit != null) {
      flown.limit.cancel();
    }
    setAlarm(now);
  }

  private void setAlarm(long now) {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
    Token token = current;
    if (token.sendable == null || !token.expires) {
      return;
    }
    long delay = Math.min(token.hardAt - now, WATCH);
    if (flight == null) {
      delay = Math.min(delay, Math.max(token.softAt - now, backoff.left(now)));
    }
    alarm = scheduler.schedule(this::onAlarm, Math.max(delay, 0));
  }

  private void onAlarm() {
    lock.lock();
    try {
      long now = clock.nanoTime();
      watch(now);
      Token token = current;
      if (token.sendable != null && token.expires) {
        if (now - token.hardAt >= 0) {
          current = token.dead();
        } else if (now - token.softAt >= 0) {
          if (token.used) {
            flight(now);
          } else {
            current = token.asleep();
          }
        }
      }
      setAlarm(now);
    } finally {
      lock.unlock();
    }
  }

  /** With the lock: the first request after an idle time. */
  private void wakeUp(long now) {
    if (!current.isAsleep()) {
      return;
    }
    watch(now);
    if (now - current.hardAt >= 0) {
      current = current.dead();
      return;
    }
    current = current.awake();
    flight(now);
    setAlarm(now);
  }

  /** With the lock: takes a time that only the wall clock has seen off the token's life. */
  private void watch(long now) {
    long wall = clock.currentTimeMillis();
    long missed = TimeUnit.MILLISECONDS.toNanos(wall - watchedMillis) - (now - watchedNanos);
    watchedMillis = wall;
    watchedNanos = now;
    if (missed > SUSPENDED && current.expires) {
      current = current.aged(missed);
    }
  }

  private static TokenRequestException unexpected(Throwable e) {
    // only the class: a message of unknown origin may quote anything
    return TokenRequestException.temporary("the token call failed with " + e.getClass().getName());
  }

  /** One request for a token that all who need it wait for. */
  private static final class Flight {
    final long number;
    final CompletableFuture<Void> over = new CompletableFuture<>();
    volatile Thread thread;
    // guarded by the manager's lock
    boolean afterRefusal;
    Scheduler.Cancellable limit;

    Flight(long number) {
      this.number = number;
    }
  }

  /** What a refusal has led to: a flight to wait for, or an answer at once. */
  private static final class Renewal {
    final boolean already;
    final Flight flight;
    final long generation;

    Renewal(boolean already, Flight flight, long generation) {
      this.already = already;
      this.flight = flight;
      this.generation = generation;
    }
  }
}

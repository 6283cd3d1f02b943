package org.genesystoken.agent.core.token;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.endpoint.TokenResponse;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Resumption;
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
 * A request reads one snapshot and the wall clock. An alarm publishes the snapshots of the later
 * states, but a machine that was suspended has slept through its alarms: the wall clock alone tells
 * the first request after that, by the time in the snapshot. All else happens under one lock that
 * is never held during I/O, logging or other people's code.
 */
public final class TokenManager implements AutoCloseable {
  /** How often the two clocks are compared while a token is in use, to notice a suspension. */
  private static final long WATCH = TimeUnit.SECONDS.toNanos(10);

  private static final long SUSPENDED = TimeUnit.SECONDS.toNanos(2);

  /** How long the clocks may go uncompared before a request asks for it itself. */
  private static final long UNWATCHED_MILLIS = 12_000;

  /** How often callers may have it looked after a new secret while the endpoint refuses the old. */
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  /** How many calls may hang, each on a thread, before none is begun any more. */
  private static final int MOST_STUCK = 3;

  private static final String STUCK =
      "its last calls still hang, so none is begun before one of them has ended; check token-url,"
          + " DNS, proxy, and the file system of secrets and key stores";

  /** How long ago a token was minted that was set: it may be over. */
  private static final long UNKNOWN_AGE = TimeUnit.DAYS.toNanos(1);

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
  private volatile boolean inDoubt;

  // guarded by lock
  private final Backoff backoff;
  private final Breaker breaker = new Breaker();
  private Flight flight;
  private long lastNumber;
  private Scheduler.Cancellable alarm;
  private long watchedNanos;
  private long watchedMillis;
  private long lookedAt;
  private boolean closed;
  private TokenRequestException unstarted;

  /** Flights that were given up and have not ended, each with a thread. */
  private int stuck;

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
      current = Token.lasting(1, "Bearer " + accessToken.value(), clock.nanoTime() - UNKNOWN_AGE);
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
   * @param replayable whether the refused call can be replayed, so that it will be known what the
   *     API says of the new token
   * @param budgetMillis as above
   * @return whether to replay
   */
  public boolean renew(String refused, boolean replayable, long budgetMillis) {
    Renewal renewal = startRenewal(refused, replayable);
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
  public boolean renewNow(String refused, boolean replayable) {
    Renewal renewal = startRenewal(refused, replayable);
    return counted(renewal.flight == null && renewal.already);
  }

  /** As {@link #renew}, without blocking. */
  public CompletionStage<Boolean> renewAsync(
      String refused, boolean replayable, long budgetMillis) {
    Renewal renewal = startRenewal(refused, replayable);
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
    boolean stopped = false;
    lock.lock();
    try {
      Token token = current;
      if (refused != null && refused.equals(token.header)) {
        stopped = breaker.replayRefused(token, clock.nanoTime());
        inDoubt = breaker.isInDoubt(token);
      }
    } finally {
      lock.unlock();
    }
    if (stopped) {
      reports.newTokenRefused();
    }
  }

  /**
   * Sees to a token other than the refused one, for the calls to come: nobody waits for it.
   *
   * @param refused the Authorization value that was refused
   */
  public void renewInBackground(String refused) {
    Renewal unused = startRenewal(refused, true);
  }

  /**
   * Ends the renewals and releases who waits; from then on there is no token. The agent itself
   * lives as long as the JVM: this is for who makes managers one after the other.
   */
  @Override
  public void close() {
    Flight open;
    lock.lock();
    try {
      closed = true;
      current = Token.NONE;
      open = flight;
      flight = null;
      if (open != null) {
        open.cancelLimit();
      }
      if (alarm != null) {
        alarm.cancel();
      }
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.end();
    }
  }

  /**
   * Whether {@link #accepted} wants to be told of good answers: after a refusal, until the API has
   * taken the new token. One volatile read.
   */
  public boolean isInDoubt() {
    return inDoubt;
  }

  /** A request that carried this value was answered well. */
  public void accepted(String sent) {
    lock.lock();
    try {
      Token token = current;
      if (sent != null && sent.equals(token.header)) {
        breaker.accepted(token, clock.nanoTime());
        inDoubt = breaker.isInDoubt(token);
      }
    } finally {
      lock.unlock();
    }
  }

  private String ready(Token token) {
    String header = token.sendable;
    if (header == null || (token.expires && clock.currentTimeMillis() > token.overdueMillis)) {
      return null;
    }
    if (!token.used) {
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
      catchUp(now);
      return current.sendable != null ? null : usefulFlight(now);
    } finally {
      unlock();
    }
  }

  /** With the lock: as {@link #flight}, unless the API is known to refuse what it would bring. */
  private Flight usefulFlight(long now) {
    return breaker.left(current, now) > 0 ? null : flight(now);
  }

  private Renewal startRenewal(String refused, boolean replayable) {
    boolean stopped = false;
    boolean unbelieved = false;
    Renewal renewal;
    lock.lock();
    try {
      long now = clock.nanoTime();
      catchUp(now);
      Token token = current;
      if (token.sendable == null) {
        renewal = new Renewal(false, usefulFlight(now), token.generation);
      } else if (!token.sendable.equals(refused)) {
        renewal = new Renewal(true, null, token.generation);
      } else {
        stopped = breaker.refused(token, now);
        inDoubt = breaker.isInDoubt(token);
        boolean open = breaker.isOpen(now);
        boolean wouldAsk = !open && flight == null && !closed && backoff.left(now) <= 0;
        unbelieved = wouldAsk && !replayable && !breaker.isBelieved(now);
        Flight joined = open || unbelieved ? null : flight(now);
        if (joined != null) {
          joined.afterRefusal = true;
        }
        renewal = new Renewal(false, joined, token.generation);
      }
    } finally {
      unlock();
    }
    if (stopped) {
      reports.newTokenRefused();
    }
    if (unbelieved) {
      reports.refusedWhateverTheToken();
    }
    return renewal;
  }

  private void await(Flight joined, long budgetMillis) {
    if (joined.thread == Thread.currentThread()) {
      // the endpoint's own work came back to us: waiting would be waiting for ourselves
      return;
    }
    joined.await(patience(budgetMillis));
  }

  private long patience(long budgetMillis) {
    return Math.min(wait, TimeUnit.MILLISECONDS.toNanos(Math.max(budgetMillis, 0)));
  }

  /** Runs the action on the agent's threads, when the flight is over or the wait. */
  private void whenOver(Flight joined, long budgetMillis, Runnable action) {
    Resumption resumption = new Resumption(scheduler, action);
    Scheduler.Cancellable timeout;
    try {
      timeout = scheduler.schedule(resumption::go, patience(budgetMillis));
    } catch (RuntimeException | Error e) {
      // no thread to be had, so nobody would end the wait
      action.run();
      return;
    }
    Object unused =
        joined.over.whenComplete(
            (nothing, failure) -> {
              timeout.cancel();
              resumption.go();
            });
  }

  /**
   * What the timer has to do that may take long: on the timer's own thread if there is no other.
   */
  private void offTheTimer(Runnable action) {
    try {
      scheduler.execute(action);
    } catch (RuntimeException | Error e) {
      // no thread to be had
      action.run();
    }
  }

  /** With the lock: the flight under way, or a new one, or null while the endpoint has its rest. */
  private Flight flight(long now) {
    if (flight != null || closed) {
      return flight;
    }
    boolean looks = backoff.left(now) > 0;
    if (looks) {
      if (!backoff.isLatched() || now - lookedAt < LOOK) {
        return null;
      }
      lookedAt = now;
    }
    if (stuck >= MOST_STUCK) {
      notStarted(looks, TokenRequestException.temporary(STUCK), now);
      return null;
    }
    Flight started = new Flight(++lastNumber, looks);
    try {
      started.limit = scheduler.schedule(() -> giveUp(started), flightLimit);
      scheduler.execute(() -> fly(started));
      flight = started;
    } catch (RuntimeException | Error e) {
      // no thread to be had, and nobody waits for this flight yet
      started.cancelLimit();
      notStarted(looks, unexpected(e), now);
    }
    return flight;
  }

  private void notStarted(boolean looks, TokenRequestException why, long now) {
    if (!looks) {
      unstarted = why;
      backoff.failed(why, now);
    }
  }

  /** Gives the lock back, and then tells of a flight that could not begin. */
  private void unlock() {
    TokenRequestException failure = unstarted;
    unstarted = null;
    lock.unlock();
    if (failure != null) {
      counters.failures.incrementAndGet();
      reports.failed(failure);
    }
  }

  private void fly(Flight flown) {
    flown.thread = Thread.currentThread();
    try {
      ask(flown);
    } finally {
      returned(flown);
    }
  }

  private void returned(Flight flown) {
    boolean open;
    lock.lock();
    try {
      flown.returned = true;
      stuck -= flown.givenUp ? 1 : 0;
      // by an Error of the machine's, after it was answered
      open = flight == flown;
      if (open) {
        clear(flown, clock.nanoTime());
      }
    } finally {
      lock.unlock();
    }
    if (open) {
      flown.end();
    }
  }

  private void ask(Flight flown) {
    long sentAt = 0;
    long sentMillis = 0;
    TokenResponse response = null;
    TokenRequestException failure = null;
    try {
      if (flown.looks) {
        if (!hasNewSecret()) {
          lookedInVain(flown);
          return;
        }
        reports.newSecret();
        flown.asks = true;
      }
      counters.tokenRequests.incrementAndGet();
      reports.asking(flown.number);
      sentAt = clock.nanoTime();
      sentMillis = clock.currentTimeMillis();
      response = endpoint.request();
    } catch (TokenRequestException e) {
      failure = e;
    } catch (Throwable e) {
      // also an Error: the waiters must not hang on it
      failure = unexpected(e);
    }
    if (response != null) {
      landed(flown, response, sentAt, sentMillis);
    } else {
      failed(flown, failure);
    }
  }

  private void lookedInVain(Flight flown) {
    lock.lock();
    try {
      clear(flown, clock.nanoTime());
    } finally {
      lock.unlock();
    }
    flown.end();
  }

  /** A look that fails is in vain: what the endpoint has said of the old secret still holds. */
  private boolean hasNewSecret() {
    try {
      return endpoint.hasNewSecret();
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  private void giveUp(Flight late) {
    offTheTimer(
        () -> {
          lock.lock();
          try {
            late.givenUp = flight == late && !late.returned;
            stuck += late.givenUp ? 1 : 0;
          } finally {
            lock.unlock();
          }
          if (late.looks && !late.asks) {
            lookedInVain(late);
          } else {
            failed(
                late,
                TokenRequestException.temporary(
                    "it did not answer in time; check token-url, DNS and proxy"));
          }
        });
  }

  private void landed(Flight flown, TokenResponse response, long sentAt, long sentMillis) {
    Lifetime life =
        Lifetime.of(TimeUnit.MILLISECONDS.toNanos(response.lifeMillis()), refreshAhead, random);
    boolean late;
    lock.lock();
    try {
      long now = clock.nanoTime();
      watch(now);
      long asked = sentAt - missed(sentAt, sentMillis, now);
      late = now - asked >= life.hardNanos;
      if (!late && !closed) {
        // a flight that was given up may still land, but never on a newer token
        if (flown.number > current.generation) {
          Token minted =
              Token.minted(
                  flown.number,
                  "Bearer " + response.accessToken().value(),
                  asked,
                  life,
                  watchedMillis + UNWATCHED_MILLIS,
                  flown.afterRefusal || breaker.isSuspicious());
          // before it can be sent, so that its first good answer is told
          inDoubt = breaker.isInDoubt(minted);
          current = minted;
        }
        backoff.succeeded();
        clear(flown, now);
      }
    } finally {
      lock.unlock();
    }
    if (late) {
      failed(
          flown,
          TokenRequestException.temporary(
              "the token that it granted had ended before it arrived; check token-url and proxy"));
      return;
    }
    flown.end();
    reports.got(flown.number, response.lifeMillis());
    if (refreshAhead > life.nanos / 2) {
      reports.leadTooLong(TimeUnit.NANOSECONDS.toMillis(refreshAhead), response.lifeMillis());
    }
  }

  private void failed(Flight flown, TokenRequestException failure) {
    lock.lock();
    try {
      if (flight != flown) {
        return;
      }
      long now = clock.nanoTime();
      watch(now);
      if (flown.looks) {
        // it was another secret that was refused before
        backoff.succeeded();
      }
      backoff.failed(failure, now);
      lookedAt = now;
      clear(flown, now);
    } finally {
      lock.unlock();
    }
    counters.failures.incrementAndGet();
    try {
      // first: with who waits released, a short program may end before its line is written
      reports.failed(failure);
    } finally {
      flown.end();
    }
  }

  private void clear(Flight flown, long now) {
    if (flight == flown) {
      flight = null;
    }
    flown.cancelLimit();
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
      long pause = Math.max(backoff.left(now), breaker.left(token, now));
      delay = Math.min(delay, Math.max(token.softAt - now, pause));
    }
    try {
      alarm = scheduler.schedule(this::onAlarm, Math.max(delay, 0));
    } catch (RuntimeException | Error e) {
      // no thread to be had: the next request will find the alarm overdue
    }
  }

  private void onAlarm() {
    lock.lock();
    try {
      long now = clock.nanoTime();
      watch(now);
      Token token = current;
      if (token.sendable != null && token.expires && now - token.softAt >= 0) {
        if (token.used) {
          usefulFlight(now);
        } else {
          current = token.asleep();
        }
      }
      setAlarm(now);
    } finally {
      unlock();
    }
  }

  /** With the lock: what the alarms have not done, for a token that was idle or a long pause. */
  private void catchUp(long now) {
    Token token = current;
    if (!token.expires) {
      // no alarm looks at the clocks
      watch(now);
      return;
    }
    if (!token.isAsleep() && clock.currentTimeMillis() <= token.overdueMillis) {
      return;
    }
    watch(now);
    if (current.isAsleep()) {
      current = current.awake();
      usefulFlight(now);
    }
    setAlarm(now);
  }

  /**
   * With the lock: takes a time that only the wall clock has seen off all pauses, and off the
   * token's life, which may end it. In one step, so that no request sees a token that was looked
   * after and is over.
   */
  private void watch(long now) {
    long missed = missed(watchedNanos, watchedMillis, now);
    backoff.passed(missed);
    breaker.passed(missed);
    watchedMillis = clock.currentTimeMillis();
    watchedNanos = now;
    if (current.expires) {
      Token token = current.watched(missed, watchedMillis + UNWATCHED_MILLIS);
      current = now - token.hardAt >= 0 ? token.dead() : token;
    }
  }

  /** How much longer the time since then was for the wall clock, where that means a suspension. */
  private long missed(long sinceNanos, long sinceMillis, long now) {
    long wall = TimeUnit.MILLISECONDS.toNanos(clock.currentTimeMillis() - sinceMillis);
    long missed = wall - (now - sinceNanos);
    return missed > SUSPENDED ? missed : 0;
  }

  private static TokenRequestException unexpected(Throwable e) {
    // only the class: a message of unknown origin may quote anything
    return TokenRequestException.temporary("the token call failed with " + e.getClass().getName());
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

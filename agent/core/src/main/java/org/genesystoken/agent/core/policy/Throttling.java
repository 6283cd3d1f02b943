package org.genesystoken.agent.core.policy;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Resumption;
import org.genesystoken.agent.core.time.RetryAfter;
import org.genesystoken.agent.core.time.Scheduler;

/**
 * When a call that the API has throttled may be sent again: after what {@code Retry-After} says
 * (RFC 9110 §10.2.3), or, without it, after a random part of a time that doubles (full jitter, so
 * that a fleet does not come back as one). A token is never renewed for it: the limit is the
 * client's, and Genesys disables clients that dodge it. Thread-safe.
 */
final class Throttling {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int MOST_PAUSES = 3;
  private static final long FIRST_PAUSE_MILLIS = 1_000;

  private final long limitMillis;
  private final Clock clock;
  private final Random random;
  private final Supplier<Scheduler> scheduler;

  /**
   * @param limitMillis how long one call may be held up, all its pauses together; -1: never
   * @param scheduler asked for when there is something to wait for
   */
  Throttling(long limitMillis, Clock clock, Random random, Supplier<Scheduler> scheduler) {
    this.limitMillis = limitMillis;
    this.clock = clock;
    this.random = random;
    this.scheduler = scheduler;
  }

  boolean looksAt(int status) {
    return limitMillis >= 0 && status == TOO_MANY_REQUESTS;
  }

  /**
   * See {@link TokenPolicy#pauseMillis}. Never a part of what the API asks for: a call that comes
   * too early only counts against the limit once more.
   */
  long pauseMillis(ApiAnswer answer, int pauses, long pausedMillis) {
    if (!looksAt(answer.status()) || pauses >= MOST_PAUSES) {
      return -1;
    }
    long asked = RetryAfter.millis(answer.retryAfter(), answer.date(), clock);
    long pause = asked >= 0 ? asked : (long) (random.nextDouble() * (FIRST_PAUSE_MILLIS << pauses));
    return pause <= limitMillis - pausedMillis ? pause : -1;
  }

  /** See {@link TokenPolicy#after}. */
  CompletionStage<Void> after(long millis) {
    CompletableFuture<Void> over = new CompletableFuture<>();
    try {
      Scheduler threads = scheduler.get();
      Resumption resumption = new Resumption(threads, () -> over.complete(null));
      threads.schedule(resumption::go, TimeUnit.MILLISECONDS.toNanos(millis));
    } catch (RuntimeException | Error noThread) {
      over.completeExceptionally(noThread);
    }
    return over;
  }
}

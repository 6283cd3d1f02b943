package org.genesystoken.agent.core.token;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.endpoint.TokenRequestException;

/**
 * How long to leave the endpoint alone after a failure. Not thread-safe: guarded by the manager's
 * lock.
 */
final class Backoff {
  private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LAST = TimeUnit.SECONDS.toNanos(60);
  private static final long FIRST_PROBE = TimeUnit.SECONDS.toNanos(60);
  private static final long LAST_PROBE = TimeUnit.MINUTES.toNanos(15);

  private final Random random;
  private int temporary;
  private int permanent;
  private boolean closed;
  private long until;

  Backoff(Random random) {
    this.random = random;
  }

  /**
   * Takes a failure in. Full jitter (a uniform draw from 0 to the doubling bound) keeps a fleet
   * from coming back as one; a permanent failure is only probed.
   */
  void failed(TokenRequestException failure, long now) {
    long pause;
    if (failure.isPermanent()) {
      temporary = 0;
      pause = doubled(FIRST_PROBE, permanent++, LAST_PROBE);
    } else {
      permanent = 0;
      pause = (long) (random.nextDouble() * doubled(FIRST, temporary++, LAST));
      pause = Math.max(pause, TimeUnit.MILLISECONDS.toNanos(failure.retryAfterMillis()));
    }
    closed = true;
    until = now + pause;
  }

  /** Takes in a time, in nanoseconds, that the clock of the others has not seen. */
  void passed(long nanos) {
    until -= nanos;
  }

  void succeeded() {
    temporary = 0;
    permanent = 0;
    closed = false;
  }

  /** Whether the last failure stays until somebody changes something. */
  boolean isLatched() {
    return closed && permanent > 0;
  }

  /** Nanoseconds until the endpoint may be asked again; 0 or less: now. */
  long left(long now) {
    return closed ? until - now : 0;
  }

  private static long doubled(long first, int times, long last) {
    return times >= 16 ? last : Math.min(first << times, last);
  }
}

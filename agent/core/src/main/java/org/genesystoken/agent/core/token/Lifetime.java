package org.genesystoken.agent.core.token;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The two moments in a token's life, in nanoseconds from when it was asked for. Immutable. */
final class Lifetime {
  /**
   * Below this a token is used to its end and not renewed ahead: renewing ahead would come as often
   * as the deaths do, or oftener, and Genesys keeps ten tokens a user and evicts the oldest.
   */
  private static final long SHORT = TimeUnit.SECONDS.toNanos(5);

  private static final long MIN_LEAD = TimeUnit.MINUTES.toNanos(2);
  private static final long MAX_LEAD = TimeUnit.MINUTES.toNanos(60);
  private static final long MIN_MARGIN = TimeUnit.SECONDS.toNanos(10);
  private static final long MAX_MARGIN = TimeUnit.SECONDS.toNanos(60);

  /** When to renew in the background; not before {@link #hardNanos}: never. */
  final long softNanos;

  /** When to stop using it: a margin ahead of its end, for requests under way. */
  final long hardNanos;

  /** The whole. */
  final long nanos;

  private Lifetime(long softNanos, long hardNanos, long nanos) {
    this.nanos = nanos;
    this.softNanos = softNanos;
    this.hardNanos = hardNanos;
  }

  /**
   * @param life nanoseconds, over 0
   * @param ahead the lead that the operator wants, nanoseconds; -1: chosen from the life. More than
   *     half of the life is taken as half, as it would mint a token every few seconds
   * @param random spreads the renewals of a fleet that started together
   */
  static Lifetime of(long life, long ahead, Random random) {
    if (ahead < 0 && life < SHORT) {
      return new Lifetime(life, life, life);
    }
    long margin = Math.min(Math.max(MIN_MARGIN, Math.min(MAX_MARGIN, life / 50)), life / 4);
    long hard = life - margin;
    if (ahead >= 0) {
      return new Lifetime(life - Math.min(ahead, life / 2), hard, life);
    }
    long lead = Math.min(Math.min(Math.max(life / 5, MIN_LEAD), MAX_LEAD), life / 2);
    long soft = life - lead + (long) (random.nextDouble() * (lead / 2.0));
    return new Lifetime(soft, hard, life);
  }
}

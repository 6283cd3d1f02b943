package org.genesystoken.agent.core.token;

import java.util.concurrent.TimeUnit;

/**
 * Stops the minting of tokens that the API refuses all the same, each of which would evict another
 * JVM's. A strike is a refusal that says that another token would not help: of a replay, or of a
 * token that was minted because of a refusal and that the API was never seen to take. How soon a
 * token is refused says nothing by itself (a token may live a second), but a first strike whose
 * token had time to die counts only when a second one follows.
 *
 * <p>The pause grows fourfold, not twofold, so that an API that refuses every token costs at most
 * five token requests in 15 minutes, although the first refusal is always answered with a new token
 * at once.
 *
 * <p>Not thread-safe: guarded by the manager's lock.
 */
final class Breaker {
  private static final long FIRST_PAUSE = TimeUnit.SECONDS.toNanos(30);
  private static final long LAST_PAUSE = TimeUnit.MINUTES.toNanos(15);

  /** No token lives shorter: a replay refused within it was refused for another reason. */
  private static final long SHORTEST_LIFE = TimeUnit.SECONDS.toNanos(1);

  /** How often a doubt is taken back. */
  private final Allowance forgiven = new Allowance(5);

  /** How often a call that is not replayed, so that its refusal is never proved, is believed. */
  private final Allowance believed = new Allowance(128);

  private int strikes;
  private long struckGeneration = -1;
  private long acceptedGeneration = -1;
  private boolean stopped;
  private long until;

  /** Whether an answer that is not a refusal would mean something for this, the current token. */
  boolean isInDoubt(Token token) {
    return strikes > 0 || isUnproven(token);
  }

  private boolean isUnproven(Token token) {
    return token.afterRefusal && token.generation != acceptedGeneration;
  }

  /**
   * The API has taken the current token. After a strike: it refuses some requests that carry it,
   * but not all. Then the next refusal may be worth a new token after all; but not each, as one
   * host or resource that always refuses would cost a token per call, and each evicts another.
   */
  void accepted(Token token, long now) {
    acceptedGeneration = token.generation;
    if (strikes > 0 && forgiven.take(now)) {
      strikes = 0;
      stopped = false;
    }
  }

  /** Takes in a time, in nanoseconds, that the clock of the others has not seen. */
  void passed(long nanos) {
    until -= nanos;
  }

  /** Whether a refused token must not be replaced now. */
  boolean isOpen(long now) {
    return stopped && until - now > 0;
  }

  /**
   * Nanoseconds until the current token may be renewed before its end, or after it: the next one
   * would be refused like this one. 0 or less: now.
   */
  long left(Token token, long now) {
    boolean refused =
        token.generation == struckGeneration && token.generation != acceptedGeneration;
    return stopped && refused ? until - now : 0;
  }

  /** Whether what is minted now is minted because of a refusal, whatever the reason to mint. */
  boolean isSuspicious() {
    return strikes > 0;
  }

  /**
   * A call that will not be replayed was refused with the current token. A resource that refuses
   * such calls always, beside others that take each token, would cost a token a call.
   *
   * @return whether to replace the token
   */
  boolean isBelieved(long now) {
    return believed.take(now);
  }

  /**
   * The current token was refused. One that was minted long ago may be replaced whatever became of
   * it: that comes too rarely to cost many tokens.
   *
   * @return whether renewals are stopped by this
   */
  boolean refused(Token token, long now) {
    return isUnproven(token) && now - token.askedAt < LAST_PAUSE && strike(token, now);
  }

  /**
   * A replay with the current token was refused.
   *
   * @return whether renewals are stopped by this
   */
  boolean replayRefused(Token token, long now) {
    return strike(token, now);
  }

  /** Several for one token count once. */
  private boolean strike(Token token, long now) {
    if (token.generation == struckGeneration) {
      return false;
    }
    boolean open = isOpen(now);
    struckGeneration = token.generation;
    if (token.generation == acceptedGeneration && forgiven.take(now)) {
      // the API has taken it and takes it no more: it was evicted, or one resource always refuses
      return false;
    }
    if (stopped && now - until > LAST_PAUSE) {
      // that was another trouble
      strikes = 0;
      stopped = false;
    }
    strikes++;
    if (strikes > 1 || now - token.askedAt < SHORTEST_LIFE) {
      stopped = true;
      until = now + Math.min(FIRST_PAUSE << Math.min(2 * (strikes - 1), 10), LAST_PAUSE);
    }
    return !open && isOpen(now);
  }

  /** So many at once, and one more for each minute. */
  private static final class Allowance {
    private static final long REGAINING = TimeUnit.SECONDS.toNanos(60);

    private final int most;
    private int taken;
    private long since;

    Allowance(int most) {
      this.most = most;
    }

    boolean take(long now) {
      if (taken == 0) {
        since = now;
      }
      long regained = Math.min((now - since) / REGAINING, taken);
      taken -= (int) regained;
      since = taken == 0 ? now : since + regained * REGAINING;
      if (taken >= most) {
        return false;
      }
      taken++;
      return true;
    }
  }
}

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

  /** How often a doubt is taken back at once, and how long until once more. */
  private static final int MOST_FORGIVEN = 5;

  private static final long FORGIVING = TimeUnit.SECONDS.toNanos(60);

  private int strikes;
  private int forgiven;
  private long forgivenSince;
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
    if (strikes == 0) {
      return;
    }
    if (forgiven == 0) {
      forgivenSince = now;
    } else if (now - forgivenSince >= FORGIVING) {
      long regained = Math.min((now - forgivenSince) / FORGIVING, forgiven);
      forgiven -= (int) regained;
      forgivenSince += regained * FORGIVING;
    }
    if (forgiven < MOST_FORGIVEN) {
      forgiven++;
      strikes = 0;
      stopped = false;
    }
  }

  /** Whether a refused token must not be replaced now. */
  boolean isOpen(long now) {
    return stopped && until - now > 0;
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
}

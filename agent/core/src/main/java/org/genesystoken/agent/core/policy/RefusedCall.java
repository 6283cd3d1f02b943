package org.genesystoken.agent.core.policy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * What is remembered of one call of the app from its first refusal on, and the rules of its
 * replays: once after an expired token, a few times after a 429. An HTTP client makes one when an
 * answer is worth a look ({@link TokenPolicy#looksAt}), keeps it as long as the call, and asks it
 * about every such answer, which counts as told to {@link TokenPolicy#answered}. No method throws.
 * Used by one thread at a time.
 */
public final class RefusedCall {
  private final TokenPolicy policy;
  private boolean renewed;
  private int pauses;
  private long pausedMillis;

  RefusedCall(TokenPolicy policy) {
    this.policy = policy;
  }

  /**
   * Whether the headers alone say what is to be known of an answer; its body need not be read then.
   */
  private boolean isClearWithoutBody(ApiAnswer answer) {
    return answer.status() != ManagedTokenPolicy.FORBIDDEN
        && (answer.status() != ManagedTokenPolicy.UNAUTHORIZED || policy.meansExpired(answer));
  }

  /**
   * Whether the headers of an answer, or its body, can tell what it means. If not, its body need
   * not be read: it may be long, or slow.
   *
   * @param contentType value of that header, or null
   */
  public boolean isTelling(ApiAnswer headers, String contentType) {
    return TokenPolicy.mayTellInBody(contentType) || isClearWithoutBody(headers);
  }

  /**
   * Whether to send the call again now. Where the token has expired it is renewed, even if this
   * call cannot be replayed: the next one has the new token. May block: for a token at most {@code
   * wait}, after a 429 as long as the API asks for.
   *
   * @param sent the Authorization value that the answered hop carried, null if none
   * @param replayable whether the call can be sent again, body and all
   * @param budgetMillis how long the app's own time-outs let the call wait
   */
  public boolean replays(ApiAnswer answer, String sent, boolean replayable, long budgetMillis) {
    if (policy.meansExpired(answer)) {
      return !isReplayRefused(sent)
          && replaysWith(policy.renew(sent, replayable, budgetMillis), replayable);
    }
    policy.answered(answer.status(), sent);
    long pause = pause(answer, replayable, budgetMillis);
    if (pause < 0) {
      policy.passedOn(answer);
      return false;
    }
    try {
      policy.after(pause).toCompletableFuture().get();
      return true;
    } catch (InterruptedException ofApp) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException failed) {
      // then there is no waiting, and the app gets the answer
    }
    return false;
  }

  /**
   * As {@link #replays}, without blocking: completes, never exceptionally, on a thread of the agent
   * or the caller's.
   */
  public CompletionStage<Boolean> replaysAsync(
      ApiAnswer answer, String sent, boolean replayable, long budgetMillis) {
    if (policy.meansExpired(answer)) {
      return isReplayRefused(sent)
          ? CompletableFuture.completedFuture(false)
          : policy
              .renewAsync(sent, replayable, budgetMillis)
              .handle((token, failure) -> replaysWith(failure == null && token, replayable));
    }
    policy.answered(answer.status(), sent);
    long pause = pause(answer, replayable, budgetMillis);
    if (pause < 0) {
      policy.passedOn(answer);
      return CompletableFuture.completedFuture(false);
    }
    return policy.after(pause).handle((nothing, failure) -> failure == null);
  }

  private boolean isReplayRefused(String sent) {
    if (renewed) {
      policy.replayRefused(sent);
    }
    return renewed;
  }

  private boolean replaysWith(boolean token, boolean replayable) {
    renewed = token && replayable;
    return renewed;
  }

  private long pause(ApiAnswer answer, boolean replayable, long budgetMillis) {
    if (!replayable) {
      return -1;
    }
    long pause = policy.pauseMillis(answer, pauses, pausedMillis);
    if (pause < 0 || pause >= budgetMillis) {
      return -1;
    }
    pauses++;
    pausedMillis += pause;
    return pause;
  }
}

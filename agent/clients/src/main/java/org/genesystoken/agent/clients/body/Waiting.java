package org.genesystoken.agent.clients.body;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.genesystoken.agent.core.policy.TokenPolicy;

/** How a thread of the app waits for what core decides or fetches. */
public final class Waiting {
  /** How soon an abort is noticed; libraries tell of it only when asked. Milliseconds. */
  private static final int LOOK = 20;

  private Waiting() {}

  /**
   * Waits for a token where a request is to have one and there is none yet. An abort, too, ends it.
   *
   * @param own the app's own Authorization value, null if it sets none
   * @param budgetMillis how long the app's own time-outs let it wait
   * @param aborted whether the app has aborted the call meanwhile
   */
  public static void forToken(
      TokenPolicy policy, String own, long budgetMillis, BooleanSupplier aborted) {
    if (policy.authorizationNow(own) == null) {
      replays(policy.ready(own, budgetMillis).thenApply(nothing -> true), aborted);
    }
  }

  /**
   * Waits until it is decided, or the app's thread is interrupted.
   *
   * @param aborted whether the app has aborted the call meanwhile
   * @return whether to send the call again; also after an abort, as the library then says so in its
   *     own words
   */
  public static boolean replays(CompletionStage<Boolean> decided, BooleanSupplier aborted) {
    Future<Boolean> decision = decided.toCompletableFuture();
    while (!aborted.getAsBoolean()) {
      try {
        return decision.get(LOOK, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        // look again
      } catch (InterruptedException ofApp) {
        Thread.currentThread().interrupt();
        return false;
      } catch (ExecutionException failed) {
        return false;
      }
    }
    return true;
  }
}

package org.genesystoken.agent.clients.body;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** How a thread of the app waits for a decision of core's. */
public final class Waiting {
  /** How soon an abort is noticed; libraries tell of it only when asked. Milliseconds. */
  private static final int LOOK = 20;

  private Waiting() {}

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

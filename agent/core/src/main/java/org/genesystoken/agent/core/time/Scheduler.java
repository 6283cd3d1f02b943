package org.genesystoken.agent.core.time;

/** Where the agent's own work runs: never on a thread of the app. Thread-safe. */
public interface Scheduler {
  /** Runs a task that may block, soon. */
  void execute(Runnable task);

  /**
   * Runs what a call of the app's goes on with, soon. It may block, as it comes to the app's code;
   * thousands may come at once. Never throws.
   */
  void resume(Runnable task);

  /**
   * Runs a short task that never blocks, once.
   *
   * @param delayNanos from now; 0 or negative: at once
   */
  Cancellable schedule(Runnable task, long delayNanos);

  /** A task that was scheduled. */
  interface Cancellable {
    /** Does nothing if the task has already run. */
    void cancel();
  }
}

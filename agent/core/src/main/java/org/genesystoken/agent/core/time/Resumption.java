package org.genesystoken.agent.core.time;

/**
 * What a call of the app's goes on with after it has waited: on a thread of the agent's, but under
 * the context class loader of the thread that has left it, as the app's own code comes to run.
 * Immutable.
 */
public final class Resumption {
  private final Scheduler scheduler;
  private final Runnable action;
  private final ClassLoader context = Thread.currentThread().getContextClassLoader();

  /** To be made on the thread that leaves the call. */
  public Resumption(Scheduler scheduler, Runnable action) {
    this.scheduler = scheduler;
    this.action = action;
  }

  /** Goes on; on this thread if there is no other to be had. */
  public void go() {
    scheduler.resume(this::run);
  }

  private void run() {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      action.run();
    } finally {
      thread.setContextClassLoader(own);
    }
  }
}

package org.genesystoken.agent.core.time;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Daemon threads that start when there is work and end when there has been none for a while: one
 * for the clock, and as many as there are blocking tasks, so that an app's code that continues on
 * one of them cannot hold up the next token.
 */
public final class AgentThreads implements Scheduler, AutoCloseable {
  private static final String NAME = "genesys-token-agent";
  private static final long IDLE_SECONDS = 30;

  /** How many threads resume calls at a time, unless the app's code holds them up. */
  private static final int RESUMING = 4;

  /** How long a call may have to wait for its turn before there are more. */
  private static final long HELD_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** How many more there are at a time. */
  private static final int MOST_MORE = 64;

  private final ThreadPoolExecutor workers;
  private final ScheduledThreadPoolExecutor timer;
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private final Queue<Runnable> left = new ArrayDeque<>();
  private int resuming;
  private long resumed;
  private boolean watched;

  public AgentThreads() {
    this(new Factory());
  }

  /** For tests: with another source of threads. */
  AgentThreads(ThreadFactory factory) {
    workers =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<Runnable>(),
            factory);
    timer = new ScheduledThreadPoolExecutor(1, factory);
    timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void execute(Runnable task) {
    workers.execute(task);
  }

  /**
   * Few threads do it, as thousands of waits may end at once; more, in steps, as long as one has to
   * wait because of the app's code. Never throws: this thread does it if there is no other.
   */
  @Override
  public void resume(Runnable task) {
    boolean more;
    lock.lock();
    try {
      left.add(task);
      more = resuming < RESUMING;
      resuming += more ? 1 : 0;
    } finally {
      lock.unlock();
    }
    if (more) {
      addResuming();
    }
    watchResuming();
  }

  private void addResuming() {
    try {
      workers.execute(this::resumeAll);
    } catch (RuntimeException | Error noThread) {
      boolean last;
      lock.lock();
      try {
        last = resuming == 1;
        resuming -= last ? 0 : 1;
      } finally {
        lock.unlock();
      }
      if (last) {
        resumeAll();
      }
    }
  }

  private void resumeAll() {
    for (Runnable task = next(); task != null; task = next()) {
      try {
        task.run();
      } catch (RuntimeException | Error ofTheApp) {
        // its own call has had it; the others go on
      } finally {
        // so does an interrupt
        boolean unused = Thread.interrupted();
      }
    }
  }

  private Runnable next() {
    lock.lock();
    try {
      Runnable task = left.poll();
      if (task == null) {
        resuming--;
      } else {
        resumed++;
      }
      return task;
    } finally {
      lock.unlock();
    }
  }

  /** Sees to it that somebody looks whether the calls that are left come to their turn. */
  private void watchResuming() {
    lock.lock();
    try {
      if (!watched && !left.isEmpty()) {
        long before = resumed + left.size();
        schedule(() -> lookAtResuming(before), HELD_UP_NANOS);
        watched = true;
      }
    } catch (RuntimeException | Error noThread) {
      // the next call to be resumed tries again
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param before how many had been added when the time began that a call may have to wait
   */
  private void lookAtResuming(long before) {
    int more = 0;
    lock.lock();
    try {
      watched = false;
      if (resumed < before) {
        more = Math.min(left.size(), Math.min(Math.max(resuming, 1), MOST_MORE));
        resuming += more;
      }
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < more; i++) {
      addResuming();
    }
    watchResuming();
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    Future<?> future = timer.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /**
   * Takes no more work; the threads end with what they are doing and what is scheduled. The agent
   * itself lives as long as the JVM.
   */
  @Override
  public void close() {
    workers.shutdown();
    timer.shutdown();
  }

  /**
   * Threads that take nothing over from the app's thread that happens to need the first token: no
   * context class loader, no inheritable thread-locals, no access control context (each would keep
   * a redeployed web app in memory), no thread group that the app may destroy.
   */
  private static final class Factory implements ThreadFactory {
    private final ThreadGroup group = topMost();
    private final Threads threads = Threads.current();

    @Override
    public Thread newThread(Runnable task) {
      // Up to Java 23 a thread keeps the access control context of its maker, and with it the class
      // loaders of all that the maker was called by.
      return AccessController.doPrivileged(
          new PrivilegedAction<Thread>() {
            @Override
            public Thread run() {
              return configured(task);
            }
          });
    }

    private Thread configured(Runnable task) {
      Thread thread = threads.of(group, task, NAME);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      return thread;
    }

    private static ThreadGroup topMost() {
      ThreadGroup group = Thread.currentThread().getThreadGroup();
      while (group.getParent() != null) {
        group = group.getParent();
      }
      return group;
    }
  }
}

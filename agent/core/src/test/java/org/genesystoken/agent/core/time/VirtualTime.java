package org.genesystoken.agent.core.time;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A clock and a scheduler that move only when a test says so. Thread-safe. */
public final class VirtualTime implements Clock, Scheduler {
  // near the end, so that the monotonic clock wraps in each test that lets some minutes pass
  private long nanos = Long.MAX_VALUE - TimeUnit.MINUTES.toNanos(3);
  private long wallNanos = TimeUnit.DAYS.toNanos(20_000);
  private long sequence;
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private final List<Task> scheduled = new ArrayList<>();

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized long currentTimeMillis() {
    return TimeUnit.NANOSECONDS.toMillis(wallNanos);
  }

  @Override
  public synchronized void execute(Runnable task) {
    ready.add(task);
  }

  @Override
  public void resume(Runnable task) {
    execute(task);
  }

  @Override
  public synchronized Cancellable schedule(Runnable task, long delayNanos) {
    Task entry = new Task(task, nanos + Math.max(delayNanos, 0), sequence++);
    scheduled.add(entry);
    return () -> {
      synchronized (this) {
        scheduled.remove(entry);
      }
    };
  }

  /** Runs all that is due now, on the calling thread; a task may do so too, for one that hangs. */
  public void runDue() {
    advance(0, TimeUnit.NANOSECONDS);
  }

  /** Lets time pass and runs each task at its moment, on the calling thread. */
  public void advance(long time, TimeUnit unit) {
    long end;
    synchronized (this) {
      end = nanos + unit.toNanos(time);
    }
    for (Runnable task = next(end); task != null; task = next(end)) {
      task.run();
    }
  }

  /** Moves the clocks without running anything: a task that takes its time, or a pause. */
  public synchronized void pass(long time, TimeUnit unit) {
    nanos += unit.toNanos(time);
    wallNanos += unit.toNanos(time);
  }

  /** Moves the wall clock alone: a suspended machine, or somebody setting the clock. */
  public synchronized void moveWall(long time, TimeUnit unit) {
    wallNanos += unit.toNanos(time);
  }

  /** How many tasks wait for their time. */
  public synchronized int pending() {
    return scheduled.size();
  }

  private synchronized Runnable next(long end) {
    if (!ready.isEmpty()) {
      return ready.remove();
    }
    Task first =
        scheduled.stream()
            .min(
                Comparator.<Task>comparingLong(task -> task.at - nanos)
                    .thenComparingLong(task -> task.sequence))
            .orElse(null);
    if (first == null || first.at - end > 0) {
      if (end - nanos > 0) {
        wallNanos += end - nanos;
        nanos = end;
      }
      return null;
    }
    scheduled.remove(first);
    if (first.at - nanos > 0) {
      wallNanos += first.at - nanos;
      nanos = first.at;
    }
    return first.task;
  }

  private static final class Task {
    final Runnable task;
    final long at;
    final long sequence;

    Task(Runnable task, long at, long sequence) {
      this.task = task;
      this.at = at;
      this.sequence = sequence;
    }
  }
}

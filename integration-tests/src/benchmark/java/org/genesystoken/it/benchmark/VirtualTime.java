package org.genesystoken.it.benchmark;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Scheduler;

/** A clock and a scheduler that move only when told to. One thread. */
final class VirtualTime implements Clock, Scheduler {
  private static final long START_MILLIS = System.currentTimeMillis();

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long nanos;
  private long asleepMillis;
  private long sequence;

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long currentTimeMillis() {
    return START_MILLIS + TimeUnit.NANOSECONDS.toMillis(nanos) + asleepMillis;
  }

  @Override
  public void execute(Runnable task) {
    schedule(task, 0);
  }

  @Override
  public void resume(Runnable task) {
    execute(task);
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    Task entry = new Task(task, nanos + Math.max(delayNanos, 0), sequence++);
    tasks.add(entry);
    return () -> tasks.remove(entry);
  }

  void advance(long millis) {
    long end = nanos + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!tasks.isEmpty() && tasks.peek().at <= end) {
      Task task = tasks.remove();
      nanos = Math.max(nanos, task.at);
      task.task.run();
    }
    nanos = end;
  }

  /** The machine sleeps: only the wall clock goes on. */
  void suspend(long millis) {
    asleepMillis += millis;
  }

  private record Task(Runnable task, long at, long sequence) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
    }
  }
}

package org.genesystoken.agent.core.token;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.genesystoken.agent.core.time.Scheduler;

/** One request for a token that all who need it wait for. */
final class Flight {
  final long number;

  /** Whether it asks for a token only if there is a new secret to ask with. */
  final boolean looks;

  final CompletableFuture<Void> over = new CompletableFuture<>();
  volatile Thread thread;

  /** Whether it has found one. */
  volatile boolean asks;

  // guarded by the manager's lock
  boolean afterRefusal;
  boolean givenUp;
  boolean returned;
  Scheduler.Cancellable limit;

  private final AtomicReference<Waiter> waiters = new AtomicReference<>();
  private volatile boolean ended;

  Flight(long number, boolean looks) {
    this.number = number;
    this.looks = looks;
  }

  /** With the manager's lock. */
  void cancelLimit() {
    if (limit != null) {
      limit.cancel();
    }
  }

  /** Releases who waits: the threads first, as what listens to {@link #over} may take long. */
  void end() {
    ended = true;
    for (Waiter waiter = waiters.get(); waiter != null; waiter = waiter.next) {
      if (!waiter.gone) {
        LockSupport.unpark(waiter.thread);
      }
    }
    over.complete(null);
  }

  /**
   * Until it is over or the time is, or the thread is interrupted, which keeps its flag. Not {@code
   * over.get}: each caller whose time is up would search the list of all, which takes ten thousand
   * callers seconds.
   */
  void await(long nanos) {
    Waiter waiter = new Waiter(Thread.currentThread());
    Waiter head;
    do {
      head = waiters.get();
      waiter.next = head;
    } while (!waiters.compareAndSet(head, waiter));
    long end = System.nanoTime() + nanos;
    for (long left = nanos;
        left > 0 && !ended && !waiter.thread.isInterrupted();
        left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    // stays in the list, which goes with the flight
    waiter.gone = true;
  }

  /** A thread that waits for a flight. */
  private static final class Waiter {
    final Thread thread;
    Waiter next;
    volatile boolean gone;

    Waiter(Thread thread) {
      this.thread = thread;
    }
  }
}

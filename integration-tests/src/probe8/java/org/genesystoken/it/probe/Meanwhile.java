package org.genesystoken.it.probe;

import java.util.ArrayList;
import java.util.List;

/**
 * What else the app does while a call is under way: once the server of {@code when=} answers, the
 * {@code meanwhile=} fields one by one, each a way and a URL. {@code same} calls by the same
 * client; {@code queued} does, too, and goes on when that call has come to wait; {@code other} is
 * an {@code HttpURLConnection}.
 */
final class Meanwhile {
  private final Call call;
  private final HttpCaller caller;
  private final Outcome seen = new Outcome();
  private final Thread thread;

  /** Begins, if there is something to do. */
  static Meanwhile of(Call call, HttpCaller caller) {
    return new Meanwhile(call, caller);
  }

  private Meanwhile(Call call, HttpCaller caller) {
    this.call = call;
    this.caller = caller;
    thread = daemon(this::doAll);
    if (!call.all("meanwhile").isEmpty()) {
      thread.start();
    }
  }

  /** Waits for the end of it all, and adds what came of each. */
  void end(Outcome outcome) throws InterruptedException {
    if (!call.all("meanwhile").isEmpty()) {
      thread.join(30_000);
      outcome.add("meanwhile", thread.isAlive() ? "not finished" : String.join(", ", seen.lines()));
    }
  }

  private void doAll() {
    if (!Patience.answers(call.get("when", null))) {
      return;
    }
    List<Thread> queued = new ArrayList<>();
    for (String task : call.all("meanwhile")) {
      String way = task.substring(0, task.indexOf(' '));
      Call other = call.to(task.substring(way.length() + 1));
      if (way.equals("queued")) {
        Thread waiting = daemon(() -> seen.look(way, () -> caller.status(other)));
        waiting.start();
        queued.add(waiting);
        awaitParked(waiting);
      } else {
        HttpCaller by = way.equals("same") ? caller : new UrlConnectionCaller();
        seen.look(way, () -> by.status(other));
      }
    }
    try {
      for (Thread waiting : queued) {
        waiting.join();
      }
    } catch (InterruptedException e) {
      // nobody interrupts it
      Thread.currentThread().interrupt();
    }
  }

  /** Until the thread does nothing any more, in ten looks one after the other. */
  private static void awaitParked(Thread thread) {
    for (int looks = 0; looks < 10; ) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
      Thread.State state = thread.getState();
      boolean parked = state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
      looks = parked || !thread.isAlive() ? looks + 1 : 0;
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    return thread;
  }
}

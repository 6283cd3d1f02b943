package org.genesystoken.it.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.genesystoken.agent.core.time.AgentThreads;
import org.genesystoken.agent.core.token.TokenManager;
import org.genesystoken.it.benchmark.Library.MovableClock;
import org.genesystoken.it.benchmark.Library.Source;

/** One row each of the table; what it prints about one library, in a JVM of its own. */
enum Cases {
  COLD("10,000 callers, cold", "1 token request") {
    @Override
    String measure(Library library) throws Exception {
      Endpoint endpoint = new Endpoint();
      endpoint.millis = 200;
      return manyCallers(library, endpoint);
    }
  },

  SLOW("same, endpoint takes 8 s", "1 token request, all released within wait (3 s) + 500 ms") {
    @Override
    String measure(Library library) throws Exception {
      Endpoint endpoint = new Endpoint();
      endpoint.millis = 8_000;
      return manyCallers(library, endpoint);
    }
  },

  SOFT("soft window, 200,000 calls", "1 token request, 0 callers blocked over 10 ms") {
    @Override
    String measure(Library library) throws Exception {
      Endpoint endpoint = new Endpoint();
      MovableClock clock = new MovableClock(null);
      if (library == Library.MSAL) {
        // its window is the server's to say, with refresh_in
        endpoint.lifeSeconds = 599;
      }
      Source source = library.open(endpoint, clock);
      source.token();
      source.token();
      endpoint.lifeSeconds = 3_600;
      endpoint.millis = 500;
      if (library == Library.MSAL) {
        TimeUnit.MILLISECONDS.sleep(1_500);
      } else {
        // Spring has no window but the last minute
        clock.moved = TimeUnit.SECONDS.toMillis(3_600 - (library == Library.SPRING ? 50 : 210));
      }
      AtomicInteger blocked = new AtomicInteger();
      int before = endpoint.requests.get();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(
            new Thread(
                () -> {
                  for (int call = 0; call < 50_000; call++) {
                    if (isBlocked(source)) {
                      blocked.incrementAndGet();
                    }
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join(CAP_MILLIS);
      }
      return requests(endpoint.requests.get() - before) + ", " + blocked + " blocked";
    }

    /** Over 10 ms, and because it waited: a busy machine alone does not count. */
    private boolean isBlocked(Source source) {
      long waits = waits();
      long start = System.nanoTime();
      try {
        source.token();
      } catch (Exception e) {
        // counted where errors are
      }
      return System.nanoTime() - start > 10_000_000 && waits() > waits;
    }

    private long waits() {
      ThreadInfo info =
          ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().getId());
      return info.getWaitedCount() + info.getBlockedCount();
    }
  },

  OUTAGE(
      "endpoint down for 10 min, 1,000 calls/s, T = 3,600",
      "≤ 60 token requests, 0 errors while the token is valid") {
    @Override
    String measure(Library library) throws Exception {
      if (!library.movable) {
        return NONE;
      }
      Endpoint endpoint = new Endpoint();
      VirtualTime time = new VirtualTime();
      Source source = library.open(endpoint, new MovableClock(time));
      warm(source, time);
      // from 12 min before the token's end to 2 min before it
      for (int second = 0; second < 3_600 - 720; second++) {
        time.advance(1_000);
        source.token();
      }
      int before = endpoint.requests.get();
      endpoint.down = true;
      long errors = 0;
      for (int call = 0; call < 600_000; call++) {
        time.advance(1);
        try {
          errors += source.token() == null ? 1 : 0;
        } catch (Exception e) {
          errors++;
        }
      }
      return requests(endpoint.requests.get() - before) + ", " + errors + " errors";
    }
  },

  REFUSED("10,000 simultaneous 401s of one generation", "1 refresh, 10,000 replays") {
    @Override
    String measure(Library library) throws Exception {
      if (library != Library.AGENT) {
        return NONE;
      }
      Endpoint endpoint = new Endpoint();
      endpoint.millis = 200;
      TokenManager manager = real(endpoint);
      String refused = manager.header(Long.MAX_VALUE);
      AtomicInteger replays = new AtomicInteger();
      together(
          () -> {
            if (manager.renew(refused, true, Long.MAX_VALUE)) {
              replays.incrementAndGet();
            }
          });
      return (endpoint.requests.get() - 1) + " refresh, " + replays + " replays";
    }
  },

  HOSTILE("API that refuses every token", "≤ 5 token requests in 15 min") {
    @Override
    String measure(Library library) throws Exception {
      if (library != Library.AGENT) {
        return NONE;
      }
      Endpoint endpoint = new Endpoint();
      VirtualTime time = new VirtualTime();
      TokenManager manager = Library.manager(endpoint, time, time, 0);
      manager.headerNow();
      time.advance(0);
      for (int call = 0; call < 900_000 / 100; call++) {
        CompletableFuture<Boolean> renewed =
            manager.renewAsync(manager.headerNow(), true, Long.MAX_VALUE).toCompletableFuture();
        time.advance(0);
        // each other call has a body that cannot be sent again
        if (renewed.getNow(false) && call % 2 == 0) {
          manager.replayRefused(manager.headerNow());
        }
        time.advance(100);
      }
      return requests(endpoint.requests.get());
    }
  },

  WAKE("wake after a 2 h suspend, T = 3,600", "the first request carries a live token") {
    @Override
    String measure(Library library) throws Exception {
      if (!library.movable) {
        return NONE;
      }
      Endpoint endpoint = new Endpoint();
      VirtualTime time = new VirtualTime();
      Source source = library.open(endpoint, new MovableClock(time));
      String before = warm(source, time);
      time.suspend(TimeUnit.HOURS.toMillis(2));
      String first = source.token();
      if (first == null) {
        // it would have waited: in virtual time the flight lands when time goes on
        time.advance(0);
        first = source.token();
      }
      return first != null && !first.equals(before) ? "live" : "dead";
    }
  },

  ROTATED("secret rotated while running", "0 failed requests") {
    @Override
    String measure(Library library) throws Exception {
      return library == Library.AGENT ? SecretRotation.measure() : NONE;
    }
  };

  static final String NONE = "–";
  private static final long CAP_MILLIS = 60_000;
  private static final int CALLERS = 10_000;

  final String title;
  final String goal;

  Cases(String title, String goal) {
    this.title = title;
    this.goal = goal;
  }

  abstract String measure(Library library) throws Exception;

  private static TokenManager real(Endpoint endpoint) {
    return Library.manager(
        endpoint, org.genesystoken.agent.core.time.Clock.SYSTEM, new AgentThreads(), 20_000);
  }

  /** The first token, also where nobody can wait for it in virtual time. */
  private static String warm(Source source, VirtualTime time) throws Exception {
    Thread agent = Thread.currentThread();
    String token = null;
    // our caller would wait for a flight that only this thread can fly
    agent.interrupt();
    try {
      token = source.token();
    } catch (Exception e) {
      // interrupted: the others need no second thread
    }
    boolean unused = Thread.interrupted();
    time.advance(0);
    return token != null ? token : source.token();
  }

  private static String manyCallers(Library library, Endpoint endpoint) throws Exception {
    Source source = library.open(endpoint, new MovableClock(null));
    AtomicLong slowest = new AtomicLong();
    AtomicInteger without = new AtomicInteger();
    int late =
        together(
            () -> {
              long start = System.nanoTime();
              try {
                if (source.token() == null) {
                  without.incrementAndGet();
                }
              } catch (Exception e) {
                without.incrementAndGet();
              }
              slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
            });
    return requests(endpoint.requests.get())
        + (late > 0
            ? ", " + late + " not back after " + CAP_MILLIS / 1_000 + " s"
            : ", slowest caller " + TimeUnit.NANOSECONDS.toMillis(slowest.get()) + " ms");
  }

  /** Runs the work in 10,000 threads at once; how many are not back in time. */
  private static int together(Runnable work) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(CALLERS);
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch back = new CountDownLatch(CALLERS);
    for (int i = 0; i < CALLERS; i++) {
      Thread thread =
          new Thread(
              null,
              () -> {
                ready.countDown();
                try {
                  go.await();
                } catch (InterruptedException e) {
                  return;
                }
                work.run();
                back.countDown();
              },
              "caller",
              256 * 1024);
      thread.setDaemon(true);
      thread.start();
    }
    ready.await();
    go.countDown();
    boolean all = back.await(CAP_MILLIS, TimeUnit.MILLISECONDS);
    return all ? 0 : (int) back.getCount();
  }

  private static String requests(int count) {
    return String.format("%,d request%s", count, count == 1 ? "" : "s");
  }

  /** A secret file for the whole product's way. */
  static void write(Path file, String secret) throws java.io.IOException {
    Files.writeString(file, secret);
    if (java.io.File.separatorChar == '/') {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }
}

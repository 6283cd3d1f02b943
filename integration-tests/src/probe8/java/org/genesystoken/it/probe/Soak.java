package org.genesystoken.it.probe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Many mixed calls, spread evenly over a time, by one thread or many. */
final class Soak {
  private static final int[] SIZES = {0, 1, 1000, 65536};

  private Soak() {}

  static void run(HttpCaller caller, Call call, Outcome outcome) throws InterruptedException {
    int calls = call.getInt("calls", 200);
    long spread = TimeUnit.MILLISECONDS.toNanos(call.getInt("millis", 10_000));
    String[] methods = call.get("methods", "GET,POST,PUT,PATCH,DELETE").split(",");
    int threads = call.getInt("threads", 1);
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    AtomicInteger next = new AtomicInteger();
    AtomicInteger succeeded = new AtomicInteger();
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    long start = System.nanoTime();
    for (int t = 0; t < threads; t++) {
      workers.execute(
          () -> {
            for (int i = next.getAndIncrement(); i < calls; i = next.getAndIncrement()) {
              pace(start + spread / calls * i);
              String result = one(caller, call, methods, i, sent);
              if ("200".equals(result)) {
                succeeded.incrementAndGet();
              } else {
                failures.add(i + " " + methods[i % methods.length] + " " + result);
              }
            }
          });
    }
    workers.shutdown();
    boolean finished = workers.awaitTermination(120, TimeUnit.SECONDS);
    outcome.add("finished", finished);
    outcome.add("succeeded", succeeded);
    outcome.add("failed", failures.size());
    for (String failure : failures.subList(0, Math.min(10, failures.size()))) {
      outcome.add("failure", failure);
    }
    for (String body : sent) {
      outcome.add("sent", body);
    }
  }

  private static String one(
      HttpCaller caller, Call soak, String[] methods, int i, List<String> sent) {
    String method = methods[i % methods.length];
    String line =
        "call\tmethod="
            + method
            + "\tway="
            + soak.get("way", "")
            + "\turl="
            + soak.get("url", null)
            + i
            + "\theader=Authorization: Bearer stale";
    if (!method.equals("GET")) {
      int size = SIZES[i / methods.length % SIZES.length];
      line += "\tbody=" + size + "\tseed=" + i;
    }
    Call call = new Call(line);
    byte[] body = call.body();
    sent.add(i + " " + Bytes.sha256(body == null ? new byte[0] : body));
    try {
      return caller.status(call);
    } catch (Exception e) {
      return Outcome.describe(e);
    }
  }

  /** Real time on purpose: the server's tokens die by the clock. */
  private static void pace(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      java.util.concurrent.locks.LockSupport.parkNanos(left);
    }
  }
}

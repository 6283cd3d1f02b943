package org.genesystoken.it.benchmark;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A token endpoint inside the JVM: counts, takes its time, fails when told to. Thread-safe. */
final class Endpoint {
  final AtomicInteger requests = new AtomicInteger();
  volatile long millis;
  volatile boolean down;
  volatile long lifeSeconds = 3_600;

  /** A token, after the time that it takes. */
  String ask() {
    String token = "token-" + requests.incrementAndGet();
    if (millis > 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (down) {
      throw new IllegalStateException("the endpoint is down");
    }
    return token;
  }
}

package org.genesystoken.agent.core.token;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.genesystoken.agent.core.endpoint.TokenRequestException;
import org.genesystoken.agent.core.time.Clock;
import org.slf4j.Logger;

/** What the operator reads about the token: one line per cause in 10 s, no secret. Thread-safe. */
public final class Reports {
  private static final long QUIET = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_CAUSES = 64;
  private static final String REFUSED = "refused";

  private final Logger log;
  private final String endpoint;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> lastSaid = new HashMap<>();
  private boolean failing;

  /**
   * @param endpoint the token endpoint's URL without query and user-info
   */
  public Reports(Logger log, String endpoint, Clock clock) {
    this.log = log;
    this.endpoint = endpoint;
    this.clock = clock;
  }

  void asking(long generation) {
    log.debug("Asking {} for token {}", endpoint, generation);
  }

  void got(long generation, long lifeMillis) {
    boolean recovered;
    lock.lock();
    try {
      recovered = failing;
      failing = false;
      // What the API does with tokens is another matter than getting them.
      lastSaid.keySet().retainAll(Collections.singleton(REFUSED));
    } finally {
      lock.unlock();
    }
    if (recovered) {
      log.info("The token endpoint {} grants tokens again", endpoint);
    }
    log.debug("Got token {}, good for {} ms", generation, lifeMillis);
  }

  void failed(TokenRequestException failure) {
    if (!isDue(failure.getMessage(), true)) {
      return;
    }
    if (failure.isPermanent()) {
      log.error("No token from {}: {}", endpoint, failure.getMessage());
    } else {
      log.warn("No token from {}: {}", endpoint, failure.getMessage());
    }
  }

  void newTokenRefused() {
    if (isDue(REFUSED, false)) {
      log.warn(
          "The API refuses a new token as well, so refusals are passed on for a while; check the"
              + " OAuth client's roles, and that token-url and hosts belong to one organisation");
    }
  }

  private boolean isDue(String cause, boolean failure) {
    long now = clock.nanoTime();
    lock.lock();
    try {
      failing |= failure;
      Long last = lastSaid.get(cause);
      if (last != null && now - last < QUIET) {
        return false;
      }
      if (lastSaid.size() >= MAX_CAUSES) {
        lastSaid.clear();
      }
      lastSaid.put(cause, now);
      return true;
    } finally {
      lock.unlock();
    }
  }
}

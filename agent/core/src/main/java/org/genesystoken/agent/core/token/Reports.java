package org.genesystoken.agent.core.token;

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
  private static final String RECOVERED = "recovered";
  private static final String REFUSED = "refused";
  private static final String UNBELIEVED = "unbelieved";

  private final Logger log;
  private final String endpoint;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> lastSaid = new HashMap<>();

  // guarded by lock
  private boolean failureSaid;
  private String latched;
  private boolean leadSaid;

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

  void newSecret() {
    lock.lock();
    try {
      // what was said of the old one says nothing of this one
      latched = null;
    } finally {
      lock.unlock();
    }
    log.debug("There is a new secret for {}", endpoint);
  }

  void got(long generation, long lifeMillis) {
    boolean recovered;
    lock.lock();
    try {
      latched = null;
      recovered = failureSaid && isDue(RECOVERED);
      failureSaid &= !recovered;
    } finally {
      lock.unlock();
    }
    if (recovered) {
      log.info("The token endpoint {} grants tokens again", endpoint);
    }
    log.debug("Got token {}, good for {} ms", generation, lifeMillis);
  }

  void failed(TokenRequestException failure) {
    String cause = failure.getMessage();
    lock.lock();
    try {
      // What stays until somebody changes something is said once, not with each probe. What was
      // suppressed was not said: the next probe says it.
      boolean known = cause.equals(latched);
      boolean due = !known && isDue(cause);
      latched = (known || due) && failure.isPermanent() ? cause : null;
      if (!due) {
        return;
      }
      failureSaid = true;
    } finally {
      lock.unlock();
    }
    if (failure.isPermanent()) {
      log.error("No token from {}: {}", endpoint, cause);
    } else {
      log.warn("No token from {}: {}", endpoint, cause);
    }
  }

  void newTokenRefused() {
    warn(
        REFUSED,
        "The API refuses a new token as well, so refusals are passed on for a while; check the"
            + " OAuth client's roles, and that token-url and hosts belong to one organisation");
  }

  void refusedWhateverTheToken() {
    warn(
        UNBELIEVED,
        "The API keeps refusing calls that cannot be sent again, whatever token they carry, so"
            + " their refusals bring one new token a minute from now on; check what they ask for,"
            + " or raise replay-body-limit");
  }

  private void warn(String cause, String line) {
    boolean due;
    lock.lock();
    try {
      due = isDue(cause);
    } finally {
      lock.unlock();
    }
    if (due) {
      log.warn(line);
    }
  }

  /** Once: a lead that was set is longer than half of a token's life. */
  void leadTooLong(long leadMillis, long lifeMillis) {
    lock.lock();
    try {
      if (leadSaid) {
        return;
      }
      leadSaid = true;
    } finally {
      lock.unlock();
    }
    log.warn(
        "refresh-ahead is {} s, more than half of a token's life of {} s; tokens are renewed after"
            + " half of their life instead: set less, or auto",
        TimeUnit.MILLISECONDS.toSeconds(leadMillis),
        TimeUnit.MILLISECONDS.toSeconds(lifeMillis));
  }

  /** With the lock. */
  private boolean isDue(String cause) {
    long now = clock.nanoTime();
    Long last = lastSaid.get(cause);
    if (last != null && now - last < QUIET) {
      return false;
    }
    if (lastSaid.size() >= MAX_CAUSES) {
      lastSaid.clear();
    }
    lastSaid.put(cause, now);
    return true;
  }
}

package org.genesystoken.agent.core.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.genesystoken.agent.core.time.Clock;
import org.slf4j.Logger;

/**
 * Tells the operator what a 403 is about: the token is fine, the OAuth client may not do it. One
 * line per permission in an hour, since an app that polls gets the same answer every time. The
 * API's message tells permissions apart; as it may also name what was asked for, there is an end.
 * Thread-safe.
 */
final class MissingPermissions {
  private static final long QUIET = TimeUnit.HOURS.toNanos(1);
  private static final int MOST_CAUSES = 64;
  private static final int LONGEST_MESSAGE = 300;

  private final Logger log;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> lastSaid = new HashMap<>();

  MissingPermissions(Logger log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Looks into a 403; says nothing of one that is not about a permission or a scope. */
  void report(ApiAnswer answer) {
    String[] said = new String[2];
    Bodies.visit(
        answer,
        (name, value) -> {
          if (name.equals("code")) {
            said[0] = value;
          } else if (name.equals("message")) {
            said[1] = value;
          }
          return said[0] == null || said[1] == null;
        });
    if (said[0] == null || !isAboutPermissions(said[0])) {
      return;
    }
    String what = said[1] == null ? "" : " (" + shown(said[1]) + ")";
    if (isDue(said[0] + what)) {
      log.warn(
          "The API answered 403 {}{}; the token is good, but its OAuth client lacks this: in Genesys"
              + " Admin, give the client a role that has it, or the scope",
          said[0],
          what);
    }
  }

  private static boolean isAboutPermissions(String code) {
    switch (code) {
      case "missing.permissions":
      case "missing.any.permissions":
      case "missing.scope":
      case "missing.scopes":
      case "missing.any.scopes":
      case "not.authorized":
        return true;
      default:
        return false;
    }
  }

  /** What a server writes goes on one line of the log, and not without end. */
  private static String shown(String message) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < message.length() && i < LONGEST_MESSAGE; i++) {
      char c = message.charAt(i);
      text.append(Character.isISOControl(c) ? ' ' : c);
    }
    return message.length() > LONGEST_MESSAGE ? text + "…" : text.toString();
  }

  private boolean isDue(String cause) {
    long now = clock.nanoTime();
    lock.lock();
    try {
      Long last = lastSaid.get(cause);
      if (last != null && now - last < QUIET) {
        return false;
      }
      if (last == null && lastSaid.size() >= MOST_CAUSES) {
        lastSaid.values().removeIf(said -> now - said >= QUIET);
        if (lastSaid.size() >= MOST_CAUSES) {
          return false;
        }
      }
      lastSaid.put(cause, now);
      return true;
    } finally {
      lock.unlock();
    }
  }
}

package org.genesystoken.demo.simulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Issues opaque tokens and knows which of them live. Thread-safe. */
final class TokenDesk {
  private final long lifeNanos;
  private final LongSupplier nanoClock;
  private final Map<String, Long> birthOfToken = new HashMap<>();
  private final Set<String> tokensNotUsedYet = new HashSet<>();
  private final Set<String> refreshTokens = new HashSet<>();

  TokenDesk(Duration life, LongSupplier nanoClock) {
    this.lifeNanos = life.toNanos();
    this.nanoClock = nanoClock;
  }

  /** A token whose life starts now. */
  synchronized String issue() {
    String token = opaque();
    birthOfToken.put(token, nanoClock.getAsLong());
    return token;
  }

  /**
   * A token whose life starts at its first use, so that a slow start of the program that holds it
   * does not eat up its life.
   */
  synchronized String issueForFirstUse() {
    String token = opaque();
    tokensNotUsedYet.add(token);
    return token;
  }

  synchronized boolean accepts(String token) {
    long now = nanoClock.getAsLong();
    if (tokensNotUsedYet.remove(token)) {
      birthOfToken.put(token, now);
    }
    Long birth = birthOfToken.get(token);
    return birth != null && now - birth < lifeNanos;
  }

  synchronized String issueRefreshToken() {
    String token = opaque();
    refreshTokens.add(token);
    return token;
  }

  /** True once for each refresh token: it is spent by being presented. */
  synchronized boolean spendRefreshToken(String token) {
    return refreshTokens.remove(token);
  }

  private static String opaque() {
    return UUID.randomUUID().toString();
  }
}

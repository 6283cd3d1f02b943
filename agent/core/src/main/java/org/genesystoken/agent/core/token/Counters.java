package org.genesystoken.agent.core.token;

import java.util.concurrent.atomic.AtomicLong;

/** What the agent has done so far. Thread-safe. */
public final class Counters {
  final AtomicLong tokenRequests = new AtomicLong();
  final AtomicLong failures = new AtomicLong();
  final AtomicLong absorbed = new AtomicLong();
  final AtomicLong passedOn = new AtomicLong();

  /** Times that the token endpoint was asked for a token. */
  public long tokenRequests() {
    return tokenRequests.get();
  }

  /** Those of them that brought none. */
  public long failures() {
    return failures.get();
  }

  /** Refusals for which there was a better token to replay with. */
  public long refusalsAbsorbed() {
    return absorbed.get();
  }

  /** Refusals that the app got to see. */
  public long refusalsPassedOn() {
    return passedOn.get();
  }
}

package org.genesystoken.agent.core.policy;

import java.net.URI;
import java.util.Random;
import java.util.function.Supplier;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.endpoint.TokenEndpoint;
import org.genesystoken.agent.core.endpoint.TokenEndpoints;
import org.genesystoken.agent.core.time.AgentThreads;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Scheduler;
import org.genesystoken.agent.core.token.Counters;
import org.genesystoken.agent.core.token.Reports;
import org.genesystoken.agent.core.token.TokenManager;
import org.slf4j.Logger;

/** Puts the policy together. */
public final class TokenPolicies {
  private static final long GRACE_MILLIS = 1_000;

  private TokenPolicies() {}

  /**
   * A policy that starts its token manager, and any thread, at the first covered request.
   *
   * @param log gets no secret and no token, nothing above debug while all goes well
   * @throws IllegalArgumentException if a host of the configuration is not understood
   */
  public static TokenPolicy create(Configuration configuration, Logger log) {
    return create(configuration, log, new Counters());
  }

  /**
   * As {@link #create(Configuration, Logger)}, counting into counters of the caller.
   *
   * @param counters may be read at any time
   */
  public static TokenPolicy create(Configuration configuration, Logger log, Counters counters) {
    Clock clock = Clock.SYSTEM;
    Threads threads = new Threads();
    return new ManagedTokenPolicy(
        Origins.of(configuration.hosts()),
        configuration.tokenUrl(),
        configuration.expiredCodes(),
        configuration.inject(),
        configuration.replayBodyLimit(),
        new Throttling(configuration.retry429Millis(), clock, new Random(), threads),
        new MissingPermissions(log, clock),
        tokenUrl -> manager(configuration, tokenUrl, log, counters, clock, threads.get()));
  }

  /** The agent's threads, made when first needed. Thread-safe. */
  private static final class Threads implements Supplier<Scheduler> {
    private Scheduler made;

    @Override
    public synchronized Scheduler get() {
      if (made == null) {
        made = new AgentThreads();
      }
      return made;
    }
  }

  private static TokenManager manager(
      Configuration configuration,
      URI tokenUrl,
      Logger log,
      Counters counters,
      Clock clock,
      Scheduler scheduler) {
    TokenEndpoint endpoint = TokenEndpoints.create(configuration, tokenUrl, clock, scheduler, log);
    return new TokenManager(
        endpoint,
        clock,
        scheduler,
        new Random(),
        configuration.waitMillis(),
        // the endpoint keeps its own time; this is for what it cannot bound, such as DNS
        configuration.connectTimeoutMillis() + configuration.readTimeoutMillis() + GRACE_MILLIS,
        configuration.refreshAheadMillis(),
        configuration.accessToken(),
        new Reports(log, withoutSecrets(tokenUrl), clock),
        counters);
  }

  private static String withoutSecrets(URI url) {
    String authority = url.getRawAuthority();
    return url.getScheme()
        + "://"
        + authority.substring(authority.lastIndexOf('@') + 1)
        + url.getRawPath();
  }
}

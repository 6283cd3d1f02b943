package org.genesystoken.agent.core.policy;

import java.net.URI;
import java.util.Random;
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
    return new ManagedTokenPolicy(
        Origins.of(configuration.hosts()),
        configuration.tokenUrl(),
        configuration.expiredCodes(),
        configuration.inject(),
        configuration.replayBodyLimit(),
        tokenUrl -> manager(configuration, tokenUrl, log, counters));
  }

  private static TokenManager manager(
      Configuration configuration, URI tokenUrl, Logger log, Counters counters) {
    Clock clock = Clock.SYSTEM;
    Scheduler scheduler = new AgentThreads();
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

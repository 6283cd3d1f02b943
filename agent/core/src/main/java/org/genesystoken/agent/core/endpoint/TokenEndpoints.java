package org.genesystoken.agent.core.endpoint;

import java.net.URI;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.time.Scheduler;
import org.slf4j.Logger;

/** Wires the token endpoint that the operator has configured. */
public final class TokenEndpoints {
  private TokenEndpoints() {}

  /**
   * An endpoint that opens no connection and starts no thread until it is asked.
   *
   * @param tokenUrl where to ask; the configured one, or derived from a request
   */
  public static TokenEndpoint create(
      Configuration configuration, URI tokenUrl, Clock clock, Scheduler scheduler, Logger log) {
    HttpTokenCall call =
        new HttpTokenCall(
            tokenUrl,
            configuration.connectTimeoutMillis(),
            configuration.tokenProxy(),
            configuration.tokenTrustStore(),
            scheduler);
    return new Grants(
        call,
        configuration.grant(),
        configuration.clientId(),
        configuration.clientSecret(),
        configuration.clientAuth(),
        new RefreshTokenStore(configuration.refreshToken(), configuration.refreshTokenFile(), log),
        configuration.connectTimeoutMillis() + configuration.readTimeoutMillis(),
        clock);
  }
}

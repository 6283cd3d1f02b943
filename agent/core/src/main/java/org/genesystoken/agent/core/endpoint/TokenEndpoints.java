package org.genesystoken.agent.core.endpoint;

import java.io.File;
import java.net.URI;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.config.Secret;
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
    boolean readableByAll = configuration.allowReadableSecrets();
    Tls tls =
        new Tls(
            configuration.tokenTrustStore(),
            configuration.tokenTrustStorePassword(),
            configuration.tokenKeyStore(),
            source(
                configuration.tokenKeyStorePassword(),
                configuration.tokenKeyStorePasswordFile(),
                readableByAll,
                log),
            log);
    HttpTokenCall call =
        new HttpTokenCall(
            tokenUrl,
            configuration.connectTimeoutMillis(),
            configuration.tokenProxy(),
            configuration.tokenNoProxy(),
            tls,
            scheduler);
    return new Grants(
        call,
        configuration.grant(),
        configuration.clientId(),
        source(configuration.clientSecret(), configuration.clientSecretFile(), readableByAll, log),
        configuration.clientAuth(),
        new RefreshTokenStore(
            configuration.refreshToken(), configuration.refreshTokenFile(), readableByAll, log),
        configuration.connectTimeoutMillis() + configuration.readTimeoutMillis(),
        clock);
  }

  private static SecretSource source(Secret first, File file, boolean readableByAll, Logger log) {
    return new SecretSource(first, file == null ? null : new SecretFile(file, readableByAll, log));
  }
}

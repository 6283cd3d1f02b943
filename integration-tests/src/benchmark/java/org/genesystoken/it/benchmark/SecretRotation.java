package org.genesystoken.it.benchmark;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.policy.TokenPolicies;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.slf4j.helpers.NOPLogger;

/**
 * An app that calls all the time with tokens of a few seconds, while its secret is replaced in the
 * file and the old one refused; through the whole product, over a socket.
 */
final class SecretRotation {
  private static final int LIFE_SECONDS = 4;

  private SecretRotation() {}

  static String measure() throws Exception {
    Path file = Files.createTempFile("secret", "");
    Cases.write(file, "one");
    try (TokenServer server = new TokenServer(LIFE_SECONDS, "one")) {
      TokenPolicy policy = policy(server, file);
      int calls = 0;
      int failed = 0;
      long start = System.nanoTime();
      int rotations = 0;
      while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(3L * (rotations + 1))) {
          rotations++;
          // as an operator does it: first where the secret is checked, then where it is read
          server.accept("secret-" + rotations);
          Cases.write(file, "secret-" + rotations);
        }
        policy.covers("http", "127.0.0.1", server.port(), "/api/v2/users/me");
        String sent = policy.authorization(null, Long.MAX_VALUE);
        calls++;
        if (sent == null || !server.isLive(sent)) {
          // a replay with a better token is no failure, as the app sees none
          failed +=
              policy.renew(sent, true, Long.MAX_VALUE)
                      && server.isLive(policy.authorization(null, Long.MAX_VALUE))
                  ? 0
                  : 1;
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
      return failed + " failed of " + calls + " calls, " + rotations + " rotations";
    } finally {
      Files.delete(file);
    }
  }

  private static TokenPolicy policy(TokenServer server, Path secret) throws IOException {
    Configuration configuration =
        Configuration.load(
                "hosts=127.0.0.1:"
                    + server.port()
                    + ",client-id=id,client-auth=body,client-secret-file="
                    + secret
                    + ",token-url="
                    + URI.create("http://127.0.0.1:" + server.port() + "/oauth/token"),
                new Properties(),
                Map.of())
            .configuration();
    return TokenPolicies.create(configuration, NOPLogger.NOP_LOGGER);
  }
}

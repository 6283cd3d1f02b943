package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Properties;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.log.AgentLog;
import org.genesystoken.agent.core.time.AgentThreads;
import org.genesystoken.agent.core.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** All that the agent's log says at its most talkative, searched for every secret there is. */
@Timeout(60)
class SecretsInLogTest {
  private static final String[] SECRETS = {
    "client-s3cr3t",
    "refresh-s3cr3t",
    "access-s3cr3t",
    "trust-s3cr3t",
    "key-s3cr3t",
    "proxy%2Ds3cr3t",
    "proxy-s3cr3t"
  };

  @TempDir Path directory;

  private Configuration configuration(int proxyPort, File keys) {
    Properties properties = new Properties();
    properties.setProperty(
        "genesys.agent.token-proxy", "http://u:" + SECRETS[5] + "@127.0.0.1:" + proxyPort);
    properties.setProperty("genesys.agent.client-secret", SECRETS[0]);
    properties.setProperty("genesys.agent.refresh-token", SECRETS[1]);
    properties.setProperty("genesys.agent.access-token", SECRETS[2]);
    properties.setProperty("genesys.agent.token-trust-store-password", SECRETS[3]);
    properties.setProperty("genesys.agent.token-key-store-password", SECRETS[4]);
    properties.setProperty("genesys.agent.token-trust-store", keys.getPath());
    properties.setProperty("genesys.agent.token-key-store", keys.getPath());
    properties.setProperty("genesys.agent.log-level", "trace");
    properties.setProperty("genesys.agent.log-file", directory.resolve("log").toString());
    return Configuration.load("hosts=login.test,client-id=id", properties, Collections.emptyMap())
        .configuration();
  }

  private String logged() throws IOException {
    return new String(Files.readAllBytes(directory.resolve("log")), StandardCharsets.UTF_8);
  }

  @Test
  void each_configured_secret_is_masked_wherever_it_turns_up() throws Exception {
    // given
    File keys = KeyStores.key(directory, "keys.p12", "PKCS12", KeyStores.USUAL);
    Logger log = AgentLog.of(configuration(1, keys));

    // when, as a library's exception may do it
    for (String secret : SECRETS) {
      log.trace("a line with {}", secret, new IllegalStateException("and a trace with " + secret));
    }

    // then
    assertThat(logged())
        .contains("a line with ***", "and a trace with ***")
        .doesNotContain(SECRETS);
  }

  @Test
  void no_failure_of_the_token_call_shows_one() throws Exception {
    // given stores that have other passwords, and a proxy that wants another
    File keys = KeyStores.key(directory, "keys.p12", "PKCS12", KeyStores.USUAL);
    try (RawServer proxy =
            RawServer.answering("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        AgentThreads threads = new AgentThreads()) {
      Configuration configuration = configuration(proxy.port(), keys);
      Logger log = AgentLog.of(configuration);
      TokenEndpoint endpoint =
          TokenEndpoints.create(
              configuration, URI.create("https://login.test/t"), Clock.SYSTEM, threads, log);

      // when
      TokenRequestException failure =
          catchThrowableOfType(TokenRequestException.class, endpoint::request);

      // then
      assertThat(failure).hasMessageContaining("407");
      assertThat(failure.toString()).doesNotContain(SECRETS);
      assertThat(proxy.requests().get(0)).contains("Proxy-Authorization: Basic ");
      log.trace("failed", failure);
      assertThat(logged()).contains("407").doesNotContain(SECRETS);
    }
  }
}

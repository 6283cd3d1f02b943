package org.genesystoken.demo;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.genesystoken.demo.simulator.Counts;
import org.genesystoken.demo.simulator.GenesysSimulator;
import org.genesystoken.demo.simulator.SimulatorSettings;

/** A simulator, and the agent's options for one way of getting tokens from it. */
final class SimulatedPlatform implements Platform {
  /** How the agent gets its tokens. */
  enum TokenSource {
    /** The shortest configuration there is. */
    CLIENT_CREDENTIALS,
    /** As the tutorials have it: rotating refresh tokens, client id and secret in the body. */
    REFRESH_TOKEN,
    /** The token endpoint under the name that it has on the login host. */
    LOGIN_URL
  }

  private final GenesysSimulator simulator;
  private final TokenSource tokenSource;

  private SimulatedPlatform(GenesysSimulator simulator, TokenSource tokenSource) {
    this.simulator = simulator;
    this.tokenSource = tokenSource;
  }

  static SimulatedPlatform start(SimulatorSettings settings, TokenSource tokenSource)
      throws IOException {
    return new SimulatedPlatform(GenesysSimulator.start(settings), tokenSource);
  }

  @Override
  public String baseUrl() {
    return simulator.baseUrl();
  }

  @Override
  public String staticToken() {
    return simulator.staticToken();
  }

  @Override
  public String agentOptions() {
    String hosts = "hosts=127.0.0.1:" + simulator.port();
    switch (tokenSource) {
      case CLIENT_CREDENTIALS:
        return hosts;
      case REFRESH_TOKEN:
        return hosts + ",grant=refresh_token,client-auth=body";
      case LOGIN_URL:
        return hosts + ",token-url=" + simulator.baseUrl() + "/oauth/token";
    }
    throw new AssertionError(tokenSource);
  }

  @Override
  public Map<String, String> agentEnvironment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("GENESYS_CLIENT_ID", SimulatorSettings.CLIENT_ID);
    environment.put("GENESYS_CLIENT_SECRET", SimulatorSettings.CLIENT_SECRET);
    if (tokenSource == TokenSource.REFRESH_TOKEN) {
      environment.put("GENESYS_AGENT_REFRESH_TOKEN", simulator.refreshToken());
    }
    return environment;
  }

  @Override
  public Counts counts() {
    return simulator.counts();
  }

  @Override
  public void close() {
    simulator.close();
  }
}

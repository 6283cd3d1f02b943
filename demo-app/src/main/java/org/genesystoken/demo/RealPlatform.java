package org.genesystoken.demo;

import java.util.HashMap;
import java.util.Map;
import org.genesystoken.demo.simulator.Counts;

/** Genesys Cloud itself. Immutable. */
final class RealPlatform implements Platform {
  private final String region;
  private final String domain;
  private final String staleToken;
  private final Map<String, String> agentEnvironment;

  /**
   * @param region as the user wrote it, which the agent understands too
   * @param environment what the agent is configured by: every {@code GENESYS_…} of it is passed on
   */
  RealPlatform(String region, String domain, String staleToken, Map<String, String> environment) {
    this.region = region;
    this.domain = domain;
    this.staleToken = staleToken;
    this.agentEnvironment = new HashMap<>(environment);
    this.agentEnvironment.keySet().removeIf(name -> !name.startsWith("GENESYS_"));
  }

  @Override
  public String baseUrl() {
    return "https://api." + domain;
  }

  @Override
  public String staticToken() {
    return staleToken;
  }

  @Override
  public String agentOptions() {
    return "region=" + region;
  }

  @Override
  public Map<String, String> agentEnvironment() {
    return new HashMap<>(agentEnvironment);
  }

  @Override
  public Counts counts() {
    return null;
  }

  @Override
  public void close() {}
}

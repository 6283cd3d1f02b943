package org.genesystoken.agent.core.endpoint;

/** Where tokens come from. Thread-safe. */
public interface TokenEndpoint {
  /**
   * Asks for a token; blocks.
   *
   * @return never null
   * @throws TokenRequestException if there is none
   */
  TokenResponse request() throws TokenRequestException;
}

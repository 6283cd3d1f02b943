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

  /**
   * Whether a secret has been replaced since it was last used, so that an answer that would not
   * have changed may be another one now. Reads files.
   */
  default boolean hasNewSecret() {
    return false;
  }
}

package org.genesystoken.agent.core.endpoint;

import java.io.IOException;

/** One POST to the token endpoint. Thread-safe. */
interface TokenCall {
  /**
   * Sends the form and reads the answer; follows no redirect.
   *
   * @param authorization null: none
   * @param form {@code application/x-www-form-urlencoded}
   * @param timeoutMillis for everything, over 0
   * @throws IOException with a message for the operator that holds no secret
   */
  HttpAnswer post(String authorization, String form, long timeoutMillis) throws IOException;
}

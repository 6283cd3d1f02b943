package org.genesystoken.agent.core.policy;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells an expired token from every other refusal. Genesys says it with a code in the body, RFC
 * 6750 §3.1 with {@code WWW-Authenticate: Bearer error="invalid_token"}. Immutable.
 */
final class ExpiryDetector {
  private final Set<String> expiredCodes;

  ExpiryDetector(Set<String> expiredCodes) {
    this.expiredCodes = new HashSet<>(expiredCodes);
  }

  /** See {@link TokenPolicy#meansExpired}. */
  boolean meansExpired(ApiAnswer answer) {
    if (answer.status() != ManagedTokenPolicy.UNAUTHORIZED) {
      return false;
    }
    if (answer.wwwAuthenticate() != null) {
      for (String value : answer.wwwAuthenticate()) {
        if (value != null && Challenges.sayInvalidToken(value)) {
          return true;
        }
      }
    }
    boolean[] found = new boolean[1];
    Bodies.visit(
        answer,
        (name, value) -> {
          found[0] =
              (name.equals("code") || name.equals("errorCode")) && expiredCodes.contains(value);
          return !found[0];
        });
    return found[0];
  }
}

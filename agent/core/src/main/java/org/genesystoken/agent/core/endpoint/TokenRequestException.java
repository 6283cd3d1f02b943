package org.genesystoken.agent.core.endpoint;

/**
 * Why there is no token. The message is one line for the operator: cause and remedy, no secret.
 * Immutable.
 */
public final class TokenRequestException extends Exception {
  private final boolean permanent;
  private final String error;
  private final long retryAfterMillis;
  private final boolean tokenInDoubt;

  private TokenRequestException(
      String message,
      boolean permanent,
      String error,
      long retryAfterMillis,
      boolean tokenInDoubt) {
    // no stack trace: it would show where in the agent, never why
    super(message, null, false, false);
    this.permanent = permanent;
    this.error = error;
    this.retryAfterMillis = retryAfterMillis;
    this.tokenInDoubt = tokenInDoubt;
  }

  /** A failure that may be over soon: the network, an overloaded server, a rate limit. */
  public static TokenRequestException temporary(String message) {
    return new TokenRequestException(message, false, "", -1, false);
  }

  /**
   * As {@link #temporary(String)}, where the server said when to come back.
   *
   * @param retryAfterMillis -1: it did not say
   */
  public static TokenRequestException temporary(String message, long retryAfterMillis) {
    return new TokenRequestException(message, false, "", retryAfterMillis, false);
  }

  /**
   * A failure that stays until somebody changes something.
   *
   * @param error the error code of RFC 6749 §5.2, empty if there is none
   */
  public static TokenRequestException permanent(String message, String error) {
    return new TokenRequestException(message, true, error, -1, false);
  }

  /** The same, where the refresh token that was presented may be why. */
  TokenRequestException withTokenInDoubt() {
    return new TokenRequestException(getMessage(), permanent, error, retryAfterMillis, true);
  }

  /** Whether asking again soon is pointless. */
  public boolean isPermanent() {
    return permanent;
  }

  /** How long the server wants to be left alone, 1 s to 15 min; -1 if it did not say. */
  public long retryAfterMillis() {
    return retryAfterMillis;
  }

  boolean isInvalidGrant() {
    return error.equals("invalid_grant");
  }

  /**
   * Whether another client secret may do better: not where the endpoint says what it says of a
   * client that it knows (RFC 6749 §5.2).
   */
  boolean isClientInDoubt() {
    return permanent
        && !isInvalidGrant()
        && !error.equals("invalid_scope")
        && !error.equals("unauthorized_client");
  }

  /** Whether another refresh token may do better. */
  boolean isTokenInDoubt() {
    return tokenInDoubt;
  }
}

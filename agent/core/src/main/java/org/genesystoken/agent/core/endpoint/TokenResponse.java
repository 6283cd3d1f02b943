package org.genesystoken.agent.core.endpoint;

import java.io.IOException;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.json.Json;

/** A token as the endpoint granted it (RFC 6749 §5.1). Immutable. */
public final class TokenResponse {
  /** Of a token whose {@code expires_in} is missing or makes no sense. */
  static final long DEFAULT_LIFE_MILLIS = 300_000;

  static final long MAX_LIFE_MILLIS = 30L * 24 * 3_600_000;
  // A shorter one would be dead on arrival, and each request would ask for another.
  static final long MIN_LIFE_MILLIS = 1_000;

  private final Secret accessToken;
  private final long lifeMillis;

  /**
   * @param lifeMillis from when the token was asked for, over 0
   */
  public TokenResponse(Secret accessToken, long lifeMillis) {
    this.accessToken = accessToken;
    this.lifeMillis = lifeMillis;
  }

  /** Visible ASCII, so that it can stand in a header. */
  public Secret accessToken() {
    return accessToken;
  }

  /** Counted from when the token was asked for. */
  public long lifeMillis() {
    return lifeMillis;
  }

  /** The members of an answer of the endpoint, good or bad. Not thread-safe. */
  static final class Members implements Json.Visitor {
    private String accessToken;
    private String tokenType;
    private String expiresIn;
    private String refreshToken;
    private boolean whole;
    String error = "";
    String description = "";

    private Members() {}

    /** Those of this JSON; where it cannot be read to its end, those before. */
    static Members of(byte[] json) {
      Members members = new Members();
      try {
        Json.visit(json, json.length, members);
        members.whole = true;
      } catch (IOException e) {
        // not shown: it may quote the token
      }
      return members;
    }

    @Override
    public boolean member(String name, String value) {
      switch (name) {
        case "access_token":
          accessToken = value;
          break;
        case "token_type":
          tokenType = value;
          break;
        case "expires_in":
          expiresIn = value;
          break;
        case "refresh_token":
          refreshToken = value;
          break;
        case "error":
          error = value;
          break;
        case "error_description":
          description = value;
          break;
        case "description":
          if (description.isEmpty()) {
            description = value;
          }
          break;
        default:
          break;
      }
      return true;
    }

    /** Null if none was granted: the old one stays good. */
    Secret refreshToken() {
      return refreshToken == null || refreshToken.isEmpty() ? null : new Secret(refreshToken);
    }

    /**
     * @throws TokenRequestException if this is no token that can be used; it quotes nothing of it
     */
    TokenResponse toResponse() throws TokenRequestException {
      if (!whole) {
        throw useless("it answered 200 without JSON that can be read");
      }
      if (accessToken == null || accessToken.isEmpty()) {
        throw useless("there is no access_token in the answer");
      }
      if (tokenType != null && !tokenType.equalsIgnoreCase("Bearer")) {
        throw useless("the token_type is not Bearer");
      }
      if (!isVisibleAscii(accessToken)) {
        throw useless("the access_token has characters that no header may have");
      }
      return new TokenResponse(new Secret(accessToken), TokenResponse.lifeMillis(expiresIn));
    }

    private static TokenRequestException useless(String what) {
      return TokenRequestException.temporary(what + "; check token-url").withTokenInDoubt();
    }
  }

  /** Reads {@code expires_in}: seconds as a number or a string, with or without a fraction. */
  static long lifeMillis(String expiresIn) {
    double seconds;
    try {
      seconds = expiresIn == null ? 0 : Double.parseDouble(expiresIn);
    } catch (NumberFormatException e) {
      seconds = 0;
    }
    if (Double.isNaN(seconds) || seconds <= 0) {
      return DEFAULT_LIFE_MILLIS;
    }
    double millis = Math.min(seconds * 1000, MAX_LIFE_MILLIS);
    return Math.max((long) millis, MIN_LIFE_MILLIS);
  }

  static boolean isVisibleAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}

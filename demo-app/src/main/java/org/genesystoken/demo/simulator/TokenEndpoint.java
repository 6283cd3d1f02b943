package org.genesystoken.demo.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/**
 * Client credentials and refresh token grants (RFC 6749 §4.4 and §6), errors as the platform words
 * them. Refresh tokens rotate: each is good for one use. Thread-safe.
 */
final class TokenEndpoint {
  private static final String BASIC = "Basic ";

  private final TokenDesk desk;
  private final Tally tally;
  private final Duration statedLife;

  TokenEndpoint(TokenDesk desk, Tally tally, Duration statedLife) {
    this.desk = desk;
    this.tally = tally;
    this.statedLife = statedLife;
  }

  Reply answer(String method, String authorization, Map<String, String> form) {
    Reply reply = answerUncounted(method, authorization, form);
    tally.tokenAnswer(reply.status);
    return reply;
  }

  private Reply answerUncounted(String method, String authorization, Map<String, String> form) {
    if (!method.equals("POST")) {
      return error(405, "invalid_request", "method not allowed");
    }
    if (!isKnownClient(authorization, form)) {
      return error(400, "invalid_client", "authentication failed");
    }
    switch (form.getOrDefault("grant_type", "")) {
      case "client_credentials":
        return new Reply(200, "{" + newToken() + "}");
      case "refresh_token":
        if (!desk.spendRefreshToken(form.getOrDefault("refresh_token", ""))) {
          return error(400, "invalid_grant", "refresh token is unknown or was used before");
        }
        return new Reply(
            200, "{" + newToken() + ",\"refresh_token\":\"" + desk.issueRefreshToken() + "\"}");
      default:
        return error(400, "unsupported_grant_type", "grant type is not supported");
    }
  }

  /** RFC 6749 §2.3.1: Basic, its two parts form-encoded, or both in the form body. */
  private static boolean isKnownClient(String authorization, Map<String, String> form) {
    if (authorization == null) {
      return SimulatorSettings.CLIENT_ID.equals(form.get("client_id"))
          && SimulatorSettings.CLIENT_SECRET.equals(form.get("client_secret"));
    }
    String known = SimulatorSettings.CLIENT_ID + ":" + SimulatorSettings.CLIENT_SECRET;
    // nothing in the known pair is changed by form-encoding, so the comparison can be literal
    return authorization.equals(
        BASIC + Base64.getEncoder().encodeToString(known.getBytes(StandardCharsets.UTF_8)));
  }

  private String newToken() {
    return "\"access_token\":\""
        + desk.issue()
        + "\",\"token_type\":\"bearer\",\"expires_in\":"
        + statedLife.toMillis() / 1000;
  }

  private static Reply error(int status, String error, String description) {
    return new Reply(
        status,
        "{\"error\":\""
            + error
            + "\",\"description\":\""
            + description
            + "\",\"error_description\":\""
            + description
            + "\"}");
  }
}

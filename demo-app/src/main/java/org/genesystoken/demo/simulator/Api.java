package org.genesystoken.demo.simulator;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** The API side of the platform: two operations behind a bearer token (RFC 6750). Thread-safe. */
final class Api {
  private static final String BEARER = "Bearer ";

  private final TokenDesk desk;
  private final Tally tally;
  private final ErrorStyle errorStyle;
  private final AtomicInteger tutorialErrors = new AtomicInteger();

  Api(TokenDesk desk, Tally tally, ErrorStyle errorStyle) {
    this.desk = desk;
    this.tally = tally;
    this.errorStyle = errorStyle;
  }

  Reply answer(String method, String path, String authorization, String body) {
    Reply reply = answerUncounted(method, path, authorization, body);
    tally.apiAnswer(reply.status);
    return reply;
  }

  private Reply answerUncounted(String method, String path, String authorization, String body) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return refusal("authentication.required", "No authentication bearer token specified.");
    }
    String token = authorization.substring(BEARER.length());
    tally.bearer(token);
    if (!desk.accepts(token)) {
      return refusal("bad.credentials", "Invalid login credentials.");
    }
    switch (method + " " + path) {
      case "GET /api/v2/users/me":
        return new Reply(
            200, "{\"id\":\"5f0c2b1e-9a57-4d2c-8a0b-0d5b7a3e9c11\",\"name\":\"Batch User\"}");
      case "POST /api/v2/analytics/conversations/details/query":
        // a replay that loses the body must show
        return body.isEmpty()
            ? error(400, "bad.request", "The request body is missing.")
            : new Reply(200, "{\"conversations\":[],\"totalHits\":0}");
      default:
        return error(404, "not.found", "The requested resource was not found.");
    }
  }

  private Reply refusal(String code, String message) {
    if (errorStyle == ErrorStyle.PLATFORM) {
      return error(401, code, message);
    }
    String tutorialCode = tutorialErrors.getAndIncrement() % 2 == 0 ? "\"401000\"" : "401000";
    return new Reply(401, "{\"code\":" + tutorialCode + ",\"message\":\"Token expired\"}");
  }

  private static Reply error(int status, String code, String message) {
    return new Reply(
        status,
        "{\"message\":\""
            + message
            + "\",\"code\":\""
            + code
            + "\",\"status\":"
            + status
            + ",\"messageParams\":{},\"contextId\":\""
            + UUID.randomUUID()
            + "\",\"details\":[],\"errors\":[]}");
  }
}

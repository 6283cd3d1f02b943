package org.genesystoken.it;

import static java.util.Map.entry;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.genesystoken.it.FakeGenesys.Answer;

/** Bodies as the real platform and as the tutorial send them. */
final class Answers {
  static final Answer INVALID_CLIENT =
      json(
          400,
          """
          {"error":"invalid_client","description":"authentication failed",\
          "error_description":"authentication failed"}\
          """);

  static final Answer INVALID_GRANT =
      json(400, "{\"error\":\"invalid_grant\",\"description\":\"refresh token not found\"}");

  /** How many pages of users there are. */
  static final int PAGES = 50;

  /** What a query of conversations finds. */
  static final Answer FOUND = json(200, "{\"conversations\":[],\"totalHits\":7}");

  /** The codes that the real platform sends for a token that is no longer good. */
  static final List<String> EXPIRED_CODES =
      List.of("bad.credentials", "authentication.required", "credentials.expired", "unauthorized");

  /** Answers that have nothing to do with an expired token, by name. */
  private static final Map<String, Answer> CANNED =
      new TreeMap<>(
          Map.ofEntries(
              entry("401-other", error(401, "ip.not.authorized").message("Nope")),
              entry("401-plain", Answer.of(401, "go away", "Content-Type", "text/plain")),
              entry("407-plain", Answer.of(407, "go away", "Content-Type", "text/plain")),
              entry("401-empty", Answer.of(401, "")),
              entry(
                  "401-basic",
                  Answer.of(401, "log in", "WWW-Authenticate", "Basic realm=\"elsewhere\"")),
              entry(
                  "401-several",
                  Answer.of(401, "log in", "WWW-Authenticate", "Basic realm=\"elsewhere\"")
                      .header(
                          "WWW-Authenticate",
                          "Bearer realm=\"genesys\", error=\"insufficient_scope\"")),
              entry("403", error(403, "missing.permissions")),
              entry("404", error(404, "not.found")),
              entry(
                  "429",
                  error(429, "too.many.requests")
                      .header("Retry-After", "1")
                      .header("inin-ratelimit-count", "301")),
              entry("500", error(500, "internal.error").message("Oops")),
              entry("503", Answer.of(503, "<html>down</html>", "Content-Type", "text/html"))));

  private Answers() {}

  static Iterable<String> cannedNames() {
    return CANNED.keySet();
  }

  static Answer canned(String name) {
    return CANNED.getOrDefault(name, error(404, "no.such.answer"));
  }

  /** A 403 whose message tells one app's from another's. */
  static Answer missingPermission(String app) {
    return error(403, "missing.permissions", "Missing for " + app);
  }

  static Answer expired(String code) {
    return error(401, code);
  }

  /** Expired, in that many bytes, the code at their beginning. */
  static Answer expired(int size) {
    return json(401, sized("{\"code\":\"bad.credentials\",\"pad\":\"", size));
  }

  /** A 401 that is not about an expired token, in that many bytes. */
  static Answer other(int size) {
    return json(401, sized("{\"code\":\"ip.not.authorized\",\"pad\":\"", size));
  }

  private static String sized(String start, int size) {
    String end = "\"}";
    int pad = size - start.length() - end.length();
    return pad < 0
        ? "x".repeat(size)
        : start + "0123456789".repeat(pad / 10 + 1).substring(0, pad) + end;
  }

  /** To be sent again, some time. */
  static Answer throttled() {
    return error(429, "too.many.requests");
  }

  /** To be sent again after some seconds. */
  static Answer throttled(String retryAfter) {
    return throttled().header("Retry-After", retryAfter);
  }

  /** To be sent again after a second, by a clock that is an hour ahead. */
  static Answer throttledByDate() {
    Instant now = Instant.now().plusSeconds(3600);
    return throttled(date(now.plusSeconds(1))).header("Date", date(now));
  }

  private static String date(Instant instant) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC));
  }

  static Answer tutorial(String json) {
    return json(401, json);
  }

  static Answer invalidToken() {
    return Answer.of(
        401, "", "WWW-Authenticate", "Bearer realm=\"genesys\", error=\"invalid_token\"");
  }

  /** Expired, as one of the ways to log in says. */
  static Answer severalChallenges() {
    return canned("401-basic")
        .header("WWW-Authenticate", "Bearer realm=\"genesys\", error=\"invalid_token\"");
  }

  /**
   * @param statusAndTarget as in {@code 302?to=http://…}
   */
  static Answer redirect(String statusAndTarget) {
    String[] parts = statusAndTarget.split("\\?to=", 2);
    return Answer.of(Integer.parseInt(parts[0]), "", "Location", parts[1]);
  }

  static Answer ok(String bodySha256) {
    return json(200, "{\"name\":\"Ada\",\"bodySha256\":\"" + bodySha256 + "\"}");
  }

  /** One of {@link #PAGES} pages of users. */
  static Answer page(int number) {
    return json(
        200,
        "{\"entities\":[{\"id\":\"user-"
            + number
            + "\"}],\"pageSize\":25,\"pageNumber\":"
            + number
            + ",\"pageCount\":"
            + PAGES
            + "}");
  }

  static Answer token(String token, String refreshToken) {
    return json(
        200,
        "{\"access_token\":\""
            + token
            + "\",\"token_type\":\"bearer\",\"expires_in\":86399"
            + (refreshToken == null ? "" : ",\"refresh_token\":\"" + refreshToken + "\"")
            + "}");
  }

  private static Answer error(int status, String code) {
    return error(status, code, "Invalid login credentials.");
  }

  private static Answer error(int status, String code, String message) {
    return json(
        status,
        "{\"message\":\""
            + message
            + "\",\"code\":\""
            + code
            + "\",\"status\":"
            + status
            + ",\"messageParams\":{},\"contextId\":\"0b5c0c0e\",\"details\":[],\"errors\":[]}");
  }

  private static Answer json(int status, String body) {
    return Answer.of(
        status, body, "Content-Type", "application/json", "ININ-Correlation-Id", "c0ffee");
  }
}

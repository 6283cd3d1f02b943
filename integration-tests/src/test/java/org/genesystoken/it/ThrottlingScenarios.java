package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.it.Scenario.Agent.RETRY_429;
import static org.genesystoken.it.Scenario.Expected.AS_WITHOUT_AGENT;
import static org.genesystoken.it.Scenarios.STALE;

import java.util.List;
import org.genesystoken.it.Scenario.Run;

/**
 * The rows about the API's rate limit, with {@code retry-429=10s}. That nothing is sent again by
 * default, the canned 429 shows.
 */
final class ThrottlingScenarios {
  /** More than is kept of a streamed body. */
  private static final int TOO_LONG = 2 * 1024 * 1024;

  private ThrottlingScenarios() {}

  static void add(List<Scenario> rows) {
    replayed(rows);
    passedOn(rows);
  }

  private static void replayed(List<Scenario> rows) {
    rows.add(
        throttledOnce("GET, Retry-After of a second: sent again after it", "1", "method=GET")
            .only(
                (client, jdk) ->
                    client.isHttp1() && (!client.isLibrary() || Scenarios.isAtAnEnd(client, jdk)))
            .check(
                run ->
                    assertThat(millis(run))
                        .as("as long as the API asks for")
                        .isBetween(990L, 9_000L)));
    rows.add(
        throttledOnce("a date as Retry-After, counted from the server's Date", "", "method=GET")
            .server(site -> site.genesys().throttle(1, Answers::throttledByDate))
            // it takes a second, and a client does the same on each JDK
            .only((client, jdk) -> jdk.release() == 25));
    rows.add(
        throttledOnce("no Retry-After: sent again", "", "method=GET")
            .server(site -> site.genesys().throttle(1, Answers::throttled))
            .only((client, jdk) -> jdk.release() == 25));
    rows.add(throttledOnce("HEAD: sent again", "0", "method=HEAD"));
    rows.add(
        throttledOnce("POST: sent again", "0", "method=POST\tbody=65536")
            .check(Scenarios::bodiesAsSent));
    for (String streaming : List.of("fixed", "chunked")) {
      rows.add(
          throttledOnce(
                  "POST in streaming mode " + streaming + ": sent again",
                  "0",
                  "method=POST\tbody=65536\tstreaming=" + streaming)
              .only((client, jdk) -> client == Client.URL_CONNECTION)
              .check(Scenarios::bodiesAsSent));
    }
    for (String publisher : List.of("stream-once", "flow-once", "flow-once-sized", "file")) {
      rows.add(
          throttledOnce(
                  "POST by publisher " + publisher + ": sent again",
                  "0",
                  "method=POST\tbody=65536\tpublisher=" + publisher)
              .only((client, jdk) -> client.isJavaNetHttp())
              .check(Scenarios::bodiesAsSent));
    }
    rows.add(
        throttledOnce("expired, then 429: sent three times in all", "0", "method=POST\tbody=1000")
            .server(
                site -> {
                  site.genesys().kill();
                  site.genesys().throttle(1, () -> Answers.throttled("0"));
                })
            .counts(3, 1)
            .check(Scenarios::bodiesAsSent));
    rows.add(
        throttledOnce("three times, then good", "0", "method=GET")
            .server(site -> site.genesys().throttle(3, () -> Answers.throttled("0")))
            .counts(4, 0));
  }

  private static void passedOn(List<Scenario> rows) {
    for (String request :
        List.of("method=GET", "method=GET\tmode=stream", "method=POST\tbody=65536")) {
      rows.add(
          throttled("for ever, " + words(request) + ": four times in all, then the app's")
              .call(site -> request + url(site.genesys(), "0"))
              .counts(4, 0)
              .only((client, jdk) -> client == Client.URL_CONNECTION || !request.contains("mode")));
    }
    rows.add(
        throttled("Retry-After longer than the limit: the app's at once")
            .call(site -> "method=GET" + url(site.genesys(), "11"))
            .check(run -> assertThat(millis(run)).isLessThan(9_000)));
    rows.add(
        throttled("Retry-After longer than the app's time-out: the app's at once")
            .call(site -> "method=GET\ttimeout=5000" + url(site.genesys(), "6"))
            .check(run -> assertThat(millis(run)).isLessThan(5_000)));
    for (String streaming : List.of("fixed", "chunked")) {
      rows.add(
          tooLong("streaming mode " + streaming, "\tstreaming=" + streaming)
              .only((client, jdk) -> client == Client.URL_CONNECTION));
    }
    for (String publisher : List.of("stream-once", "flow-once")) {
      rows.add(
          tooLong("publisher " + publisher, "\tpublisher=" + publisher)
              .only((client, jdk) -> client.isJavaNetHttp()));
    }
    rows.add(
        throttled("of another host: the app's at once")
            .call(site -> "method=GET" + url(site.elsewhere(), "0"))
            .counts(0, 0)
            .check(run -> assertThat(run.site().elsewhere().hits()).hasSize(1)));
    rows.add(
        throttled("to the app's own Basic: the app's at once")
            .call(
                site ->
                    "method=GET\theader=Authorization: "
                        + FakeGenesys.basic("app", "own")
                        + "\turl="
                        + site.genesys().http("/throttled/0")));
  }

  /** The token is good, and the API's first answer to it is 429. */
  private static Scenario throttledOnce(String name, String retryAfter, String fields) {
    return Scenario.of("429, " + name)
        .agent(RETRY_429)
        .server(site -> site.genesys().throttle(1, () -> Answers.throttled(retryAfter)))
        .counts(2, 0)
        .call(site -> fields + "\turl=" + site.genesys().http("/api/v2/things") + STALE);
  }

  private static Scenario throttled(String name) {
    return Scenario.of("429, " + name).agent(RETRY_429).sees(AS_WITHOUT_AGENT);
  }

  private static Scenario tooLong(String how, String fields) {
    return throttled("POST by " + how + ", longer than is kept: the app's at once")
        .call(site -> "method=POST\tbody=" + TOO_LONG + fields + url(site.genesys(), "0"))
        .check(Scenarios::bodiesAsSent);
  }

  private static String url(FakeGenesys server, String retryAfter) {
    return "\turl=" + server.http("/throttled/" + retryAfter) + STALE;
  }

  private static String words(String request) {
    return request
        .replace("method=", "")
        .replace("\tmode=stream", ", stream first")
        .replace("\tbody=", " with ");
  }

  private static long millis(Run run) {
    return run.outcomes().get(0).stream()
        .filter(line -> line.startsWith("millis: "))
        .mapToLong(line -> Long.parseLong(line.substring("millis: ".length())))
        .sum();
  }
}

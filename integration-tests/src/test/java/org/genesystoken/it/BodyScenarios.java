package org.genesystoken.it;

import static org.genesystoken.it.Scenario.Agent.SMALL;
import static org.genesystoken.it.Scenario.Agent.SMALL_LIMIT;
import static org.genesystoken.it.Scenario.Expected.AS_WITHOUT_AGENT;
import static org.genesystoken.it.Scenario.Expected.FAILS_ONCE;
import static org.genesystoken.it.Scenarios.STALE;

import java.util.List;

/** The rows about request bodies that the JDK does not keep, and about how answers are read. */
final class BodyScenarios {
  private static final int LARGE = 10 * 1024 * 1024;
  private static final List<Integer> SIZES = List.of(0, 1, 65536, SMALL, SMALL + 1, LARGE);
  private static final List<String> WRITES = List.of("array", "split", "byte");

  private BodyScenarios() {}

  static void add(List<Scenario> rows) {
    streamed(rows);
    published(rows);
    answers(rows);
  }

  private static void streamed(List<Scenario> rows) {
    int row = 0;
    for (String streaming : List.of("fixed", "fixed-long", "chunked")) {
      for (int size : SIZES) {
        String write = size == LARGE ? "array" : WRITES.get(row % WRITES.size());
        String method = row++ % 2 == 0 ? "POST" : "PUT";
        rows.add(
            sent(
                    "streaming mode " + streaming + ", " + method + " by " + write,
                    size,
                    "method=" + method + "\tstreaming=" + streaming + "\twrite=" + write,
                    size <= SMALL)
                // the JDK closes the connection of a streamed request that is refused
                .onAnyConnection()
                .only((client, jdk) -> client == Client.URL_CONNECTION));
      }
    }
  }

  private static void published(List<Scenario> rows) {
    for (String publisher :
        List.of("stream-once", "flow-once", "flow-once-sized", "arrays-once", "stream", "file")) {
      for (int size : SIZES) {
        // no JDK sends an empty array well, nor takes 0 for a length
        boolean odd = size == 0 && List.of("flow-once-sized", "arrays-once").contains(publisher);
        if (odd || (size == LARGE && !publisher.equals("stream-once"))) {
          continue;
        }
        rows.add(
            sent(
                    "publisher " + publisher,
                    size,
                    "method=POST\tpublisher=" + publisher,
                    size <= SMALL || publisher.equals("file"))
                // to learn the length, 11 reads all of an Iterable that can be read once
                // (JDK-8222968)
                .only(
                    (client, jdk) ->
                        client.isJavaNetHttp()
                            && (jdk.release() > 11 || !publisher.equals("arrays-once"))));
      }
    }
  }

  /** A call that is refused, and one after it. */
  private static Scenario sent(String name, int size, String fields, boolean replayed) {
    Scenario row =
        Scenario.of("expired, " + name + ", " + size + (replayed ? "" : ": not replayed"))
            .agent(SMALL_LIMIT)
            .expired()
            .check(Scenarios::bodiesAsSent);
    for (int i = 0; i < 2; i++) {
      row =
          row.call(
              site ->
                  fields
                      + "\tbody="
                      + size
                      + "\turl="
                      + site.genesys().http("/api/v2/things")
                      + STALE);
    }
    return replayed ? row.counts(3, 1) : row.counts(2, 1).sees(FAILS_ONCE);
  }

  private static void answers(List<Scenario> rows) {
    for (String handler :
        List.of(
            "bytes",
            "file",
            "lines",
            "stream",
            "publisher",
            "mapping",
            "subscriber",
            "limiting",
            "download",
            "discarding",
            "replacing",
            "slow",
            "throwing")) {
      boolean named = handler.equals("download");
      String path = named ? "/api/v2/named" : "/api/v2/x";
      String fields = "method=GET\thandler=" + handler + "\turl=";
      Scenario good =
          Scenario.of("body handler " + handler + ", good")
              .call(site -> fields + site.genesys().http(path) + STALE);
      Scenario other =
          Scenario.of("body handler " + handler + ", 401s of 0 to 100 KB passed on")
              .sees(AS_WITHOUT_AGENT)
              .counts(5, 0);
      for (int size : List.of(0, 1024, 8191, 8193, 102_400)) {
        other =
            other.call(
                site ->
                    fields
                        + site.genesys().http((named ? "/named" : "") + "/sized/" + size)
                        + STALE);
      }
      for (Scenario row : List.of(good, other)) {
        rows.add(row.only((client, jdk) -> readable(client, jdk, handler)));
      }
      for (int size : List.of(1024, 8191, 8193, 102_400)) {
        rows.add(
            Scenario.of("body handler " + handler + ", expired, 401 of " + size)
                .expired(Answers.expired(size))
                // the replay does not wait for the end of a long body
                .onAnyConnection()
                .call(site -> fields + site.genesys().http(path) + STALE)
                .only((client, jdk) -> readable(client, jdk, handler)));
      }
    }
    for (int size : List.of(1024, 8191, 8193, 102_400)) {
      rows.add(
          Scenario.of("expired, 401 of " + size)
              .expired(Answers.expired(size))
              .call(site -> "method=GET\turl=" + site.genesys().http("/api/v2/x") + STALE)
              .only((client, jdk) -> !client.isJavaNetHttp()));
      rows.add(
          Scenario.of("401 of " + size + " passed on")
              .sees(AS_WITHOUT_AGENT)
              .call(site -> "method=GET\turl=" + site.genesys().http("/sized/" + size) + STALE)
              .only((client, jdk) -> !client.isJavaNetHttp()));
    }
  }

  private static boolean readable(Client client, Jdks.Jdk jdk, String handler) {
    return client.isJavaNetHttp()
        && (jdk.release() >= 25 || !handler.equals("limiting"))
        // on 11 a finisher that blocks starves the JDK itself (JDK-8217627)
        && (jdk.release() > 11 || !handler.equals("mapping"));
  }
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.it.Scenario.Agent.SMALL_LIMIT;
import static org.genesystoken.it.Scenario.Expected.AS_WITHOUT_AGENT;
import static org.genesystoken.it.Scenario.Expected.FAILS_ONCE;

import java.util.ArrayList;
import java.util.List;
import org.genesystoken.it.Scenario.Agent;

/** Rows that are about the clients of apps only. */
final class LibraryScenarios {
  private LibraryScenarios() {}

  static List<Scenario> all() {
    List<Scenario> rows = new ArrayList<>();
    for (String length : List.of("fixed", "chunked")) {
      String fields = "method=POST\tstreaming=" + length + "\turl=";
      rows.add(
          Scenario.of("body that can be read once, " + length + ", live token")
              .call(
                  site ->
                      fields
                          + site.genesys().http("/api/v2/things")
                          + Scenarios.STALE
                          + "\tbody=65536")
              .check(Scenarios::bodiesAsSent)
              .only((client, jdk) -> client.isLibrary()));
      rows.add(
          Scenario.of("body that can be read once, " + length + ", expired")
              .expired()
              .call(
                  site ->
                      fields
                          + site.genesys().http("/api/v2/things")
                          + Scenarios.STALE
                          + "\tbody=65536")
              .check(Scenarios::bodiesAsSent)
              .only((client, jdk) -> client.keepsBodies()));
      Scenario tooLong =
          Scenario.of("body that can be read once, " + length + ", expired, too long to keep")
              .agent(SMALL_LIMIT)
              .expired()
              .counts(2, 1)
              .sees(FAILS_ONCE)
              .check(Scenarios::bodiesAsSent)
              .only((client, jdk) -> client.isLibrary());
      for (int i = 0; i < 2; i++) {
        tooLong =
            tooLong.call(
                site ->
                    fields
                        + site.genesys().http("/api/v2/things")
                        + Scenarios.STALE
                        + "\tbody="
                        + (Agent.SMALL + 1));
      }
      rows.add(tooLong);
    }
    rows.add(
        Scenario.of("expired, POST with Expect: 100-continue")
            .expired()
            .onAnyConnection()
            .call(
                site ->
                    "method=POST\texpect=continue\tbody=1000\turl="
                        + site.genesys().http("/api/v2/things")
                        + Scenarios.STALE)
            .check(Scenarios::bodiesAsSent)
            .only((client, jdk) -> client.isLibrary()));
    okHttp(rows);
    return rows;
  }

  /** With an Authenticator of the app's, which the library asks at each 401. */
  private static void okHttp(List<Scenario> rows) {
    String me = "/api/v2/users/me";
    rows.add(
        Scenario.of("app's Authenticator, 401 about something else: asked, its answer stays")
            .call(
                site ->
                    "method=GET\tuser=app\turl="
                        + site.genesys().http("/canned/401-basic")
                        + Scenarios.STALE)
            .sees(AS_WITHOUT_AGENT)
            .counts(2, 0)
            .check(
                run ->
                    assertThat(run.hits().get(1).authorization())
                        .isEqualTo(FakeGenesys.basic("app", "own")))
            .only((client, jdk) -> client.isOkHttp()));
    rows.add(
        Scenario.of("app's Authenticator, expired: not asked")
            .expired()
            .call(site -> "method=GET\tuser=app\turl=" + site.genesys().http(me) + Scenarios.STALE)
            .only((client, jdk) -> client.isOkHttp()));
  }
}

package org.genesystoken.it;

import static org.genesystoken.it.Scenario.Agent.SMALL_LIMIT;
import static org.genesystoken.it.Scenario.Expected.AS_WITHOUT_AGENT;

import java.util.ArrayList;
import java.util.List;
import org.genesystoken.it.Scenario.Agent;

/** Rows that are about the clients of apps only: bodies that can be read once. */
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
      rows.add(
          Scenario.of("body that can be read once, " + length + ", expired, too long to keep")
              .agent(SMALL_LIMIT)
              .expired()
              .counts(1, 1)
              .sees(AS_WITHOUT_AGENT)
              .call(
                  site ->
                      fields
                          + site.genesys().http("/api/v2/things")
                          + Scenarios.STALE
                          + "\tbody="
                          + (Agent.SMALL + 1))
              .check(Scenarios::bodiesAsSent)
              .only((client, jdk) -> client.isLibrary()));
    }
    return rows;
  }
}

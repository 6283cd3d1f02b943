package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.SoftAssertions;
import org.genesystoken.it.Scenario.Expected;
import org.genesystoken.it.Scenario.Run;

/** One JDK's JVMs, started when first needed, and the servers that they talk to. */
final class Bench {
  private static final String STALE_HEADER = "\theader=Authorization: Bearer stale";

  private final ForkedApp.Launch launch;
  private final Site site = new Site();
  private final Map<Scenario.Agent, ForkedApp> withAgent = new EnumMap<>(Scenario.Agent.class);
  private ForkedApp withoutAgent;

  Bench(ForkedApp.Launch launch) {
    this.launch =
        launch.with(
            "-Djavax.net.ssl.trustStore=" + Certificates.trustStore(),
            "-Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD);
  }

  void run(Scenario scenario, Client client) {
    // given
    ForkedApp app =
        withAgent.computeIfAbsent(
            scenario.agent(), agent -> launch.withAgent(agent.settings(site).asArgument()).start());
    site.reset();
    List<String> warm =
        app.run("call\turl=" + site.genesys().http("/api/v2/warm-up") + STALE_HEADER);
    assertThat(warm).as("warm-up").contains("code: 200");
    upgrade(app, client, scenario.calls().apply(site));
    site.forget();
    scenario.server().accept(site);
    List<String> calls = scenario.calls().apply(site);

    // when
    List<List<String>> outcomes = run(app, client, calls);

    // then
    SoftAssertions softly = new SoftAssertions();
    softly.assertThat(site.genesys().hits()).as("API hits").hasSize(scenario.hits());
    softly
        .assertThat(site.genesys().tokenCalls())
        .as("token requests")
        .hasSize(scenario.tokenRequests());
    if (scenario.oneConnection() && client.isHttp1()) {
      softly.assertThat(site.genesys().apiConnections()).as("connections").isLessThan(2);
    }
    softly.check(() -> scenario.check().accept(new Run(site, client, outcomes)));
    if (scenario.expected() == Expected.SUCCESS) {
      softly.assertThat(outcomes).allSatisfy(seen -> assertThat(seen).contains("code: 200"));
    } else {
      softly
          .assertThat(comparable(outcomes, ""))
          .as("what the app sees")
          .containsExactlyElementsOf(oracle(scenario.expected(), client, calls));
    }
    softly.assertThat(String.join("\n", flat(outcomes))).doesNotContain(FakeGenesys.TOKEN_MARK);
    softly.assertAll();
  }

  /**
   * Has HTTP/2 begun before a body is published: with or without the agent, Jetty loses a body of
   * unknown length that comes with the request to upgrade.
   */
  private void upgrade(ForkedApp app, Client client, List<String> calls) {
    if (!client.isHttp1() && calls.stream().anyMatch(call -> call.contains("publisher="))) {
      app.run("call\t" + client.field() + "\turl=" + site.genesys().http("/open/upgrade"));
    }
  }

  /** What the same calls come to without the agent. */
  private List<String> oracle(Expected expected, Client client, List<String> calls) {
    if (withoutAgent == null) {
      withoutAgent = launch.start();
    }
    upgrade(withoutAgent, client, calls);
    if (expected == Expected.AS_WITHOUT_AGENT) {
      return comparable(run(withoutAgent, client, calls), "");
    }
    if (expected == Expected.FAILS_ONCE) {
      List<String> seen = oracle(Expected.AS_WITHOUT_AGENT, client, calls.subList(0, 1));
      seen.addAll(oracle(Expected.AS_WITH_A_LIVE_TOKEN, client, calls.subList(1, calls.size())));
      return seen;
    }
    String token = site.genesys().mint();
    List<String> withToken = new ArrayList<>();
    for (String call : calls) {
      withToken.add(call.replace(STALE_HEADER, "") + "\theader=Authorization: Bearer " + token);
    }
    List<String> seen = comparable(run(withoutAgent, client, withToken), token);
    if (calls.stream().noneMatch(call -> call.contains(STALE_HEADER))) {
      seen.removeIf(line -> line.startsWith("request header authorization: "));
    }
    return seen;
  }

  private static List<List<String>> run(ForkedApp app, Client client, List<String> calls) {
    List<List<String>> outcomes = new ArrayList<>();
    for (String call : calls) {
      outcomes.add(app.run("call\t" + client.field() + "\t" + call));
    }
    return outcomes;
  }

  /** Without the time, and with the token that a run had to carry taken for the stale one. */
  private static List<String> comparable(List<List<String>> outcomes, String token) {
    List<String> lines = new ArrayList<>();
    for (String line : flat(outcomes)) {
      if (!line.startsWith("millis: ")) {
        lines.add(token.isEmpty() ? line : line.replace(token, "stale"));
      }
    }
    return lines;
  }

  private static List<String> flat(List<List<String>> outcomes) {
    return outcomes.stream().flatMap(List::stream).toList();
  }

  void finish() throws Exception {
    try (site) {
      SoftAssertions softly = new SoftAssertions();
      withAgent.forEach(
          (agent, app) -> {
            softly.assertThat(app.finish()).as("exit code, " + agent).isZero();
            softly.assertThat(app.foreignStdout()).as("stdout, " + agent).isEmpty();
            if (agent == Scenario.Agent.ALWAYS) {
              softly
                  .assertThat(app.stderr())
                  .as("stderr: what the many 403s are about, once")
                  .singleElement(InstanceOfAssertFactories.STRING)
                  .contains("WARN The API answered 403 missing.permissions");
            } else if (agent != Scenario.Agent.REFUSED) {
              softly.assertThat(app.stderr()).as("stderr, " + agent).isEmpty();
            }
          });
      if (withoutAgent != null) {
        withoutAgent.close();
      }
      softly.assertAll();
    }
  }
}

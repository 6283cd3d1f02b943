package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.genesystoken.it.Scenario.Expected;
import org.genesystoken.it.Scenario.Run;
import org.junit.jupiter.api.function.Executable;

/** One JDK's JVMs, started when first needed, and the servers that they talk to. */
final class Bench {
  private static final String STALE_HEADER = "\theader=Authorization: Bearer stale";

  private static final Pattern OKHTTP_LEAK =
      Pattern.compile(
          ".* okhttp3[.]internal[.]platform[.]Platform log"
              + "|WARNING: A connection to http://127[.]0[.]0[.]1:\\d+/ was leaked[.] .*");

  private final ForkedApp.Launch launch;
  private final Site site = new Site();
  private final Map<Scenario.Agent, ForkedApp> withAgent = new EnumMap<>(Scenario.Agent.class);
  private final List<Scenario.Agent> died = new ArrayList<>();
  private final Set<String> forbidden = new TreeSet<>();
  private ForkedApp withoutAgent;

  Bench(ForkedApp.Launch launch) {
    this.launch =
        launch.with(
            "-Djavax.net.ssl.trustStore=" + Certificates.trustStore(),
            "-Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD);
  }

  void run(Scenario scenario, Client client) {
    // given
    ForkedApp app = app(scenario.agent());
    site.reset();
    site.genesys().calledBy(client.toString());
    warmUp(app, scenario.agent());
    upgrade(app, client, scenario.calls().apply(site));
    site.forget();
    scenario.server().accept(site);
    List<String> calls = scenario.calls().apply(site);

    // when
    List<List<String>> outcomes = run(app, client, calls);

    // then
    FakeGenesys genesys = site.genesys();
    if (genesys.hits().stream().anyMatch(hit -> hit.status() == 403)) {
      forbidden.add(client.toString());
    }
    assertAll(
        client + ", " + scenario.name(),
        () -> assertThat(genesys.hits()).as("API hits").hasSize(scenario.hits()),
        () ->
            assertThat(genesys.tokenCalls()).as("token requests").hasSize(scenario.tokenRequests()),
        () -> {
          if (scenario.oneConnection() && client.isHttp1()) {
            assertThat(genesys.apiConnections()).as("connections, %s", outcomes).isLessThan(2);
          }
        },
        () -> scenario.check().accept(new Run(site, client, outcomes)),
        () -> seen(scenario.expected(), client, calls, outcomes),
        () -> assertThat(String.join("\n", flat(outcomes))).doesNotContain(FakeGenesys.TOKEN_MARK),
        () -> {
          if (scenario.agent() == Scenario.Agent.REFUSED) {
            assertAll(finish(scenario.agent(), app));
          }
        });
  }

  /**
   * The agent has a live token then, if it can have one; one that could not get any waits before it
   * asks again.
   */
  private void warmUp(ForkedApp app, Scenario.Agent agent) {
    if (agent == Scenario.Agent.NEVER_A_TOKEN) {
      return;
    }
    String call =
        "call\turl=" + agent.covered(site.genesys().http("/api/v2/warm-up")) + STALE_HEADER;
    List<String> seen = app.run(call);
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (agent == Scenario.Agent.NO_TOKEN
        && seen.contains("code: 401")
        && System.nanoTime() < patience) {
      seen = app.run(call);
    }
    assertThat(seen).as("warm-up").contains("code: 200");
  }

  private ForkedApp app(Scenario.Agent agent) {
    if (withAgent.containsKey(agent) && !withAgent.get(agent).isAlive()) {
      // what hangs in one row must not fail all after it
      died.add(agent);
      withAgent.remove(agent);
    }
    return agent == Scenario.Agent.REFUSED
        ? start(agent)
        : withAgent.computeIfAbsent(agent, this::start);
  }

  private ForkedApp start(Scenario.Agent agent) {
    return launch.withAgent(agent.settings(site).asArgument()).start();
  }

  private void seen(
      Expected expected, Client client, List<String> calls, List<List<String>> outcomes) {
    if (expected == Expected.SUCCESS) {
      assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).contains("code: 200"));
    } else {
      assertThat(comparable(outcomes, ""))
          .as("what the app sees")
          .containsExactlyElementsOf(oracle(expected, client, calls));
    }
  }

  /**
   * Has HTTP/2 begun before a body is published: with or without the agent, Jetty loses a body of
   * unknown length that comes with the request to upgrade.
   */
  private void upgrade(ForkedApp app, Client client, List<String> calls) {
    if (!client.isHttp1() && calls.stream().anyMatch(call -> call.contains("publisher="))) {
      app.run("call\t" + client.deployedField() + "\turl=" + site.genesys().http("/open/upgrade"));
    }
  }

  /** What the same calls come to without the agent. */
  private List<String> oracle(Expected expected, Client client, List<String> calls) {
    if (withoutAgent == null || !withoutAgent.isAlive()) {
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
      outcomes.add(app.run("call\t" + client.deployedField() + "\t" + call));
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
      List<Executable> checks = new ArrayList<>();
      checks.add(() -> assertThat(died).as("JVMs that were gone before their time").isEmpty());
      withAgent.forEach((agent, app) -> finish(agent, app).forEach(checks::add));
      if (withoutAgent != null) {
        withoutAgent.close();
      }
      assertAll(checks);
    }
  }

  private Stream<Executable> finish(Scenario.Agent agent, ForkedApp app) {
    return Stream.of(
        () -> assertThat(app.finish()).as("exit code, " + agent).isZero(),
        () -> assertThat(app.foreignStdout()).as("stdout, " + agent).isEmpty(),
        () -> stderr(agent, app.stderr()));
  }

  /** Without what OkHttp 3.12 now and then complains of, with or without the agent. */
  static List<String> withoutLeaks(List<String> stderr) {
    return stderr.stream().filter(line -> !OKHTTP_LEAK.matcher(line).matches()).toList();
  }

  private void stderr(Scenario.Agent agent, List<String> all) {
    List<String> lines = withoutLeaks(all);
    if (agent == Scenario.Agent.ALWAYS) {
      String warning = " WARN The API answered 403 missing.permissions (Missing for ";
      assertThat(lines)
          .as("stderr: what the many 403s of each client are about, once")
          .allMatch(line -> line.contains(warning))
          .extracting(
              line -> line.substring(line.indexOf(warning) + warning.length(), line.indexOf(");")))
          .containsExactlyInAnyOrderElementsOf(forbidden);
    } else if (agent == Scenario.Agent.NO_TOKEN || agent == Scenario.Agent.NEVER_A_TOKEN) {
      assertThat(lines)
          .as("stderr")
          .isNotEmpty()
          .allMatch(line -> line.matches(".* (WARN No token from|INFO The token endpoint) .*"));
    } else if (agent != Scenario.Agent.REFUSED) {
      assertThat(lines).as("stderr, " + agent).isEmpty();
    }
  }
}

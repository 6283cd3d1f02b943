package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.genesystoken.it.FakeGenesys.Answer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** How the agent is attached and configured, rightly and wrongly. */
@Execution(ExecutionMode.SAME_THREAD)
class SettingsIT {
  /**
   * @param words what the one line on stderr has to name: key, source, remedy; empty: no line
   * @param working whether the agent is to work all the same
   */
  private record Mistake(
      String name, UnaryOperator<AgentSettings> change, List<String> words, boolean working) {}

  private static final List<Mistake> MISTAKES =
      List.of(
          new Mistake("no host", all -> all.without("hosts"), List.of("hosts", "region"), false),
          new Mistake(
              "unknown region",
              all -> all.without("hosts").with("region", "moon-west-1"),
              List.of("region", "moon-west-1", ".properties"),
              false),
          new Mistake(
              "missing secret",
              all -> all.without("client-secret"),
              List.of("client-secret"),
              false),
          new Mistake(
              "bad number",
              all -> all.with("wait", "soon"),
              List.of("wait", "soon", ".properties", "such as"),
              false),
          new Mistake(
              "unknown key",
              all -> all.with("clientid", "x"),
              List.of("clientid", "client-id"),
              true),
          new Mistake(
              "bad choice",
              all -> all.with("inject", "sometimes"),
              List.of("inject", "sometimes", ".properties", "bearer-only"),
              false));

  private static final Map<String, BiFunction<ForkedApp.Launch, AgentSettings, ForkedApp.Launch>>
      WAYS =
          new java.util.TreeMap<>(
              Map.of(
                  "config file",
                  (launch, settings) -> launch.withAgent(settings.asArgument()),
                  "system properties",
                  SettingsIT::byProperties,
                  "environment",
                  SettingsIT::byEnvironment,
                  "agent argument",
                  SettingsIT::byArgument,
                  "GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET",
                  SettingsIT::bySdkVariables,
                  "JAVA_TOOL_OPTIONS",
                  (launch, settings) ->
                      launch.withEnvironment(
                          "JAVA_TOOL_OPTIONS", ForkedApp.javaAgent(settings.asArgument())),
                  "the jar twice",
                  (launch, settings) ->
                      launch.withAgent(settings.asArgument()).withAgent(settings.asArgument()),
                  "-Xverify:all",
                  (launch, settings) ->
                      launch.with("-Xverify:all").withAgent(settings.asArgument())));

  private static final Mistake DISABLED =
      new Mistake("disabled", all -> all.with("enabled", "false"), List.of(), false);

  @Execution(ExecutionMode.CONCURRENT)
  @TestFactory
  Stream<DynamicNode> ways() {
    return Matrix.onEveryJdk(
        jdk ->
            WAYS.keySet().stream()
                .map(
                    way ->
                        Matrix.ofAllClients(
                            jdk, "attached by " + way, () -> works(jdk, WAYS.get(way)))));
  }

  @TestFactory
  Stream<DynamicNode> mistakes() {
    return Matrix.onEveryJdk(
        jdk -> {
          Oracle oracle = new Oracle(jdk);
          return Stream.concat(
              MISTAKES.stream()
                  .map(
                      mistake ->
                          Matrix.ofAllClients(
                              jdk,
                              mistake.name() + ": one line, the app runs",
                              () -> runsAllTheSame(jdk, mistake, oracle))),
              Stream.of(
                  Matrix.ofAllClients(
                      jdk,
                      "enabled=false: as without the agent",
                      () -> {
                        runsAllTheSame(jdk, DISABLED, oracle);
                        oracle.close();
                      })));
        });
  }

  /** The same calls without the agent, against the same server. */
  private static final class Oracle implements AutoCloseable {
    private final Jdks.Jdk jdk;
    private FakeGenesys genesys;
    private ForkedApp app;

    Oracle(Jdks.Jdk jdk) {
      this.jdk = jdk;
    }

    FakeGenesys genesys() {
      if (genesys == null) {
        genesys = new FakeGenesys();
      }
      return genesys;
    }

    List<String> run(String command) {
      if (app == null) {
        app = ForkedApp.Launch.on(jdk).start();
      }
      return app.run(command);
    }

    @Override
    public void close() {
      app.close();
      genesys.close();
    }
  }

  @TestFactory
  Stream<DynamicNode> tokenCalls() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                Matrix.ofAllClients(
                    jdk,
                    "https token endpoint that wants a certificate, token-key-store,"
                        + " token-trust-store, token-proxy with a log-in",
                    () -> tokenByProxyAndTls(jdk)),
                noToken(
                    jdk,
                    "https token endpoint with another's certificate",
                    () -> new FakeGenesys(Certificates.strangersKeyStore()),
                    (all, proxy) -> all,
                    "TLS failed"),
                noToken(
                    jdk,
                    "https token endpoint that wants a certificate, and no token-key-store",
                    FakeGenesys::withMutualTls,
                    (all, proxy) -> all,
                    // what else is said depends on the version of TLS
                    " WARN No token from https://"),
                noToken(
                    jdk,
                    "token-proxy without its log-in",
                    FakeGenesys::new,
                    (all, proxy) -> all.with("token-proxy", "http://127.0.0.1:" + proxy.port()),
                    "407"),
                noToken(
                    jdk,
                    "token endpoint that redirects",
                    () -> saying(Answers.redirect("302?to=http://127.0.0.1:1/")),
                    (all, proxy) -> all,
                    "302"),
                noToken(
                    jdk,
                    "token endpoint with an answer of more than 64 KiB",
                    () -> saying(Answer.of(200, " ".repeat(64 * 1024 + 1))),
                    (all, proxy) -> all,
                    "64 KiB")));
  }

  private static FakeGenesys saying(Answer answer) {
    FakeGenesys genesys = new FakeGenesys();
    genesys.tokenEndpointSays(answer);
    return genesys;
  }

  /**
   * @param cause what the line has to say
   */
  private static DynamicTest noToken(
      Jdks.Jdk jdk,
      String name,
      Supplier<FakeGenesys> server,
      BiFunction<AgentSettings, ConnectProxy, AgentSettings> change,
      String cause) {
    return Matrix.ofAllClients(
        jdk,
        name + ": a line with the cause",
        () -> {
          try (FakeGenesys genesys = server.get();
              ConnectProxy proxy = new ConnectProxy("operator");
              ForkedApp app =
                  ForkedApp.Launch.on(jdk)
                      .withAgent(change.apply(byTls(genesys), proxy).asArgument())
                      .start()) {
            // when
            List<String> seen = app.run(stale(Client.URL_CONNECTION, genesys));

            // then
            assertThat(seen).contains("code: 401");
            app.awaitStderr();
            assertThat(app.finish()).isZero();
            assertThat(app.foreignStdout()).isEmpty();
            // a line for each cause: what the end of a TLS connection looks like is up to its
            // timing
            assertThat(app.stderr()).hasSizeBetween(1, 2).allMatch(line -> line.contains(cause));
            assertThat(app.everything()).doesNotContain(FakeGenesys.CLIENT_SECRET);
          }
        });
  }

  private static void tokenByProxyAndTls(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = FakeGenesys.withMutualTls();
        ConnectProxy proxy = new ConnectProxy("operator");
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .withAgent(
                    byTls(genesys)
                        .with("token-key-store", Certificates.keyStore().toString())
                        .with("token-key-store-password", Certificates.PASSWORD)
                        .with("token-proxy", "http://operator:operator@127.0.0.1:" + proxy.port())
                        .asArgument())
                .start()) {
      // when
      List<String> seen = app.run(stale(Client.URL_CONNECTION, genesys));

      // then
      assertThat(seen).contains("code: 200");
      assertThat(genesys.tokenCalls()).hasSize(1);
      assertThat(proxy.heads())
          .isNotEmpty()
          .allMatch(head -> head.startsWith("CONNECT "))
          .noneMatch(head -> head.contains("\nAuthorization"));
      assertThat(app.finish()).isZero();
      assertThat(app.stderr()).isEmpty();
    }
  }

  private static AgentSettings byTls(FakeGenesys genesys) {
    return AgentSettings.clientCredentials(genesys)
        .with("token-url", genesys.https("/oauth/token"))
        .with("token-trust-store", Certificates.trustStore().toString())
        .with("wait", "20s");
  }

  private static void works(
      Jdks.Jdk jdk, BiFunction<ForkedApp.Launch, AgentSettings, ForkedApp.Launch> way) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            way.apply(ForkedApp.Launch.on(jdk), AgentSettings.clientCredentials(genesys)).start()) {
      List<Executable> checks = new ArrayList<>();
      for (Client client : Client.on(jdk).toList()) {
        genesys.kill();
        List<String> seen = app.run(stale(client, genesys));
        checks.add(() -> assertThat(seen).as(client.toString()).contains("code: 200"));
      }
      int clients = (int) Client.on(jdk).count();
      checks.add(() -> assertThat(genesys.tokenCalls()).as("token requests").hasSize(clients));
      // the first call of all finds no token yet, every other one a dead one
      checks.add(() -> assertThat(genesys.hits()).as("API hits").hasSize(2 * clients - 1));
      checks.add(() -> assertThat(app.finish()).as("exit code").isZero());
      checks.add(() -> assertThat(app.foreignStdout()).as("stdout").isEmpty());
      checks.add(() -> assertThat(app.stderr()).as("stderr").isEmpty());
      assertAll(checks);
    }
  }

  private static void runsAllTheSame(Jdks.Jdk jdk, Mistake mistake, Oracle oracle) {
    FakeGenesys genesys = oracle.genesys();
    AgentSettings settings = mistake.change().apply(AgentSettings.clientCredentials(genesys));
    try (ForkedApp app = ForkedApp.Launch.on(jdk).withAgent(settings.asArgument()).start()) {
      List<Executable> checks = new ArrayList<>();
      for (Client client : Client.on(jdk).filter(Client::isHttp1).toList()) {
        List<String> seen = app.run(stale(client, genesys));
        if (mistake.working()) {
          checks.add(() -> assertThat(seen).as(client.toString()).contains("code: 200"));
        } else {
          List<String> agentless = oracle.run(stale(client, genesys));
          checks.add(
              () ->
                  assertThat(withoutMillis(seen))
                      .as(client.toString())
                      .containsExactlyElementsOf(withoutMillis(agentless)));
        }
      }
      checks.add(() -> assertThat(app.finish()).as("exit code").isZero());
      checks.add(() -> assertThat(app.foreignStdout()).as("stdout").isEmpty());
      checks.add(
          () -> assertThat(app.stderr()).as("stderr").hasSize(mistake.words().isEmpty() ? 0 : 1));
      checks.add(
          () ->
              assertThat(mistake.words())
                  .allSatisfy(words -> assertThat(app.stderr().get(0)).contains(words)));
      checks.add(() -> assertThat(app.everything()).doesNotContain(FakeGenesys.CLIENT_SECRET));
      assertAll(checks);
    }
  }

  private static ForkedApp.Launch byProperties(ForkedApp.Launch launch, AgentSettings settings) {
    ForkedApp.Launch all = launch;
    for (Map.Entry<String, String> value : settings.values().entrySet()) {
      all = all.with("-Dgenesys.agent." + value.getKey() + "=" + value.getValue());
    }
    return all.withAgent("");
  }

  private static ForkedApp.Launch byEnvironment(ForkedApp.Launch launch, AgentSettings settings) {
    ForkedApp.Launch all = launch;
    for (Map.Entry<String, String> value : settings.values().entrySet()) {
      all = all.withEnvironment(variable(value.getKey()), value.getValue());
    }
    return all.withAgent("");
  }

  private static ForkedApp.Launch bySdkVariables(ForkedApp.Launch launch, AgentSettings settings) {
    return launch
        .withEnvironment("GENESYS_CLIENT_ID", settings.values().get("client-id"))
        .withEnvironment("GENESYS_CLIENT_SECRET", settings.values().get("client-secret"))
        .withAgent(settings.without("client-id").without("client-secret").asArgument());
  }

  /** With one value that has a comma in it, in quotes. */
  private static ForkedApp.Launch byArgument(ForkedApp.Launch launch, AgentSettings settings) {
    StringBuilder argument = new StringBuilder();
    settings
        .values()
        .forEach(
            (key, value) ->
                argument
                    .append(argument.isEmpty() ? "" : ",")
                    .append(key)
                    .append('=')
                    .append(value.contains(",") ? "\"" + value + "\"" : value));
    return launch.withAgent(argument.toString());
  }

  private static String variable(String key) {
    return "GENESYS_AGENT_" + key.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
  }

  private static String stale(Client client, FakeGenesys genesys) {
    return "call\t"
        + client.field()
        + "\turl="
        + genesys.http("/api/v2/users/me")
        + "\theader=Authorization: Bearer stale";
  }

  private static List<String> withoutMillis(List<String> seen) {
    return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
  }
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What an app could notice besides its HTTP calls, and what must not be in any log. */
@Execution(ExecutionMode.SAME_THREAD)
class TransparencyIT {
  private static final String NOT_FOR_THE_APP =
      "look-up"
          + "\tclass=org.genesystoken.agent.core.config.Configuration"
          + "\tclass=org.genesystoken.agent.core.policy.TokenPolicy"
          + "\tclass=net.bytebuddy.ByteBuddy\tclass=net.bytebuddy.agent.builder.AgentBuilder"
          + "\tclass=com.fasterxml.jackson.core.JsonFactory"
          + "\tclass=com.fasterxml.jackson.databind.ObjectMapper"
          + "\tclass=org.slf4j.Logger\tclass=org.slf4j.LoggerFactory\tclass=picocli.CommandLine"
          + "\tresource=net/bytebuddy/ByteBuddy.class"
          + "\tresource=com/fasterxml/jackson/core/JsonFactory.class"
          + "\tresource=org/slf4j/Logger.class"
          + "\tresource=META-INF/services/com.fasterxml.jackson.core.JsonFactory"
          + "\tresource=META-INF/services/org.slf4j.spi.SLF4JServiceProvider"
          + "\tresource=META-INF/maven/org.genesystoken/genesys-token-agent/pom.xml";

  @TestFactory
  Stream<DynamicNode> surroundings() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                Matrix.ofAllClients(
                    jdk, "JVM-wide state as without the agent", () -> sameSurroundings(jdk)),
                Matrix.ofAllClients(
                    jdk,
                    "the app cannot load the agent's classes or libraries",
                    () -> nothingToLoad(jdk)),
                Matrix.ofAllClients(
                    jdk,
                    "no secret and no token in logs at trace",
                    () -> nothingInLogs(jdk, false)),
                Matrix.ofAllClients(
                    jdk,
                    "no secret and no token in the JDK's own logs",
                    () -> nothingInLogs(jdk, true)),
                Matrix.ofAllClients(
                    jdk, "the app's own Authenticator has its say", () -> authenticatorWins(jdk))));
  }

  private static void authenticatorWins(Jdks.Jdk jdk) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp with =
            ForkedApp.Launch.on(jdk)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start();
        ForkedApp without = ForkedApp.Launch.on(jdk).start()) {
      String setUp = "authenticator\tuser=app";
      assertThat(with.run(setUp)).isEqualTo(without.run(setUp));
      for (Client client : Client.on(jdk).toList()) {
        for (String path :
            List.of("/canned/401-basic", "/canned/401-plain", "/canned/407-plain", "/open/x")) {
          String call = "call\t" + client.field() + "\tuser=app\turl=" + genesys.http(path);
          genesys.forget();
          List<String> seen = withoutMillis(with.run(call));
          List<String> arrived = methodsAndPaths(genesys);
          genesys.forget();
          assertThat(seen).as(client + " " + path).isEqualTo(withoutMillis(without.run(call)));
          assertThat(arrived).as(client + " " + path).isEqualTo(methodsAndPaths(genesys));
        }
      }
    }
  }

  private static List<String> methodsAndPaths(FakeGenesys genesys) {
    return genesys.hits().stream().map(hit -> hit.method() + " " + hit.path()).toList();
  }

  private static List<String> withoutMillis(List<String> seen) {
    return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
  }

  private static void sameSurroundings(Jdks.Jdk jdk) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp with =
            observed(jdk).withAgent(AgentSettings.clientCredentials(genesys).asArgument()).start();
        ForkedApp without = observed(jdk).start()) {
      // at start, before the app has done anything
      assertThat(surroundings(with)).containsExactlyElementsOf(surroundings(without));

      // after a refresh and a replay with each client
      String token = genesys.mint();
      for (Client client : Client.on(jdk).toList()) {
        String call =
            "call\t"
                + client.field()
                + "\turl="
                + genesys.http("/api/v2/x")
                + "\theader=Authorization: Bearer ";
        assertThat(without.run(call + token)).contains("code: 200");
      }
      for (Client client : Client.on(jdk).toList()) {
        genesys.kill();
        String call =
            "call\t"
                + client.field()
                + "\turl="
                + genesys.http("/api/v2/x")
                + "\theader=Authorization: Bearer stale";
        assertThat(with.run(call)).contains("code: 200");
      }
      assertThat(surroundings(with)).containsExactlyElementsOf(surroundings(without));
    }
  }

  private static List<String> surroundings(ForkedApp app) {
    return app.run("surroundings");
  }

  private static ForkedApp.Launch observed(Jdks.Jdk jdk) {
    ForkedApp.Launch launch =
        ForkedApp.Launch.on(jdk)
            .with(
                "-Djava.util.logging.manager=org.genesystoken.it.probe.RecordingLogManager",
                "-Duser.home=" + ForkedApp.target(""));
    return jdk.release() < 9
        ? launch
        : launch.with(
            "--add-opens", "java.base/java.net=ALL-UNNAMED",
            "--add-opens", "java.base/javax.net.ssl=ALL-UNNAMED");
  }

  private static void nothingToLoad(Jdks.Jdk jdk) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp with =
            ForkedApp.Launch.on(jdk)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start();
        ForkedApp without = ForkedApp.Launch.on(jdk).start()) {
      for (Client client : Client.on(jdk).toList()) {
        genesys.kill();
        assertThat(with.run("call\t" + client.field() + "\turl=" + genesys.http("/api/v2/x")))
            .contains("code: 200");
      }
      assertThat(with.run(NOT_FOR_THE_APP))
          .isEqualTo(without.run(NOT_FOR_THE_APP))
          .allMatch(line -> line.contains("ClassNotFoundException") || line.endsWith(": false"));
    }
  }

  private static void nothingInLogs(Jdks.Jdk jdk, boolean jdkLogs) throws IOException {
    String name = "logs-" + jdk.release() + (jdkLogs ? "-jdk" : "");
    Path dir = Files.createDirectories(ForkedApp.target(name));
    Path agentLog = dir.resolve("agent.log");
    Path jdkLog = dir.resolve("jdk.log");
    Files.deleteIfExists(agentLog);
    Files.deleteIfExists(jdkLog);
    Path logging =
        Files.writeString(
            dir.resolve("logging.properties"),
            "handlers=java.util.logging.FileHandler\n.level=ALL\n"
                + "java.util.logging.FileHandler.level=ALL\n"
                + "java.util.logging.FileHandler.pattern="
                + jdkLog
                + "\n"
                + "java.util.logging.FileHandler.formatter=java.util.logging.SimpleFormatter\n");
    try (FakeGenesys genesys = new FakeGenesys()) {
      ForkedApp.Launch launch = ForkedApp.Launch.on(jdk);
      if (jdkLogs) {
        launch =
            launch.with(
                "-Djava.util.logging.config.file=" + logging,
                "-Djdk.httpclient.HttpClient.log=all");
      }
      AgentSettings settings =
          AgentSettings.tutorial(genesys)
              .with("log-level", "trace")
              .with("log-file", agentLog.toString());
      try (ForkedApp app = launch.withAgent(settings.asArgument()).start()) {
        // given a refresh that works, with rotation, and one that is refused
        for (Client client : Client.on(jdk).toList()) {
          genesys.kill();
          String call =
              "call\t"
                  + client.field()
                  + "\turl="
                  + genesys.http("/api/v2/x")
                  + "\theader=Authorization: Bearer stale";
          assertThat(app.run(call)).contains("code: 200");
        }
        genesys.tokenEndpointSays(Answers.INVALID_GRANT);
        genesys.kill();
        assertThat(app.run("call\turl=" + genesys.http("/api/v2/x"))).contains("code: 401");
        assertThat(app.finish()).isZero();

        // then
        List<String> texts =
            new ArrayList<>(List.of(app.everything(), read(agentLog), read(jdkLog)));
        assertThat(read(agentLog)).as("the agent's log").isNotEmpty();
        if (jdkLogs) {
          assertThat(read(jdkLog)).as("the JDK's log").contains("/api/v2/x");
        }
        assertAll(texts.stream().map(text -> () -> assertHasNoSecret(text)));
      }
    }
  }

  private static void assertHasNoSecret(String text) {
    assertThat(text)
        .doesNotContain(FakeGenesys.TOKEN_MARK)
        .doesNotContain(FakeGenesys.REFRESH_MARK)
        .doesNotContain(FakeGenesys.CLIENT_SECRET)
        .doesNotContain(FakeGenesys.basic(FakeGenesys.CLIENT_ID, FakeGenesys.CLIENT_SECRET));
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
  }
}

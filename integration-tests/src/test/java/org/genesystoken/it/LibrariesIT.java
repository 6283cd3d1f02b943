package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;

/** The HTTP clients that apps bring along: the scenarios that are not about the JDK's own. */
@Order(2)
class LibrariesIT {
  @TestFactory
  Stream<DynamicNode> scenarios() {
    return Matrix.onEveryJdk(
        jdk -> {
          Bench bench = new Bench(server(jdk));
          return Stream.concat(
              Client.librariesOn(jdk).flatMap(client -> cells(jdk, client, bench)),
              Stream.of(
                  Matrix.ofAllClients(
                      jdk,
                      "apps with a library each: JVMs end by themselves, nothing on stdout",
                      bench::finish)));
        });
  }

  /** Where each library is an app's own, so that one JVM can serve them all. */
  static ForkedApp.Launch server(Jdks.Jdk jdk) {
    return ForkedApp.Launch.on(jdk)
        .with(
            Client.librariesOn(jdk)
                .flatMap(client -> Stream.of(client.jvmArgs(jdk)))
                .distinct()
                .toArray(String[]::new));
  }

  private static Stream<DynamicTest> cells(Jdks.Jdk jdk, Client client, Bench bench) {
    return Stream.concat(Scenarios.all().stream(), LibraryScenarios.all().stream())
        .filter(scenario -> scenario.clients().test(client, jdk))
        // the agent does with its settings, and a library with its requests, the same on each JDK
        .filter(
            scenario ->
                scenario.agent() == Scenario.Agent.ALWAYS || Scenarios.isAtAnEnd(client, jdk))
        .map(
            scenario ->
                dynamicTest(
                    Matrix.name(jdk, client, scenario.name()), () -> bench.run(scenario, client)));
  }

  @TestFactory
  Stream<DynamicNode> costsNothing() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                Matrix.ofAllClients(
                    jdk,
                    "without the libraries nothing for them is loaded",
                    () -> nothingLoaded(jdk))));
  }

  private static void nothingLoaded(Jdks.Jdk jdk) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .with("-verbose:class")
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      // when
      genesys.kill();
      assertThat(app.run("call\turl=" + genesys.http("/api/v2/x"))).contains("code: 200");
      assertThat(app.finish()).isZero();

      // then
      List<String> ours =
          app.foreignStdout().stream().filter(line -> line.contains("genesystoken")).toList();
      assertThat(ours)
          .anyMatch(line -> line.contains("clients.urlconnection."))
          .noneMatch(line -> line.matches(".*clients[.]weave[.](Adapter|Library).*"))
          .noneMatch(line -> line.matches(".*clients[.](apache|okhttp|async|ahc).*"));
    }
  }

  @TestFactory
  Stream<DynamicNode> redeployed() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                    Matrix.ofAllClients(
                        jdk,
                        "two versions side by side, redeployed: covered, and nothing is leaked",
                        () -> {
                          sideBySide(jdk, Client.APACHE_4_3, Client.APACHE_4_5);
                          sideBySide(jdk, Client.APACHE_5_0, Client.APACHE_5_5);
                          sideBySide(jdk, Client.APACHE_5_0_ASYNC, Client.APACHE_5_5_ASYNC);
                        }))
                .filter(test -> Scenarios.isAtAnEnd(Client.APACHE_4_3, jdk)));
  }

  private static void sideBySide(Jdks.Jdk jdk, Client older, Client newer) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      // when
      List<String> seen =
          app.run(
              "redeploy\ttimes=5\t"
                  + older.field()
                  + "\tapp="
                  + older.deployment()
                  + "\tapp="
                  + newer.deployment()
                  + "\turl="
                  + genesys.http("/api/v2/x")
                  + Scenarios.STALE);

      // then
      assertThat(seen)
          .containsExactly("calls answered 200: 10", "undeployed: 10", "still there: 0");
      assertThat(app.finish()).isZero();
      assertThat(app.stderr()).isEmpty();
    }
  }

  @TestFactory
  Stream<DynamicNode> logs() {
    return Matrix.onEveryJdk(
        jdk ->
            Client.librariesOn(jdk)
                // a library logs the same on each JDK
                .filter(client -> jdk.equals(Jdks.oldest(client.since())))
                // OkHttp logs no headers, what its interceptors see is in each row; AsyncHttpClient
                // logs the request as it was before the token was put into a copy
                .filter(client -> !client.isOkHttp() && !client.isAsyncHttpClient())
                .map(
                    client ->
                        dynamicTest(
                            Matrix.name(jdk, client, "no token in the library's own logs"),
                            () -> nothingInLogs(jdk, client))));
  }

  private static void nothingInLogs(Jdks.Jdk jdk, Client client) throws IOException {
    Path dir = Files.createDirectories(ForkedApp.target("logs-" + client.name() + jdk.release()));
    Path log = dir.resolve("library.log");
    Files.deleteIfExists(log);
    Path logging =
        Files.writeString(
            dir.resolve("logging.properties"),
            "handlers=java.util.logging.FileHandler\norg.apache.level=ALL\n"
                + "java.util.logging.FileHandler.level=ALL\n"
                + "java.util.logging.FileHandler.pattern="
                + log
                + "\njava.util.logging.FileHandler.formatter="
                + "java.util.logging.SimpleFormatter\n");
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .with(client)
                .with(
                    "-Djava.util.logging.config.file=" + logging,
                    "-Dorg.apache.commons.logging.Log="
                        + "org.apache.commons.logging.impl.Jdk14Logger")
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      // when
      String call = "call\t" + client.field() + "\turl=" + genesys.http("/api/v2/x");
      assertThat(app.run(call)).contains("code: 200");
      genesys.kill();
      assertThat(app.run(call + Scenarios.STALE)).contains("code: 200");
      assertThat(app.finish()).isZero();

      // then
      String lines = Files.readString(log);
      assertThat(lines)
          .contains(client.isHttp1() ? ">> GET /api/v2/x" : ">> :path: /api/v2/x")
          .containsIgnoringCase(
              ">> Authorization: " + (client.isHttp1() ? "Bearer stale" : "****"));
      assertThat(lines + dumped(lines, 1))
          .contains(client.isHttp1() ? "Authorization: *******" : "authorization: ****")
          .doesNotContain(FakeGenesys.TOKEN_MARK)
          // the beginning of that in HPACK's code
          .doesNotContain("I[0xfffffffa][0xffffffad]!");
      assertThat(dumped(lines, 2)).doesNotContain("49 fa ad 21 d6 ");
    }
  }

  /** A column of a log that shows sixteen bytes a line: 1 the text, 2 the numbers. */
  private static String dumped(String lines, int column) {
    return Pattern.compile(">> (.{16})  ((?:[0-9a-f]{2} ){15}[0-9a-f]{2})")
        .matcher(lines)
        .results()
        .map(line -> line.group(column) + (column == 1 ? "" : " "))
        .collect(Collectors.joining());
  }
}

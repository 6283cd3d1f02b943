package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The HTTP clients that apps bring along: the scenarios that are not about the JDK's own. */
class LibrariesIT {
  @TestFactory
  Stream<DynamicNode> scenarios() {
    return Matrix.onEveryJdk(jdk -> Client.librariesOn(jdk).flatMap(client -> cells(jdk, client)));
  }

  /** A JVM of its own for each client: two versions of a library on one class path are one. */
  private static Stream<DynamicTest> cells(Jdks.Jdk jdk, Client client) {
    Bench bench = new Bench(ForkedApp.Launch.on(jdk).with(client));
    Stream<DynamicTest> cells =
        Stream.concat(Scenarios.all().stream(), LibraryScenarios.all().stream())
            .filter(scenario -> scenario.clients().test(client, jdk))
            .map(
                scenario ->
                    dynamicTest(
                        Matrix.name(jdk, client, scenario.name()),
                        () -> bench.run(scenario, client)));
    return Stream.concat(
        cells,
        Stream.of(
            dynamicTest(
                Matrix.name(jdk, client, "JVMs end by themselves, nothing on stdout"),
                bench::finish)));
  }

  @TestFactory
  Stream<DynamicNode> costsNothing() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                dynamicTest(
                    Matrix.name(
                        jdk,
                        ResultTable.ALL_CLIENTS,
                        "without the libraries nothing for them is loaded"),
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
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** A security manager that lets the app do no more than call its host; there is none after 17. */
class SecurityManagerIT {
  @TestFactory
  Stream<DynamicNode> securityManager() {
    return Matrix.onEveryJdk(
        jdk ->
            jdk.release() > 17
                ? Stream.empty()
                : Stream.of(
                    row(jdk, "security manager: the agent works", () -> works(jdk)),
                    row(
                        jdk,
                        "security manager without a grant: the app runs",
                        () -> runsWithoutGrant(jdk))));
  }

  private static DynamicNode row(
      Jdks.Jdk jdk, String name, org.junit.jupiter.api.function.Executable test) {
    return dynamicTest(Matrix.name(jdk, Client.URL_CONNECTION, name), test);
  }

  private static void works(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app = guarded(jdk, genesys, true).start()) {
      for (int i = 0; i < 2; i++) {
        assertThat(app.run(call(genesys))).contains("code: 200");
        genesys.kill();
      }
      assertThat(agentLines(app)).isEmpty();
    }
  }

  private static void runsWithoutGrant(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app = guarded(jdk, genesys, false).start()) {
      assertThat(app.run(call(genesys))).contains("code: 401");
      assertThat(agentLines(app))
          .singleElement()
          .asString()
          .contains("stays inactive")
          .contains("grant the agent's jar java.security.AllPermission");
    }
  }

  private static List<String> agentLines(ForkedApp app) {
    return app.stderr().stream().filter(line -> line.contains("genesys-token-agent]")).toList();
  }

  private static String call(FakeGenesys genesys) {
    return "call\turl=" + genesys.http("/api/v2/users/me") + "\theader=Authorization: Bearer stale";
  }

  private static ForkedApp.Launch guarded(Jdks.Jdk jdk, FakeGenesys genesys, boolean granted)
      throws IOException {
    String policy =
        "grant codeBase \"file:"
            + ForkedApp.target("probe8")
            + "/-\" { permission java.net.SocketPermission \"*\", \"connect,resolve\"; };\n"
            + (granted
                ? "grant codeBase \"file:"
                    + ForkedApp.agentJar()
                    + "\" { permission java.security.AllPermission; };\n"
                : "");
    Path file = ForkedApp.target("policy-" + jdk.release() + "-" + granted);
    Files.writeString(file, policy);
    return ForkedApp.Launch.on(jdk)
        .with("-Djava.security.manager", "-Djava.security.policy=" + file)
        .withAgent(AgentSettings.clientCredentials(genesys).asArgument());
  }
}

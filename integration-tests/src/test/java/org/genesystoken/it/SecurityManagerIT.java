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

/** A security manager that grants the app its HTTP calls and nothing else, on 8, 11 and 17. */
class SecurityManagerIT {
  private static final String STALE = "\theader=Authorization: Bearer stale";

  /** URLPermission is what java.net.http asks for, SocketPermission HttpURLConnection. */
  private static final String APP =
      """
      grant {
        permission java.net.SocketPermission "127.0.0.1:*", "connect,resolve";
        permission java.net.URLPermission "http://127.0.0.1:*/-", "*:*";
      };
      """;

  /** What libraries do besides, from sockets of their own making to the reading of settings. */
  private static final String LIBRARIES =
      """
      grant {
        permission java.net.SocketPermission "127.0.0.1:*", "accept,connect,resolve";
        permission java.net.NetPermission "*";
        permission java.io.FilePermission "<<ALL FILES>>", "read";
        permission java.util.PropertyPermission "*", "read,write";
        permission java.util.logging.LoggingPermission "control";
        permission java.lang.RuntimePermission "*";
        permission java.lang.reflect.ReflectPermission "suppressAccessChecks";
        permission java.security.SecurityPermission "*";
        permission jdk.jfr.FlightRecorderPermission "registerEvent";
      };
      """;

  @TestFactory
  Stream<DynamicNode> policies() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                    dynamicTest(
                        name(jdk, "nothing granted to the agent: one line, app as without it"),
                        () -> withoutGrant(jdk)),
                    dynamicTest(
                        name(jdk, "AllPermission granted to the agent: token managed"),
                        () -> granted(jdk)),
                    dynamicTest(
                        name(jdk, "the same with the libraries that apps bring along"),
                        () -> libraries(jdk)),
                    dynamicTest(
                        name(jdk, "a region alone is set: the client is woven"), () -> region(jdk)))
                .filter(test -> jdk.release() <= 17));
  }

  private static String name(Jdks.Jdk jdk, String what) {
    return Matrix.name(jdk, ResultTable.ALL_CLIENTS, "security manager, " + what);
  }

  private static void withoutGrant(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            launch(jdk, "")
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start();
        ForkedApp agentless = launch(jdk, "").start()) {
      for (Client client : Client.on(jdk).toList()) {
        String call = "call\t" + client.field() + "\turl=" + genesys.http("/open/x") + STALE;
        List<String> seen = withoutMillis(app.run(call));
        assertThat(seen).contains("code: 200").isEqualTo(withoutMillis(agentless.run(call)));
      }
      assertThat(app.finish()).isZero();
      assertThat(ours(app))
          .hasSize(1)
          .allMatch(line -> line.contains("grant java.security.AllPermission to its jar"));
    }
  }

  private static void granted(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            launch(jdk, grantToAgent())
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      for (Client client : Client.on(jdk).toList()) {
        String url = "\turl=" + genesys.http("/api/v2/x") + STALE;
        assertThat(app.run("call\t" + client.field() + url)).contains("code: 200");
        for (String more : List.of("", "\tmethod=POST\tbody=1000\tstreaming=fixed")) {
          genesys.kill();
          genesys.forget();
          assertThat(app.run("call\t" + client.field() + url + more))
              .as(client + more)
              .contains("code: 200");
          assertThat(genesys.hits()).hasSize(2);
          assertThat(genesys.tokenCalls()).hasSize(1);
        }
        genesys.reset();
        assertThat(
                app.run("call\t" + client.field() + "\turl=" + genesys.http("/sized/9000") + STALE))
            .contains("code: 401");
      }
      assertThat(app.run("call\turl=http://127.0.0.2:" + genesys.port() + "/open/x"))
          .as("the agent's permissions do not become the app's")
          .anyMatch(line -> line.contains("AccessControlException"));
      assertThat(app.finish()).isZero();
      assertThat(ours(app)).isEmpty();
    }
  }

  private static void libraries(Jdks.Jdk jdk) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            launch(jdk, grantToAgent() + LIBRARIES)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      for (Client client : Client.librariesOn(jdk).filter(Client::isHttp1).toList()) {
        // given
        String call =
            "call\t" + client.deployedField() + "\turl=" + genesys.http("/api/v2/x") + STALE;
        assertThat(app.run(call)).as("%s", client).contains("code: 200");
        genesys.kill();
        genesys.forget();

        // when
        List<String> seen = app.run(call);

        // then
        assertThat(seen).as("%s", client).contains("code: 200");
        assertThat(genesys.hits()).as("%s", client).hasSize(2);
        assertThat(genesys.tokenCalls()).as("%s", client).hasSize(1);
      }
      assertThat(app.finish()).isZero();
      assertThat(ours(app)).isEmpty();
    }
  }

  /**
   * The settings that have the least of the agent loaded while nothing of the app is on a stack.
   */
  private static void region(Jdks.Jdk jdk) throws IOException {
    // given
    Path log = ForkedApp.target("region-" + jdk.release() + ".classes");
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            launch(jdk, grantToAgent())
                .loggingClasses(log)
                .withAgent("region=us-east-1,client-id=id,client-secret=hush")
                .start()) {
      // when
      List<String> seen = app.run("call\turl=" + genesys.http("/open/x") + STALE);

      // then
      assertThat(seen).contains("code: 200");
      assertThat(app.finish()).isZero();
      assertThat(ours(app)).isEmpty();
      assertThat(Files.readString(log))
          .contains("org.genesystoken.agent.clients.urlconnection.UrlConnectionClient");
    }
  }

  private static String grantToAgent() {
    return "grant codeBase \""
        + ForkedApp.agentJar().toUri()
        + "\" { permission java.security.AllPermission; };\n";
  }

  private static ForkedApp.Launch launch(Jdks.Jdk jdk, String more) throws IOException {
    Path policy = ForkedApp.target("app-" + jdk.release() + "-" + more.length() + ".policy");
    Files.writeString(policy, APP + more);
    return ForkedApp.Launch.on(jdk)
        .with("-Djava.security.manager", "-Djava.security.policy==" + policy);
  }

  /** Without the JVM's own warnings that a security manager has no future. */
  private static List<String> ours(ForkedApp app) {
    return app.stderr().stream().filter(line -> !line.startsWith("WARNING: ")).toList();
  }

  private static List<String> withoutMillis(List<String> seen) {
    return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
  }
}

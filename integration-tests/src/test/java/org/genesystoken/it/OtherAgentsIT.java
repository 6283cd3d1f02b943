package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Another agent in the same JVM, that has loaded or used the HTTP clients before the app does. */
class OtherAgentsIT {
  private static final String ON_8 =
      "sun.net.www.protocol.http.HttpURLConnection"
          + "+sun.net.www.protocol.http.HttpURLConnection$StreamingOutputStream";
  private static final String ON_11 =
      ON_8
          + "+jdk.internal.net.http.HttpClientFacade+jdk.internal.net.http.HttpRequestImpl"
          + "+jdk.internal.net.http.MultiExchange+jdk.internal.net.http.Exchange"
          + "+jdk.internal.net.http.AuthenticationFilter+jdk.internal.net.http.common.Log";

  @TestFactory
  Stream<DynamicNode> otherAgents() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                dynamicTest(
                    name(jdk, "before ours has loaded the clients' classes"),
                    () -> together(jdk, true, jdk.release() < 11 ? ON_8 : ON_11)),
                dynamicTest(
                    name(jdk, "after ours has loaded the clients' classes"),
                    () -> together(jdk, false, jdk.release() < 11 ? ON_8 : ON_11)),
                dynamicTest(
                    name(jdk, "before ours has made an HTTP call"),
                    () -> together(jdk, true, null)),
                dynamicTest(
                    name(jdk, "after ours makes an HTTP call in its premain"),
                    () -> together(jdk, false, null))));
  }

  private static String name(Jdks.Jdk jdk, String what) {
    return Matrix.name(
        jdk, ResultTable.ALL_CLIENTS, "another agent, " + what + ": still replayed, -Xverify:all");
  }

  /**
   * @param argument of the other agent, null: it makes a call
   */
  private static void together(Jdks.Jdk jdk, boolean before, String argument) throws IOException {
    try (FakeGenesys genesys = new FakeGenesys()) {
      // given
      String ours = ForkedApp.javaAgent(AgentSettings.clientCredentials(genesys).asArgument());
      String other =
          "-javaagent:"
              + jar()
              + "="
              + (argument == null ? genesys.http("/open/by-agent") : argument);
      ForkedApp.Launch launch = ForkedApp.Launch.on(jdk).with("-Xverify:all");
      try (ForkedApp app = (before ? launch.with(other, ours) : launch.with(ours, other)).start()) {
        for (Client client : Client.on(jdk).toList()) {
          for (String more :
              new String[] {
                "",
                "\tmethod=POST\tbody=1000\tstreaming=chunked",
                "\theader=User-Agent: the app's" + Scenarios.STALE
              }) {
            genesys.kill();
            genesys.forget();

            // when
            String call = "call\t" + client.field() + "\turl=" + genesys.http("/api/v2/x") + more;

            // then: the first call has no token to be refused
            assertThat(app.run(call)).contains("code: 200");
            assertThat(genesys.hits()).hasSizeBetween(1, 2);
            assertThat(genesys.tokenCalls()).hasSize(1);
          }
        }
        assertThat(app.finish()).isZero();
        assertThat(app.foreignStdout()).isEmpty();
        assertThat(app.stderr()).allMatch(line -> line.contains("Xverify"));
      }
    }
  }

  private static synchronized Path jar() throws IOException {
    Path jar = ForkedApp.target("other-agent.jar");
    if (!Files.exists(jar)) {
      String entry = "org/genesystoken/it/probe/OtherAgent";
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.getMainAttributes().putValue("Premain-Class", entry.replace('/', '.'));
      manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
        for (String type : new String[] {entry, entry + "$1"}) {
          out.putNextEntry(new ZipEntry(type + ".class"));
          Files.copy(ForkedApp.target("probe8").resolve(type + ".class"), out);
        }
      }
    }
    return jar;
  }
}

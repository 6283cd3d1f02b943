package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What the packaged jar has loaded when the app's {@code main} begins, by the JVM's own word; and
 * what becomes of the rest if the jar is gone by then.
 */
class StartUpIT {
  /**
   * {@code [0.1s][info][class,load] a.B source: …}, and on 8 {@code [Loaded a.B from …]}. What
   * comes behind the slash in the name of a hidden class changes from run to run.
   */
  private static final Pattern LOADED =
      Pattern.compile("(?:] |Loaded )([^\\s/]+)\\S* (?:source:|from) ");

  private static final String ID = "client-id=id,client-secret=hush";
  private static final String ESSENTIAL = "region=us-east-1," + ID;

  private static final String OURS = "org.genesystoken.agent.";
  private static final List<String> LIBRARIES =
      List.of("net.bytebuddy.", "com.fasterxml.", "org.slf4j.", "picocli.");
  private static final List<String> COSTLY =
      List.of("java.util.regex.", "java.util.logging.", "java.util.stream.", "java.lang.invoke.");

  @TestFactory
  @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere the JDK is asked for the environment")
  Stream<DynamicNode> starts() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                Matrix.ofAllClients(
                    jdk,
                    "an app that makes no call: six classes and the entry point",
                    () -> startsWithLittle(jdk)),
                Matrix.ofAllClients(
                    jdk,
                    "the jar is gone before the first call: one line, and the app's own answers",
                    () -> losesItsJar(jdk, "hosts=127.0.0.1,token-url=http://127.0.0.1/t," + ID)),
                Matrix.ofAllClients(
                    jdk,
                    "the same where the settings have not been read yet",
                    () -> losesItsJar(jdk, ESSENTIAL))));
  }

  private static void startsWithLittle(Jdks.Jdk jdk) throws IOException {
    // given
    ForkedApp.Launch launch = ForkedApp.Launch.on(jdk);
    Path log = ForkedApp.target("start-" + jdk.release() + ".classes");
    Path entryPointOnly = ForkedApp.target("start-off-" + jdk.release() + ".classes");

    // when
    run(launch.withAgent("enabled=false").loggingClasses(entryPointOnly));
    run(launch.withAgent(ESSENTIAL).loggingClasses(log));
    List<String> loaded = beforeMain(log);
    run(
        launch
            .withAgent("region=us-east-1")
            .withEnvironment("GENESYS_CLIENT_ID", "id")
            .withEnvironment("GENESYS_CLIENT_SECRET", "hush")
            .loggingClasses(log));

    // then
    assertThat(beforeMain(log)).filteredOn(name -> name.startsWith(OURS)).hasSize(7);
    assertThat(loaded)
        .filteredOn(name -> name.startsWith(OURS))
        .containsExactlyInAnyOrder(
            OURS + "premain.GenesysTokenAgent",
            OURS + "core.config.Environment",
            OURS + "core.config.Essentials",
            OURS + "core.config.Region",
            OURS + "clients.Clients",
            OURS + "clients.Installer",
            OURS + "clients.Transformer");
    assertThat(loaded).noneMatch(name -> LIBRARIES.stream().anyMatch(name::startsWith));
    // The JDK itself has some of them loaded for any agent.
    assertThat(loaded)
        .filteredOn(name -> COSTLY.stream().anyMatch(name::startsWith))
        .isSubsetOf(beforeMain(entryPointOnly));
  }

  private static void losesItsJar(Jdks.Jdk jdk, String settings) throws IOException {
    // given
    Path jar = ForkedApp.target("gone-" + jdk.release() + ".jar");
    Files.copy(ForkedApp.agentJar(), jar, StandardCopyOption.REPLACE_EXISTING);
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk).with("-javaagent:" + jar + "=" + settings).start()) {
      app.run("management");
      Files.delete(jar);

      // when
      for (Client client : Client.on(jdk).toList()) {
        String call = "call\t" + client.field() + "\turl=" + genesys.http("/api/v2/users/me");
        assertThat(app.run(call + Scenarios.STALE)).as(client.toString()).contains("code: 401");
      }

      // then
      assertThat(app.finish()).isZero();
      assertThat(app.stderr())
          .singleElement()
          .asString()
          .startsWith("[genesys-token-agent] ERROR the agent stays inactive from here on")
          .contains("check that its jar is still there", jar.toString());
      assertThat(genesys.tokenCalls()).isEmpty();
    }
  }

  private static void run(ForkedApp.Launch launch) {
    try (ForkedApp app = launch.start()) {
      assertThat(app.finish()).isZero();
      assertThat(app.stderr()).isEmpty();
    }
  }

  private static List<String> beforeMain(Path log) throws IOException {
    List<String> loaded =
        LOADED.matcher(Files.readString(log)).results().map(found -> found.group(1)).toList();
    assertThat(loaded).contains("org.genesystoken.it.probe.Probe");
    return loaded.subList(0, loaded.indexOf("org.genesystoken.it.probe.Probe"));
  }
}

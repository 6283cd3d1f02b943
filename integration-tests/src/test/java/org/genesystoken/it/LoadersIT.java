package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.genesystoken.it.FakeGenesys.Hit;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Apps that do not come by the class path: their loaders know nothing of the agent's classes. */
class LoadersIT {
  /** What the libraries need of the JDK; a bundle sees nothing else of it but {@code java.*}. */
  private static final String JDK_PACKAGES =
      "javax.naming,javax.naming.directory,javax.naming.ldap,javax.net,javax.net.ssl,"
          + "javax.security.auth.x500,org.ietf.jgss";

  /** What the app needs of a client that it does not embed. */
  private static final String CLIENT_PACKAGES =
      Stream.of(
              "",
              ".client",
              ".client.config",
              ".client.methods",
              ".client.protocol",
              ".concurrent",
              ".conn",
              ".entity",
              ".impl.client",
              ".impl.conn",
              ".params",
              ".protocol")
          .map(name -> "org.apache.http" + name)
          .collect(Collectors.joining(","));

  /** Makes an app in a folder, and says how it is started. */
  private interface Packaging {
    ForkedApp.Launch packed(ForkedApp.Launch launch, Path folder) throws IOException;
  }

  @TestFactory
  Stream<DynamicNode> loaders() {
    return Matrix.onEveryJdk(
        jdk ->
            jdk.release() != 17 && jdk.release() != 25
                ? Stream.of()
                : Stream.of(
                        cells(
                            jdk,
                            "in a fat jar of Spring Boot",
                            LoadersIT::fatJar,
                            Client.APACHE_4_5,
                            Client.OKHTTP_4),
                        cells(
                            jdk,
                            "embedded in the app's OSGi bundle",
                            LoadersIT::bundle,
                            Client.APACHE_4_5,
                            Client.OKHTTP_4),
                        cells(
                            jdk,
                            "in OSGi bundles of its own",
                            LoadersIT::bundles,
                            Client.APACHE_4_5))
                    .flatMap(cells -> cells));
  }

  private static Stream<DynamicTest> cells(
      Jdks.Jdk jdk, String where, Packaging packaging, Client... clients) {
    App app = new App(jdk, where, packaging);
    return Stream.concat(
        Stream.of(clients)
            .map(
                client ->
                    dynamicTest(
                        Matrix.name(jdk, client, where + ": POST after the token's death"),
                        () -> app.throughADeath(client))),
        Stream.of(Matrix.ofAllClients(jdk, where + ": nothing on stdout or stderr", app::finish)));
  }

  private static final class App {
    private final Jdks.Jdk jdk;
    private final String where;
    private final Packaging packaging;
    private final FakeGenesys genesys = new FakeGenesys();
    private ForkedApp app;

    App(Jdks.Jdk jdk, String where, Packaging packaging) {
      this.jdk = jdk;
      this.where = where;
      this.packaging = packaging;
    }

    private void start() throws IOException {
      if (app == null) {
        Path folder =
            Files.createDirectories(
                ForkedApp.target("loaders")
                    .resolve(where.replaceAll("\\W", "-") + "-" + jdk.release()));
        app =
            packaging
                .packed(ForkedApp.Launch.on(jdk), folder)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start();
      }
    }

    void throughADeath(Client client) throws IOException {
      // given
      start();
      String call = "call\t" + client.field() + "\turl=" + genesys.http("/api/v2/x");
      assertThat(app.run(call)).as("without a header of the app's").contains("code: 200");
      genesys.forget();
      genesys.kill();

      // when
      List<String> seen =
          app.run(call + Scenarios.STALE + "\tmethod=POST\tbody=1000\tstreaming=chunked");

      // then
      assertThat(seen).contains("code: 200");
      assertThat(genesys.hits()).extracting(Hit::status).containsExactly(401, 200);
      assertThat(genesys.hits().get(1).bodySha256()).isEqualTo(genesys.hits().get(0).bodySha256());
      assertThat(genesys.tokenCalls()).hasSize(1);
    }

    void finish() {
      try (genesys) {
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).isEmpty();
        assertThat(app.stderr()).isEmpty();
      }
    }
  }

  private static ForkedApp.Launch fatJar(ForkedApp.Launch launch, Path folder) throws IOException {
    Path file = folder.resolve("app.jar");
    try (AppJar jar = new AppJar(file, Map.of("Start-Class", "org.genesystoken.it.probe.Probe"))) {
      jar.classesOf(loader("spring-boot-loader"));
      jar.classes("BOOT-INF/classes/", "probe8");
      jar.classes("BOOT-INF/classes/", "probe-apache4");
      jar.classes("BOOT-INF/classes/", "probe-okhttp");
      jar.jars("BOOT-INF/lib/", jars());
    }
    return launch.running(
        List.of(inTarget(file)), "org.springframework.boot.loader.launch.JarLauncher");
  }

  private static ForkedApp.Launch bundle(ForkedApp.Launch launch, Path folder) throws IOException {
    String classPath =
        jars().stream()
            .map(jar -> "lib/" + jar.getFileName())
            .collect(Collectors.joining(",", ".,", ""));
    Path file = folder.resolve("app.jar");
    try (AppJar jar = new AppJar(file, manifest(classPath, JDK_PACKAGES))) {
      jar.classes("", "probe8");
      jar.classes("", "probe-apache4");
      jar.classes("", "probe-okhttp");
      jar.jars("lib/", jars());
    }
    return launch(launch, folder, List.of(file));
  }

  /** As a container has them: the app, the client, and what the client is made of. */
  private static ForkedApp.Launch bundles(ForkedApp.Launch launch, Path folder) throws IOException {
    Path file = folder.resolve("app.jar");
    try (AppJar jar = new AppJar(file, manifest(".", CLIENT_PACKAGES))) {
      jar.classes("", "probe8");
      jar.classes("", "probe-apache4");
    }
    List<Path> all = new ArrayList<>(AppJar.library("bundles"));
    all.add(file);
    return launch(launch, folder, all);
  }

  private static Map<String, String> manifest(String classPath, String imports) {
    return Map.of(
        "Bundle-ManifestVersion",
        "2",
        "Bundle-SymbolicName",
        "org.example.app",
        "Bundle-ClassPath",
        classPath,
        "Import-Package",
        imports);
  }

  private static ForkedApp.Launch launch(ForkedApp.Launch launch, Path folder, List<Path> bundles) {
    List<String> main = new ArrayList<>(List.of("org.genesystoken.it.osgi.Framework"));
    main.add(folder.resolve("framework").toString());
    bundles.forEach(bundle -> main.add(bundle.toString()));
    return launch
        .running(
            List.of("probe-osgi", inTarget(loader("org.apache.felix.framework"))),
            main.toArray(String[]::new))
        .allowingUnsafe();
  }

  private static List<Path> jars() {
    return Stream.of("apache-4.5.14", "okhttp-4.12.0")
        .flatMap(folder -> AppJar.library(folder).stream())
        .toList();
  }

  private static Path loader(String artifact) {
    return AppJar.library("loaders").stream()
        .filter(jar -> jar.getFileName().toString().startsWith(artifact + "-"))
        .findFirst()
        .orElseThrow();
  }

  private static String inTarget(Path file) {
    return ForkedApp.target("").relativize(file).toString();
  }
}

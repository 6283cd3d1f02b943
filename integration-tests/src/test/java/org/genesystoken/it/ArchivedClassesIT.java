package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The recipe of BENCHMARKS.md: AppCDS and the AOT cache, together with the agent. */
class ArchivedClassesIT {
  private static final String PROBE = "org.genesystoken.it.probe.Probe";

  /** The JVM says of a class where it found it: {@code … source: shared objects file (top)}. */
  private static final String FROM_ARCHIVE = " source: shared objects file";

  @TestFactory
  Stream<DynamicNode> archives() {
    return Matrix.onEveryJdk(
        jdk ->
            jdk.release() < 17
                ? Stream.empty()
                : Stream.of(
                    Matrix.ofAllClients(
                        jdk,
                        "class archive: used, no warning, the token is renewed",
                        () -> runsFromArchive(jdk))));
  }

  private static void runsFromArchive(Jdks.Jdk jdk) throws Exception {
    try (FakeGenesys genesys = new FakeGenesys()) {
      // given
      Path app = appJar(jdk);
      Path archive = ForkedApp.target("archive-" + jdk.release());
      Path log = ForkedApp.target("archive-" + jdk.release() + ".log");
      Files.deleteIfExists(archive);
      boolean aot = jdk.release() >= 25;
      String agent = ForkedApp.javaAgent(AgentSettings.clientCredentials(genesys).asArgument());
      List<String> calls =
          Client.on(jdk)
              .map(client -> "call\t" + client.field() + "\turl=" + genesys.http("/api/v2/x"))
              .toList();

      // when
      Run training =
          aot
              ? run(jdk, app, calls, "-XX:AOTCacheOutput=" + archive, agent)
              : run(jdk, app, calls, "-XX:ArchiveClassesAtExit=" + archive);
      genesys.kill();
      genesys.forget();
      Run run =
          run(
              jdk,
              app,
              calls,
              (aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive,
              agent,
              "-Xlog:class+load:file=" + log);

      // then
      assertThat(training.exitCode()).as(training.toString()).isZero();
      assertThat(archive).exists();
      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(run.stderr()).isEmpty();
      assertThat(run.stdout()).allMatch(line -> line.startsWith("| "));
      assertThat(run.stdout().stream().filter("| code: 200"::equals)).hasSameSizeAs(calls);
      assertThat(genesys.tokenCalls()).hasSize(1);
      List<String> loads = Files.readAllLines(log);
      assertThat(loads).anyMatch(load -> load.contains(" " + PROBE + FROM_ARCHIVE));
      assertThat(loads)
          .filteredOn(load -> load.contains(" org.genesystoken.agent.core.config.Sources "))
          .hasSize(1)
          .allMatch(load -> load.contains(FROM_ARCHIVE) == aot);
    }
  }

  private record Run(int exitCode, List<String> stdout, List<String> stderr) {}

  /** A whole run of the app: the JVM writes an archive when it ends by itself. */
  private static Run run(Jdks.Jdk jdk, Path app, List<String> calls, String... flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(jdk.java().toString(), "-Xmx256m"));
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", app.toString(), PROBE));
    Path stdout = ForkedApp.target("archive-" + jdk.release() + ".stdout");
    Path stderr = ForkedApp.target("archive-" + jdk.release() + ".stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
    ForkedApp.clear(builder.environment());
    Process process = builder.start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write((String.join("\n", calls) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Run(process.waitFor(), Files.readAllLines(stdout), Files.readAllLines(stderr));
  }

  /** The JVM archives no classes of a folder. */
  private static Path appJar(Jdks.Jdk jdk) throws IOException {
    Path jar = ForkedApp.target("archived-app-" + jdk.release() + ".jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String folder : List.of("probe8", "probe11")) {
        Path classes = ForkedApp.target(folder);
        try (Stream<Path> files = Files.walk(classes)) {
          for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
            String name = classes.relativize(file).toString().replace('\\', '/');
            if (!name.endsWith("package-info.class")) {
              out.putNextEntry(new ZipEntry(name));
              Files.copy(file, out);
            }
          }
        }
      }
    }
    return jar;
  }
}

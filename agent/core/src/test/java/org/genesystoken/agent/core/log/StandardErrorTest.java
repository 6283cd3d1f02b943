package org.genesystoken.agent.core.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** In a JVM of its own: this is about the process' streams and about what gets loaded. */
class StandardErrorTest {
  @Test
  void linesPassTheAppsStreamsAndItsLoggingBy(@TempDir Path directory) throws Exception {
    // given
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    String classPath =
        place(App.class)
            + File.pathSeparator
            + place(AgentLog.class)
            + File.pathSeparator
            + place(Logger.class);

    // when
    Process process =
        new ProcessBuilder(
                Paths.get(System.getProperty("java.home"), "bin", "java").toString(),
                "-verbose:class",
                "-Dslf4j.provider=no.such.Provider",
                "-cp",
                classPath,
                App.class.getName())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(30, TimeUnit.SECONDS);
    process.destroyForcibly();

    // then
    assertThat(ended).isTrue();
    String classes = new String(Files.readAllBytes(out), UTF_8);
    assertThat(new String(Files.readAllBytes(err), UTF_8))
        .matches("\\S+ \\[genesys-token-agent] INFO generation 1\\R");
    assertThat(classes)
        .contains(AgentLog.class.getName())
        .doesNotContain("org.slf4j.LoggerFactory")
        .doesNotContain("java.util.logging.");
  }

  private static String place(Class<?> type) throws Exception {
    return Paths.get(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  static final class App {
    private App() {}

    public static void main(String[] args) throws Exception {
      System.setErr(new PrintStream(new ByteArrayOutputStream(), true, "UTF-8"));
      new AgentLog("info", LogOutput.standardError()).info("generation {}", 1);
    }
  }
}

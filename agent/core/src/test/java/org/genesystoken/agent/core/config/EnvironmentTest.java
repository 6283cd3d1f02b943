package org.genesystoken.agent.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The environment as Linux shows it. */
class EnvironmentTest {
  @TempDir Path directory;

  @Test
  void variablesThatCanBeOursAreReadAndTheFirstOfANameCounts() throws IOException {
    assertThat(
            environment(
                "PATH=/bin\0GENESYS_CLIENT_ID=id=1\0G\0=x\0GITHUB_TOKEN=h\u00fcsh\0GENESYS_=\0GENESYS_AGENT_WAIT=\0"
                    + "GENESYS_CLIENT_ID=later\0HOME=/r\u00f6\0GENESYS_AGENT_REGION=us-east-1"))
        .containsOnly(
            entry("GENESYS_CLIENT_ID", "id=1"),
            entry("GENESYS_AGENT_WAIT", ""),
            entry("GENESYS_", ""),
            entry("GENESYS_AGENT_REGION", "us-east-1"));
  }

  @Test
  void aLongEnvironmentIsReadWhole() throws IOException {
    // given
    char[] many = new char[20_000];
    Arrays.fill(many, 'i');
    String id = new String(many);

    // when, then
    assertThat(environment("A=" + id + "\0GENESYS_CLIENT_ID=" + id))
        .containsOnly(entry("GENESYS_CLIENT_ID", id));
  }

  @Test
  void whatNeedsTheMachinesCharsetOrCannotBeReadIsLeftToTheJdk() throws IOException {
    assertThat(environment("GENESYS_CLIENT_SECRET=h\u00fcsh\0")).isNull();
    assertThat(environment("")).isNull();
    assertThat(Environment.in(new File(directory.toFile(), "absent"))).isNull();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void itIsTheEnvironmentOfTheJvm() {
    // given
    Map<String, String> all = System.getenv();

    // when
    Map<String, String> shown = Environment.in(new File("/proc/self/environ"));

    // then
    assertThat(shown).allSatisfy((name, value) -> assertThat(value).isEqualTo(all.get(name)));
    assertThat(all.keySet())
        .filteredOn(name -> name.startsWith("GENESYS_"))
        .allSatisfy(name -> assertThat(shown).containsKey(name));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whereThatIsNotTheJvmsOwnItIsNotRead() {
    // given
    String os = System.getProperty("os.name");
    String launcher = System.getProperty("sun.java.launcher");
    try {
      System.setProperty("sun.java.launcher", "SUN_STANDARD");
      assertThat(Environment.asStarted()).isNotNull();

      // when, then
      System.setProperty("os.name", "Windows 11");
      assertThat(Environment.asStarted()).isNull();
      System.setProperty("os.name", os);
      System.setProperty("sun.java.launcher", "generic");
      assertThat(Environment.asStarted()).isNull();
    } finally {
      System.setProperty("os.name", os);
      if (launcher == null) {
        System.clearProperty("sun.java.launcher");
      } else {
        System.setProperty("sun.java.launcher", launcher);
      }
    }
  }

  private Map<String, String> environment(String content) throws IOException {
    Path file = directory.resolve("environ");
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    return Environment.in(file.toFile());
  }
}

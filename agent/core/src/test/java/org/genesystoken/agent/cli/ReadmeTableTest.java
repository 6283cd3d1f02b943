package org.genesystoken.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.genesystoken.agent.core.config.Setting;
import org.junit.jupiter.api.Test;

/** Surefire runs in the module's directory; README is two above. */
class ReadmeTableTest {
  private static final Path README = Paths.get("../../README.md");
  private static final String BEGIN = "<!-- settings:begin -->\n";
  private static final String END = "<!-- settings:end -->";

  @Test
  void readmeHasTheTableThatTheDefinitionsGive() throws Exception {
    // given
    String readme =
        new String(Files.readAllBytes(README), StandardCharsets.UTF_8).replace("\r\n", "\n");
    int begin = readme.indexOf(BEGIN);

    // when
    String table = readme.substring(begin + BEGIN.length(), readme.indexOf(END, begin));

    // then
    assertThat(table.trim())
        .as("README between the markers must be:\n%s", SettingsTable.markdown())
        .isEqualTo(SettingsTable.markdown().trim());
  }

  @Test
  void theTableHasOneRowOfThreeCellsForEverySetting() {
    // when
    String[] lines = SettingsTable.markdown().split("\n");

    // then
    assertThat(lines).hasSize(Setting.values().length + 2);
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.replace("\\|", "").split("\\|")).hasSize(4));
    assertThat(lines[2]).startsWith("| `enabled` | true | Whether");
  }
}

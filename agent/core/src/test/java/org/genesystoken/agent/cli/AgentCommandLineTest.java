package org.genesystoken.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.genesystoken.agent.core.config.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgentCommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @ParameterizedTest
  @EnumSource(Setting.class)
  void helpExplainsEverySettingWithItsDefault(Setting setting) throws Exception {
    // when
    int exit = run("--help");

    // then
    String facts =
        setting.help()
            + (setting.allowed() == null ? "" : " Allowed: " + setting.allowed() + ".")
            + (setting.defaultText() == null ? "" : " Default: " + setting.defaultText() + ".");
    assertThat(exit).isZero();
    assertThat(text(out).split("\\R")).contains("  " + setting.key());
    assertThat(oneLine(text(out))).contains(facts);
    assertThat(text(err)).isEmpty();
  }

  @Test
  void helpShowsTheFlagTheSpellingsTheExamplesAndTheExitCodes() throws Exception {
    // when
    run("--help");

    // then
    assertThat(text(out))
        .contains("Usage: java -jar genesys-token-agent.jar [-hV]")
        .contains("java -javaagent:genesys-token-agent.jar=region=us-east-1 -jar app.jar")
        .contains("refresh-ahead=5m")
        .contains("-Dgenesys.agent.refresh-ahead=5m")
        .contains("GENESYS_AGENT_REFRESH_AHEAD=5m")
        .contains("config=/etc/genesys-token-agent.properties")
        .containsPattern("0 +help or version printed")
        .containsPattern("2 +unknown option");
    assertThat(text(out).split("\\R")).allSatisfy(line -> assertThat(line).hasSizeLessThan(101));
  }

  @Test
  void noArgumentIsAskingForHelp() throws Exception {
    // given
    run("--help");
    String help = text(out);
    out.reset();

    // when
    int exit = run();

    // then
    assertThat(exit).isZero();
    assertThat(text(out)).isEqualTo(help);
  }

  @Test
  void versionIsTheOneOfTheBuild() throws Exception {
    // given
    String pom = read(Paths.get("pom.xml"));
    String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));

    // when
    int exit = run("--version");

    // then
    assertThat(exit).isZero();
    assertThat(text(out).trim()).isEqualTo("genesys-token-agent " + version);
  }

  @Test
  void anUnknownOptionIsMisuse() throws Exception {
    // when
    int exit = run("--halp");

    // then
    assertThat(exit).isEqualTo(2);
    assertThat(text(err)).contains("'--halp'").contains("--help");
    assertThat(text(out)).isEmpty();
  }

  private int run(String... args) throws UnsupportedEncodingException {
    return AgentCommandLine.run(
        args, new PrintStream(out, true, "UTF-8"), new PrintStream(err, true, "UTF-8"));
  }

  private static String text(ByteArrayOutputStream stream) {
    return new String(stream.toByteArray(), StandardCharsets.UTF_8);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ");
  }

  private static String read(Path path) throws Exception {
    return new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
  }
}

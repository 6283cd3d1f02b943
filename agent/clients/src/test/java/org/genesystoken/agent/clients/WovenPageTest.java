package org.genesystoken.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of this module shows each client's weave as its class's own Javadoc does. */
class WovenPageTest {
  private static final Path PAGE = Paths.get("README.md");
  private static final String BEGIN = "<!-- woven:begin -->\n";
  private static final String END = "<!-- woven:end -->";
  private static final String JAVADOC = "<pre>{@code\n";

  @Test
  void thePageShowsWhatTheClassesSay() throws IOException {
    // given
    String page = read(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();

    // when
    StringBuilder expected = new StringBuilder();
    for (String[] client : Clients.ALL) {
      expected.append(section(client));
    }

    // then
    assertThat(page.substring(begin, page.indexOf(END, begin)).trim())
        .as("%s between the markers must be:\n%s", PAGE, expected)
        .isEqualTo(expected.toString().trim());
  }

  private static String section(String[] client) throws IOException {
    String name = client[0].substring(client[0].lastIndexOf('.') + 1);
    StringBuilder section = new StringBuilder("\n### ").append(name).append("\n\nWoven:");
    for (int i = 1; i < client.length; i++) {
      section.append(i == 1 ? " `" : ", `").append(client[i].replace('/', '.')).append('`');
    }
    section.append("\n\n```java\n");
    String source = read(source(client[0]));
    int start = source.indexOf(JAVADOC) + JAVADOC.length();
    assertThat(start)
        .as("%s shows the woven methods as Java", name)
        .isGreaterThan(JAVADOC.length());
    for (String line :
        source
            .substring(start, source.lastIndexOf('\n', source.indexOf("}</pre>", start)))
            .split("\n", -1)) {
      section.append(line.replaceFirst("^ \\* ?", "").replaceFirst("\\s+$", "")).append('\n');
    }
    return section.append("```\n").toString();
  }

  private static Path source(String className) throws IOException {
    String file = className.replace('.', '/') + ".java";
    try (Stream<Path> roots = Files.list(Paths.get("src", "main"))) {
      return roots.map(root -> root.resolve(file)).filter(Files::exists).findFirst().orElseThrow();
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}

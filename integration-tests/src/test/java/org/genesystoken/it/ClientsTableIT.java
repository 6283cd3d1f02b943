package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of the clients and versions, as README shows it, is that of the tests that ran before
 * this one. A JDK that is not on this machine is taken as README has it.
 */
class ClientsTableIT {
  private static final Path PAGE = Path.of("..", "README.md");
  private static final String BEGIN = "<!-- clients:begin -->\n";
  private static final String END = "<!-- clients:end -->";

  /** A label: a name, a version of what an app brings along, a way of calling. */
  private static final Pattern LABEL =
      Pattern.compile("(java\\.net\\.http|.+?)(?: ([0-9][0-9.]*))?(?: ([a-z].*))?");

  @Test
  void theReadmeHasTheTableOfTheClientsThatPassed() throws IOException {
    // given
    Set<String> passed = passed();
    String page = Files.readString(PAGE).replace("\r\n", "\n");
    int begin = page.indexOf(BEGIN) + BEGIN.length();

    // when
    String expected = table(passed);

    // then
    assertThat(page.substring(begin, page.indexOf(END, begin)).trim())
        .as("%s between the markers must be:\n%s", PAGE, expected)
        .isEqualTo(expected.trim());
  }

  /** Of a run of all, as those of some say nothing of the others. */
  private static Set<String> passed() throws IOException {
    Path file = ForkedApp.target(ResultTable.PASSED);
    Set<String> passed = Files.exists(file) ? Set.copyOf(Files.readAllLines(file)) : Set.of();
    for (Client client : Client.values()) {
      assumeThat(releases(passed, client, client.since()))
          .as("JDKs with tests of %s", client)
          .isNotEmpty();
    }
    return passed;
  }

  private static String table(Set<String> passed) {
    Map<Row, Versions> rows = new LinkedHashMap<>();
    for (Client client : Client.values()) {
      Matcher label = LABEL.matcher(client.toString());
      assertThat(label.matches()).as(client.toString()).isTrue();
      Versions versions =
          rows.computeIfAbsent(
              new Row(label.group(1), releases(passed, client, client.since())),
              row -> new Versions(new LinkedHashSet<>(), new LinkedHashSet<>()));
      versions.numbers().add(label.group(2) == null ? "the JDK's" : label.group(2));
      versions.ways().add(label.group(3) == null ? "" : label.group(3));
    }
    for (SdkIT.Connector connector : SdkIT.Connector.values()) {
      rows.computeIfAbsent(
              new Row("Genesys' own SDK, `platform-client-v2`", releases(passed, connector, 8)),
              row -> new Versions(Set.of(System.getProperty("sdk.version")), new LinkedHashSet<>()))
          .ways()
          .add("by " + connector.label());
    }
    StringBuilder table = new StringBuilder("| client | versions tested | Java |\n|---|---|---|\n");
    rows.forEach(
        (row, versions) ->
            table
                .append("| ")
                .append(row.name())
                .append(" | ")
                .append(String.join(", ", versions.numbers()))
                .append(ways(versions.ways()))
                .append(" | ")
                .append(
                    row.releases().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                .append(" |\n"));
    return table.toString();
  }

  /** An empty way is the usual one of that client. */
  private static String ways(Set<String> ways) {
    String named = ways.stream().filter(way -> !way.isEmpty()).collect(Collectors.joining("; "));
    return named.isEmpty() ? "" : (ways.contains("") ? "; also " : ": ") + named;
  }

  /**
   * @param client as the rows name it
   * @param since the first release that is asked for
   */
  private static List<Integer> releases(Set<String> passed, Object client, int since) {
    return Jdks.all().entrySet().stream()
        .filter(jdk -> jdk.getKey() >= since)
        .filter(
            jdk ->
                jdk.getValue().isEmpty() || passed.contains(ResultTable.line(client, jdk.getKey())))
        .map(Map.Entry::getKey)
        .toList();
  }

  private record Row(String name, List<Integer> releases) {}

  private record Versions(Set<String> numbers, Set<String> ways) {}
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of the clients and versions that the matrix runs, as README shows it. */
class ClientsTableIT {
  private static final Path PAGE = Path.of("..", "README.md");
  private static final String BEGIN = "<!-- clients:begin -->\n";
  private static final String END = "<!-- clients:end -->";

  /** A label: a name, a version of what an app brings along, a way of calling. */
  private static final Pattern LABEL =
      Pattern.compile("(java\\.net\\.http|.+?)(?: ([0-9][0-9.]*))?(?: ([a-z].*))?");

  @Test
  void theReadmeHasTheTableThatTheClientsGive() throws IOException {
    // given
    String page = Files.readString(PAGE).replace("\r\n", "\n");
    int begin = page.indexOf(BEGIN) + BEGIN.length();

    // when
    String expected = table();

    // then
    assertThat(page.substring(begin, page.indexOf(END, begin)).trim())
        .as("%s between the markers must be:\n%s", PAGE, expected)
        .isEqualTo(expected.trim());
  }

  private static String table() {
    Map<Row, Versions> rows = new LinkedHashMap<>();
    for (Client client : Client.values()) {
      Matcher label = LABEL.matcher(client.toString());
      assertThat(label.matches()).as(client.toString()).isTrue();
      Versions versions =
          rows.computeIfAbsent(
              new Row(label.group(1), client.since()),
              row -> new Versions(new LinkedHashSet<>(), new LinkedHashSet<>()));
      versions.numbers().add(label.group(2) == null ? "the JDK's" : label.group(2));
      versions.ways().add(label.group(3) == null ? "" : label.group(3));
    }
    String connectors =
        Stream.of(SdkIT.Connector.values())
            .map(SdkIT.Connector::label)
            .collect(Collectors.joining("; ", "by way of ", ""));
    rows.put(
        new Row("Genesys' own SDK, `platform-client-v2`", 8),
        new Versions(Set.of(System.getProperty("sdk.version")), Set.of(connectors)));
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
                .append(releases(row.since()))
                .append(" |\n"));
    return table.toString();
  }

  /** An empty way is the usual one of that client. */
  private static String ways(Set<String> ways) {
    String named = ways.stream().filter(way -> !way.isEmpty()).collect(Collectors.joining("; "));
    return named.isEmpty() ? "" : (ways.contains("") ? "; also " : ": ") + named;
  }

  private static String releases(int since) {
    List<String> releases =
        Jdks.WANTED.stream()
            .filter(release -> release >= since)
            .map(release -> String.valueOf(release))
            .toList();
    return String.join(", ", releases);
  }

  private record Row(String name, int since) {}

  private record Versions(Set<String> numbers, Set<String> ways) {}
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of what is sent again, as the scenarios have it that {@link ScenariosIT} runs. */
class ReplayTableIT {
  private static final Path PAGE = Path.of("..", "agent", "clients", "README.md");
  private static final String BEGIN = "<!-- replays:begin -->\n";
  private static final String END = "<!-- replays:end -->";

  /** The release that has all clients; nothing is run. */
  private static final Jdks.Jdk NEWEST = new Jdks.Jdk(25, Path.of("."));

  /** Kinds of calls, each with a pattern that finds the scenarios of its kind by their names. */
  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "GET, HEAD, or DELETE without a body", "expired, (no Auth|HEAD|DELETE without).*"),
          new Kind(
              "A body that the JDK holds in memory, of any length and method",
              "expired, (POST|PUT|PATCH|DELETE) with \\d+ bytes"),
          new Kind(
              "A body streamed by `setFixedLengthStreamingMode` or `setChunkedStreamingMode`, up to"
                  + " `replay-body-limit`",
              "expired, streaming mode .*(?<!not replayed)"),
          new Kind("The same, longer", "expired, streaming mode .*not replayed"),
          new Kind("`BodyPublishers.ofFile`, of any length", "expired, publisher file.*"),
          new Kind(
              "Any other publisher, also one that can be read only once, up to"
                  + " `replay-body-limit`",
              "expired, publisher (?!file).*(?<!not replayed)"),
          new Kind("The same, longer", "expired, publisher .*not replayed"),
          new Kind("Every body handler, with a 401 of 1 to 100 KB", "body handler .*, expired.*"),
          new Kind("Behind a redirect", "expired, behind a redirect.*"),
          new Kind("Through a proxy's tunnel", "expired, through a proxy.*"),
          new Kind("A subclass of the app's that delegates", "expired, a subclass of .*"),
          new Kind("A 401 with another code, a 403, a 429, a 5xx", ".*: byte for byte"),
          new Kind("A call with the app's own Basic", "app's own Basic, 401 expired: passed on"),
          new Kind(
              "A replay that is refused as well", "every token refused: one refresh, one replay.*"),
          new Kind("Where there is no token to be had", "(expired, and )?no token to be had.*"));

  @Test
  void thePageHasTheTableThatTheScenariosGive() throws IOException {
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
    StringBuilder table =
        new StringBuilder("| what is refused | HttpURLConnection | java.net.http |\n");
    table.append("|---|---|---|\n");
    for (Kind kind : KINDS) {
      List<Scenario> rows = Scenarios.all().stream().filter(kind::has).toList();
      assertThat(rows).as(kind.what()).isNotEmpty();
      table.append("| ").append(kind.what()).append(" |");
      table.append(cell(kind, rows, Client.URL_CONNECTION::equals));
      table.append(cell(kind, rows, client -> client != Client.URL_CONNECTION)).append('\n');
    }
    return table.toString();
  }

  /** What all scenarios of a kind agree on, and how many there are. */
  private static String cell(Kind kind, List<Scenario> rows, Predicate<Client> family) {
    List<Scenario> of =
        rows.stream()
            .filter(
                row ->
                    Client.on(NEWEST)
                        .filter(family)
                        .anyMatch(client -> row.clients().test(client, NEWEST)))
            .toList();
    if (of.isEmpty()) {
      return " – |";
    }
    Set<Boolean> replayed = of.stream().map(ReplayTableIT::isReplayed).collect(Collectors.toSet());
    assertThat(replayed).as(kind.what()).hasSize(1);
    return (replayed.contains(true) ? " sent again" : " left to the app")
        + (of.size() == 1 ? " (1 scenario) |" : " (" + of.size() + " scenarios) |");
  }

  private static boolean isReplayed(Scenario row) {
    return switch (row.expected()) {
      case AS_WITH_A_LIVE_TOKEN, SUCCESS -> true;
      case AS_WITHOUT_AGENT, FAILS_ONCE -> false;
    };
  }

  private record Kind(String what, String names) {
    boolean has(Scenario row) {
      return Pattern.matches(names, row.name());
    }
  }
}

package org.genesystoken.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Listens to the run, and prints scenarios × clients × JDKs at its end, also to {@code
 * target/scenarios.md}; and to {@link #PASSED} which clients have passed all their rows on which
 * JDKs, a line each. Thread-safe.
 */
public final class ResultTable implements TestExecutionListener {
  static final String SEPARATOR = " · ";

  static final String PASSED = "passed.txt";

  /** The column of what is not about one client. */
  static final String ALL_CLIENTS = "all clients";

  /** Scenario, then client, then JDK, then its sign. */
  private final Map<String, Map<String, Map<Integer, String>>> rows = new LinkedHashMap<>();

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String[] parts = test.getDisplayName().split(SEPARATOR, 3);
    if (!test.isTest() || parts.length < 3) {
      return;
    }
    int release = Integer.parseInt(parts[0].replace("JDK ", ""));
    String sign =
        switch (result.getStatus()) {
          case SUCCESSFUL -> String.valueOf(release);
          case ABORTED -> release + " skipped";
          case FAILED -> "**" + release + " FAILED**";
        };
    rows.computeIfAbsent(parts[2], scenario -> new LinkedHashMap<>())
        .computeIfAbsent(parts[1], client -> new TreeMap<>())
        .put(release, sign);
  }

  /** A line of it. */
  static String line(Object client, int release) {
    return client + SEPARATOR + release;
  }

  private Set<String> passed() {
    Set<String> passed = new TreeSet<>();
    Set<String> others = new TreeSet<>();
    for (Map<String, Map<Integer, String>> clients : rows.values()) {
      clients.forEach(
          (client, results) ->
              results.forEach(
                  (release, sign) ->
                      (sign.equals(String.valueOf(release)) ? passed : others)
                          .add(line(client, release))));
    }
    passed.removeAll(others);
    return passed;
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (rows.isEmpty()) {
      return;
    }
    List<String> columns = new ArrayList<>();
    columns.add(ALL_CLIENTS);
    Stream.of(Client.values()).map(Client::toString).forEach(columns::add);
    StringBuilder table = new StringBuilder("Passed on JDK …\n\n| scenario |");
    columns.forEach(column -> table.append(' ').append(column).append(" |"));
    table.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
    rows.forEach(
        (scenario, clients) -> {
          table.append("| ").append(scenario).append(" |");
          for (String column : columns) {
            Map<Integer, String> results = clients.getOrDefault(column, Map.of());
            table.append(' ').append(results.isEmpty() ? "–" : String.join(" ", results.values()));
            table.append(" |");
          }
          table.append('\n');
        });
    Jdks.all()
        .forEach(
            (release, jdk) -> {
              if (jdk.isEmpty()) {
                table.append("\nJDK ").append(release).append(" was not found: SKIPPED.\n");
              }
            });
    System.out.println(table);
    try {
      Files.writeString(ForkedApp.target("scenarios.md"), table);
      Files.write(ForkedApp.target(PASSED), passed());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

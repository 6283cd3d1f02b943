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
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Listens to the run, and prints scenarios × clients × JDKs at its end, also to {@code
 * target/scenarios.md}. Thread-safe.
 */
public final class ResultTable implements TestExecutionListener {
  static final String SEPARATOR = " · ";

  /** Scenario and client, then JDK, then result. */
  private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

  private final Set<Integer> releases = new TreeSet<>(Jdks.WANTED);

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String[] parts = test.getDisplayName().split(SEPARATOR, 3);
    if (!test.isTest() || parts.length < 3) {
      return;
    }
    String sign =
        switch (result.getStatus()) {
          case SUCCESSFUL -> "ok";
          case ABORTED -> "skipped";
          case FAILED -> "FAILED";
        };
    rows.computeIfAbsent(parts[2] + " | " + parts[1], row -> new TreeMap<>()).put(parts[0], sign);
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (rows.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder("| scenario | client |");
    StringBuilder rule = new StringBuilder("|---|---|");
    for (int release : releases) {
      head.append(" JDK ").append(release).append(" |");
      rule.append("---|");
    }
    lines.add(head.toString());
    lines.add(rule.toString());
    rows.forEach(
        (row, results) -> {
          StringBuilder line = new StringBuilder("| " + row + " |");
          for (int release : releases) {
            line.append(' ').append(results.getOrDefault("JDK " + release, "–")).append(" |");
          }
          lines.add(line.toString());
        });
    String table = String.join("\n", lines) + "\n";
    System.out.println(table);
    try {
      Files.writeString(ForkedApp.target("scenarios.md"), table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

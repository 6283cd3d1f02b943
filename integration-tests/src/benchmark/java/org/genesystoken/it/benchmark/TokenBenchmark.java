package org.genesystoken.it.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Prints the table: each case with each library, each in a JVM of its own. */
public final class TokenBenchmark {
  private static final String RESULT = "result: ";
  private static final String CPU_TIME = "-CPU_TIME";

  private TokenBenchmark() {}

  /**
   * @param args none, or names of cases to run, or a case and a library: that one, in this JVM
   */
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (args.length == 2 && args[0].equals(CPU_TIME)) {
      FastPath path = new FastPath();
      path.warm();
      out.println(RESULT + String.format(Locale.ROOT, "%.1f", CpuTime.nanosOf(path.call(args[1]))));
      System.exit(0);
    }
    if (args.length == 2 && args[0].startsWith("-")) {
      out.println(RESULT + Cases.valueOf(args[0].substring(1)).measure(Library.valueOf(args[1])));
      System.exit(0);
    }
    List<String> wanted = Arrays.asList(args);
    out.println("Java " + System.getProperty("java.version"));
    out.println("| case | goal |" + titles());
    out.println("|---|---|" + "---|".repeat(Library.values().length));
    for (Cases each : Cases.values()) {
      if (wanted.isEmpty() || wanted.contains(each.name())) {
        StringBuilder row = new StringBuilder("| " + each.title + " | " + each.goal + " |");
        for (Library library : Library.values()) {
          row.append(' ').append(forked("-" + each.name(), library.name())).append(" |");
        }
        out.println(row);
      }
    }
    if (wanted.isEmpty() || wanted.contains("FAST_PATH")) {
      fastPath(out);
    }
  }

  private static String titles() {
    StringBuilder titles = new StringBuilder();
    for (Library library : Library.values()) {
      titles.append(' ').append(library.title).append(" |");
    }
    return titles.toString();
  }

  private static String forked(String what, String of) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(TokenBenchmark.class.getName());
    command.add(what);
    command.add(of);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String result = "failed";
    StringBuilder said = new StringBuilder();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(RESULT)) {
          result = line.substring(RESULT.length());
        }
        said.append(line).append('\n');
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(what + " " + of + ":\n" + said);
    }
    return result;
  }

  private static void fastPath(PrintStream out) throws Exception {
    Map<String, String> cells = new TreeMap<>();
    for (RunResult result :
        new Runner(
                new OptionsBuilder()
                    .include(FastPath.class.getName())
                    .addProfiler(GCProfiler.class)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run()) {
      String name = result.getParams().getBenchmark();
      name = name.substring(name.lastIndexOf('.') + 1);
      double bytes =
          result.getSecondaryResults().entrySet().stream()
              .filter(entry -> entry.getKey().endsWith("gc.alloc.rate.norm"))
              .mapToDouble(entry -> entry.getValue().getScore())
              .findFirst()
              .orElse(Double.NaN);
      cells.put(
          name,
          String.format(
              Locale.ROOT,
              "%s ns of CPU (JMH %.1f ns), %.0f B",
              forked(CPU_TIME, name),
              result.getPrimaryResult().getScore(),
              bytes));
    }
    out.printf(
        "| fast path, matched host | ≤ 60 ns, 0 B | %s | %s | %s | %s | %s |%n",
        cells.get("agentMatched"),
        cells.get("googleMatched"),
        cells.get("awsMatched"),
        cells.get("springMatched"),
        cells.get("msalMatched"));
    out.printf(
        "| fast path, unmatched host | ≤ 5 ns, 0 B | %s | – | – | – | – |%n",
        cells.get("agentUnmatched"));
  }
}

package org.genesystoken.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Where the time of a first call goes, step by step: the JVM's own log of class loading has a
 * time-stamp where each step begins.
 */
final class Waterfall {
  private static final String AGENT = "org.genesystoken.agent.";

  /** A step, and the beginning of the name of the class by whose loading the next one begins. */
  private record Step(String name, String next) {}

  private static final List<Step> STEPS =
      List.of(
          new Step("the JVM, up to the agent", AGENT + "premain.GenesysTokenAgent"),
          new Step("the isolated loader, and its first pack", AGENT + "core.config."),
          new Step("the configuration", AGENT + "clients.Transformer"),
          new Step("the transformer, a look at loaded classes", "org.genesystoken.it.bench."),
          new Step("the app, up to its connection", AGENT + "clients.ClientWeaver"),
          new Step("the bridge, the policy, Byte Buddy's pack", "net.bytebuddy."),
          new Step("the weave", "sun.net.www.protocol.http.HttpURLConnection"),
          new Step("the JDK calls, the hooks with it", null));

  private static final int MILLIS_A_MARK = 4;

  private Waterfall() {}

  /** The JVM flag that has it write the log. */
  static String flag(Path log) {
    return "-Xlog:class+load:file=" + log + ":uptimenanos";
  }

  /**
   * Adds the milliseconds of each step to its row.
   *
   * @param row makes or finds the row of a step's name
   */
  static void read(Path log, Function<String, Row> row) throws IOException {
    List<String> lines = Files.readAllLines(log);
    double begun = 0;
    int at = 0;
    for (Step step : STEPS) {
      while (at < lines.size() - 1
          && (step.next == null || !className(lines.get(at)).startsWith(step.next))) {
        at++;
      }
      double end = millis(lines.get(at));
      row.apply(step.name).add(Subject.OURS_GIVEN, end - begun);
      begun = end;
    }
  }

  /** Of {@code [123456ns] a.b.C source: ...}. */
  private static String className(String line) {
    int start = line.indexOf("] ") + 2;
    int end = line.indexOf(' ', start);
    return line.substring(start, end < 0 ? line.length() : end);
  }

  private static double millis(String line) {
    return Long.parseLong(line.substring(1, line.indexOf("ns]"))) / 1e6;
  }

  /** The steps one under the other, each where the one before ends. */
  static List<String> drawn(List<Row> steps) {
    int width = STEPS.stream().mapToInt(step -> step.name.length()).max().orElseThrow();
    List<String> lines = new ArrayList<>();
    double begun = 0;
    for (Row step : steps) {
      double millis = step.median(Subject.OURS_GIVEN);
      int from = marks(begun);
      begun += millis;
      lines.add(
          String.format("%-" + width + "s %6s ms  ", step.name(), BenchmarkPage.number(millis, 1))
              + " ".repeat(from)
              + "█".repeat(Math.max(1, marks(begun) - from)));
    }
    return lines;
  }

  private static int marks(double millis) {
    return (int) Math.round(millis / MILLIS_A_MARK);
  }
}

package org.genesystoken.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The results as a page for people. */
final class BenchmarkPage {
  private static final String COMMAND = "mvn -q -Pbenchmark verify";

  /** Between these two lines the page is written anew; the rest of it is written by hand. */
  private static final String BEGIN = "<!-- results:begin -->";

  private static final String END = "<!-- results:end -->";

  private final List<Row> rows;
  private final List<Row> steps;
  private final StringBuilder text = new StringBuilder();

  private BenchmarkPage(List<Row> rows, List<Row> steps) {
    this.rows = rows;
    this.steps = steps;
  }

  /**
   * Writes table and chart.
   *
   * @param steps of a first call, in order, for each JDK
   * @param quick whether the figures are of no worth: a trial of the benchmark itself, which leaves
   *     the page in the repository alone
   */
  static void write(Path folder, List<Row> rows, List<Row> steps, boolean quick)
      throws IOException {
    String results = new BenchmarkPage(rows, steps).results(quick);
    String chart = BarChart.of(rows);
    if (quick) {
      Files.writeString(ForkedApp.target("benchmarks-quick.md"), results);
      Files.writeString(ForkedApp.target("benchmarks-quick.svg"), chart);
      return;
    }
    Path page = folder.resolve("BENCHMARKS.md");
    String before = Files.readString(page);
    int begin = before.indexOf(BEGIN) + BEGIN.length();
    Files.writeString(
        page,
        before.substring(0, begin)
            + "\n![chart](benchmarks.svg)\n"
            + results
            + before.substring(before.indexOf(END)));
    Files.writeString(folder.resolve("benchmarks.svg"), chart);
  }

  private String results(boolean quick) throws IOException {
    line("");
    line(
        (quick ? "A trial run, its figures say nothing. " : "")
            + "Measured by `"
            + COMMAND
            + "` on "
            + Runtime.getRuntime().availableProcessors()
            + " cores, "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ". Medians of the ratios (or differences) turn by turn, and in brackets where the middle half of"
            + " them lies:");
    line("");
    goals();
    line("Medians; in brackets the median of the ratios to no agent, turn by turn:");
    line("");
    Set<Integer> releases = new LinkedHashSet<>();
    rows.forEach(row -> releases.add(row.release()));
    for (int release : releases) {
      table(release);
      waterfall(release);
    }
    jar();
    return text.toString();
  }

  private void goals() {
    line("| figure | goal | JDK 17 | JDK 25 |");
    line("|---|---|---|---|");
    ratio("hello world, CPU", Subject.OURS, Subject.EMPTY, "≤ 1.10");
    for (String client : List.of("HttpURLConnection", "java.net.http")) {
      ratio("first call, " + client + ", CPU", Subject.OURS_GIVEN, Subject.NOOP, "≤ 2.0");
      ratio("first call, " + client + ", CPU", Subject.OURS, Subject.NOOP, "(with a token call)");
    }
    ratio("hello world, archived classes, CPU", Subject.OURS_CACHED, Subject.NONE, "≤ 1.6 (25)");
    for (String client : List.of("HttpURLConnection", "java.net.http")) {
      for (String threads : List.of("1 thread", "32 threads")) {
        String name = client + ", " + threads;
        ratio(name + ", calls per second", Subject.OURS, Subject.NONE, "≥ 0.98");
        ratio(name + ", p99", Subject.OURS, Subject.NONE, "≤ 1.05");
      }
      difference(
          client + ", allocated per call, C1 alone", Subject.OURS, Subject.NONE, "≤ 64 B", "B");
      difference(
          "1,000 calls, " + client + ", RSS", Subject.OURS, Subject.EMPTY, "≤ 15 MiB", "MiB");
    }
    line("");
  }

  private void ratio(String name, String subject, String base, String goal) {
    line(
        "| "
            + name
            + ", "
            + subject
            + " / "
            + base
            + " | "
            + goal
            + " | "
            + ratio(name, 17, subject, base)
            + " | "
            + ratio(name, 25, subject, base)
            + " |");
  }

  private String ratio(String name, int release, String subject, String base) {
    for (Row row : rows) {
      if (row.name().equals(name) && row.release() == release && row.has(subject)) {
        return middle(row.ratios(subject, base), 2);
      }
    }
    return "–";
  }

  private void difference(String name, String subject, String base, String goal, String unit) {
    List<String> cells = new ArrayList<>();
    for (int release : new int[] {17, 25}) {
      String cell = "–";
      for (Row row : rows) {
        if (row.name().equals(name) && row.release() == release && row.has(subject)) {
          cell = middle(row.differences(subject, base), 1) + " " + unit;
        }
      }
      cells.add(cell);
    }
    line(
        "| "
            + name
            + ", "
            + subject
            + " − "
            + base
            + " | "
            + goal
            + " | "
            + String.join(" | ", cells)
            + " |");
  }

  /** The median, and where the middle half lies. */
  private static String middle(List<Double> pairs, int digits) {
    return number(Row.median(pairs), digits)
        + " ("
        + number(Row.quantile(pairs, 0.25), digits)
        + " … "
        + number(Row.quantile(pairs, 0.75), digits)
        + ")";
  }

  private void table(int release) {
    Set<String> subjects = new LinkedHashSet<>();
    for (Row row : rows) {
      row.subjects().forEach(subjects::add);
    }
    line("**JDK " + release + "**");
    line("");
    line("| | " + String.join(" | ", subjects) + " |");
    line("|---" + "|--:".repeat(subjects.size()) + "|");
    for (Row row : rows) {
      if (row.release() == release) {
        List<String> cells = new ArrayList<>();
        for (String subject : subjects) {
          cells.add(row.has(subject) ? cell(row, subject) : "");
        }
        line("| " + row.name() + " (" + row.unit() + ") | " + String.join(" | ", cells) + " |");
      }
    }
    line("");
  }

  private void waterfall(int release) {
    line(
        "A first call by HttpURLConnection, with a token given, step by step (with the class loading logged):");
    line("");
    line("```");
    Waterfall.drawn(steps.stream().filter(step -> step.release() == release).toList())
        .forEach(this::line);
    line("```");
    line("");
  }

  private static String cell(Row row, String subject) {
    String median = number(row.median(subject), row.median(subject) < 100 ? 1 : 0);
    double ratio = row.has(Subject.NONE) ? row.ratio(subject, Subject.NONE) : Double.NaN;
    boolean base = subject.equals(Subject.NONE) || !Double.isFinite(ratio);
    return base ? median : median + " (" + number(ratio, 2) + ")";
  }

  private void jar() throws IOException {
    long size = Files.size(ForkedApp.agentJar());
    line("**The jar**: " + number(size / 1e6, 2) + " MB");
    line("");
    line("| entry | bytes in the jar | bytes |");
    line("|---|--:|--:|");
    try (JarFile jar = new JarFile(ForkedApp.agentJar().toFile())) {
      for (JarEntry entry : java.util.Collections.list(jar.entries())) {
        if (!entry.isDirectory()) {
          line(
              "| `"
                  + entry.getName()
                  + "` | "
                  + entry.getCompressedSize()
                  + " | "
                  + inflated(jar, entry)
                  + " |");
        }
      }
    }
    line("");
  }

  /** A pack, which the jar stores as it is, begins with the two lengths that it has inflated. */
  private static long inflated(JarFile jar, JarEntry entry) throws IOException {
    if (!entry.getName().endsWith(".pack")) {
      return entry.getSize();
    }
    try (DataInputStream pack = new DataInputStream(jar.getInputStream(entry))) {
      return (long) pack.readInt() + pack.readInt();
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}

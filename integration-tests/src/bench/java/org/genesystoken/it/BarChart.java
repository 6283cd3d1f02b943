package org.genesystoken.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Some of the rows as bars, side by side: an SVG written by hand, light and dark. */
final class BarChart {
  private static final int WIDTH = 860;
  private static final int LABEL = 190;
  private static final int BAR = 14;
  private static final int GAP = 4;
  private static final int SPACE = 26;

  private static final Map<String, String> COLOURS =
      Map.of(
          Subject.NONE, "#8a8f98",
          Subject.EMPTY, "#b4b9c2",
          Subject.NOOP, "#b4b9c2",
          Subject.OURS, "#2f9e6b",
          Subject.OTEL, "#d98e32",
          Subject.SIDECAR, "#7a6fd0");

  private static final List<String> SHOWN =
      List.of(
          "hello world, CPU",
          "first call, HttpURLConnection, CPU",
          "first call, java.net.http, CPU",
          "HttpURLConnection, 1 thread, calls per second",
          "HttpURLConnection, 32 threads, calls per second",
          "java.net.http, 1 thread, calls per second",
          "java.net.http, 32 threads, calls per second");

  private final StringBuilder svg = new StringBuilder();
  private int y = 20;

  private BarChart() {}

  static String of(List<Row> rows) {
    BarChart chart = new BarChart();
    for (String name : SHOWN) {
      for (Row row : rows) {
        if (row.name().equals(name)) {
          chart.group(row);
        }
      }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
        + WIDTH
        + " "
        + chart.y
        + "\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n"
        + "<style>text{fill:#24292f}@media(prefers-color-scheme:dark){text{fill:#d0d7de}}</style>\n"
        + chart.svg
        + "</svg>\n";
  }

  /** The longest bar is as long as the chart is wide: each group has a scale of its own. */
  private void group(Row row) {
    List<String> subjects = new ArrayList<>();
    double longest = 0;
    for (String subject : row.subjects()) {
      if (COLOURS.containsKey(subject)) {
        subjects.add(subject);
        longest = Math.max(longest, row.median(subject));
      }
    }
    text(0, y, "JDK " + row.release() + ", " + row.name() + " (" + row.unit() + ")", "bold");
    y += GAP + GAP;
    for (String subject : subjects) {
      double value = row.median(subject);
      long length = Math.max(1, Math.round((WIDTH - LABEL - 110) * value / longest));
      text(0, y + BAR - 3, subject, "normal");
      svg.append("<rect x=\"")
          .append(LABEL)
          .append("\" y=\"")
          .append(y)
          .append("\" width=\"")
          .append(length)
          .append("\" height=\"")
          .append(BAR)
          .append("\" fill=\"")
          .append(COLOURS.get(subject))
          .append("\"/>\n");
      text(LABEL + (int) length + 6, y + BAR - 3, label(row, subject), "normal");
      y += BAR + GAP;
    }
    y += SPACE;
  }

  private static String label(Row row, String subject) {
    String value = BenchmarkPage.number(row.median(subject), 0);
    return subject.equals(Subject.NONE)
        ? value
        : value + " (" + BenchmarkPage.number(row.ratio(subject, Subject.NONE), 2) + ")";
  }

  private void text(int x, int baseline, String text, String weight) {
    svg.append("<text x=\"")
        .append(x)
        .append("\" y=\"")
        .append(baseline)
        .append("\" font-weight=\"")
        .append(weight)
        .append("\">")
        .append(text)
        .append("</text>\n");
  }
}

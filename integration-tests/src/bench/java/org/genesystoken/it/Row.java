package org.genesystoken.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One figure of several subjects, measured in turns: A B C C B A … One thread. */
final class Row {
  private final String name;
  private final int release;
  private final String unit;
  private final Map<String, List<Double>> samples = new LinkedHashMap<>();

  Row(String name, int release, String unit) {
    this.name = name;
    this.release = release;
    this.unit = unit;
  }

  String name() {
    return name;
  }

  int release() {
    return release;
  }

  String unit() {
    return unit;
  }

  Iterable<String> subjects() {
    return samples.keySet();
  }

  /**
   * A subject's next sample, which is of the same turn as the others' with as many before it: who
   * sits out turns, sits out the last ones.
   */
  void add(String subject, double sample) {
    samples.computeIfAbsent(subject, first -> new ArrayList<>()).add(sample);
  }

  boolean has(String subject) {
    return samples.containsKey(subject);
  }

  double median(String subject) {
    return median(samples.get(subject));
  }

  /** What a subject's samples are to the base's of the same turn. */
  List<Double> ratios(String subject, String base) {
    return pairs(subject, base, true);
  }

  /** Their median. */
  double ratio(String subject, String base) {
    return median(ratios(subject, base));
  }

  /** As {@link #ratios}, of the differences. */
  List<Double> differences(String subject, String base) {
    return pairs(subject, base, false);
  }

  private List<Double> pairs(String subject, String base, boolean divided) {
    List<Double> of = samples.get(subject);
    List<Double> to = samples.get(base);
    List<Double> pairs = new ArrayList<>();
    for (int i = 0; i < Math.min(of.size(), to.size()); i++) {
      pairs.add(divided ? of.get(i) / to.get(i) : of.get(i) - to.get(i));
    }
    return pairs;
  }

  static double median(List<Double> values) {
    return quantile(values, 0.5);
  }

  /**
   * @param share of the values that lie below, between them where it is none of them
   */
  static double quantile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}

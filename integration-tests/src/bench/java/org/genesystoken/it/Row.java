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

  /** A subject's next sample; all subjects have their first, then all their second, and so on. */
  void add(String subject, double sample) {
    samples.computeIfAbsent(subject, first -> new ArrayList<>()).add(sample);
  }

  boolean has(String subject) {
    return samples.containsKey(subject);
  }

  double median(String subject) {
    return median(samples.get(subject));
  }

  /** The median of what a subject's sample is to the base's of the same turn. */
  double ratio(String subject, String base) {
    return median(pairs(subject, base, true));
  }

  /** As {@link #ratio}, of the difference. */
  double difference(String subject, String base) {
    return median(pairs(subject, base, false));
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
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}

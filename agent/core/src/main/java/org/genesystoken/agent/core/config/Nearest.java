package org.genesystoken.agent.core.config;

import java.util.Locale;

/** Finds what a misspelt word was meant to be. A class of its own: loaded only when needed. */
final class Nearest {
  /** Longer than any key or region; bounds the work. */
  private static final int MAX_LENGTH = 64;

  private Nearest() {}

  /**
   * The candidate with the least edit distance (Levenshtein, any case); the first one of several.
   */
  static String of(String text, String... candidates) {
    String wanted = text.substring(0, Math.min(text.length(), MAX_LENGTH)).toLowerCase(Locale.ROOT);
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int distance = distance(wanted, candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /** The edit distance (Levenshtein). */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}

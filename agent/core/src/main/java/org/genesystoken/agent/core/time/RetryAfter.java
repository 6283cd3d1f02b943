package org.genesystoken.agent.core.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** The header of that name (RFC 9110 §10.2.3). */
public final class RetryAfter {
  private RetryAfter() {}

  /**
   * Reads seconds, fractions too, or a date.
   *
   * @param value may be null
   * @param date the answer's own {@code Date}, as the two clocks may be minutes apart; null: the
   *     machine's clock counts
   * @return milliseconds from now; -1 for anything else, a date that has passed among it
   */
  public static long millis(String value, String date, Clock clock) {
    if (value == null) {
      return -1;
    }
    double millis;
    try {
      millis = Double.parseDouble(value.trim()) * 1000;
    } catch (NumberFormatException e) {
      Instant until = instant(value);
      if (until == null) {
        return -1;
      }
      Instant now = instant(date);
      long nowMillis = now == null ? clock.currentTimeMillis() : now.toEpochMilli();
      millis = (double) until.toEpochMilli() - nowMillis;
    }
    // The cast turns what is too large into the largest long.
    return Double.isNaN(millis) || millis < 0 ? -1 : (long) millis;
  }

  /** Null if this (may be null) is no date that makes sense. */
  private static Instant instant(String text) {
    try {
      Instant instant =
          text == null
              ? null
              : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.trim()));
      // out of the bounds of milliseconds
      return instant == null || Math.abs(instant.getEpochSecond()) > 1L << 50 ? null : instant;
    } catch (DateTimeException e) {
      return null;
    }
  }
}

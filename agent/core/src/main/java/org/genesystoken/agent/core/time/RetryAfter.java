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
   * @return milliseconds from now, 0 for a date that has passed; -1 for anything else
   */
  public static long millis(String value, Clock clock) {
    if (value == null) {
      return -1;
    }
    double millis;
    try {
      millis = Double.parseDouble(value.trim()) * 1000;
    } catch (NumberFormatException e) {
      try {
        Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.trim()));
        millis = Math.max(0, (double) date.toEpochMilli() - clock.currentTimeMillis());
      } catch (DateTimeException | ArithmeticException notADate) {
        return -1;
      }
    }
    // The cast turns what is too large into the largest long.
    return Double.isNaN(millis) || millis < 0 ? -1 : (long) millis;
  }
}

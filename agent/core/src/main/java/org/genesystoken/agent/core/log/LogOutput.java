package org.genesystoken.agent.core.log;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.genesystoken.agent.core.config.Secret;

/**
 * Where the agent's lines go: {@code 2026-11-22T20:13:00.123Z [genesys-token-agent] WARN text}, in
 * UTC, one write a line. Writing never throws, and takes no lock of the app. Thread-safe. Light
 * enough for the time before the app's {@code main}: no SLF4J, no formatter.
 */
public final class LogOutput {
  /** What every line of the agent can be found by. */
  public static final String TAG = "[genesys-token-agent]";

  private static final long DAY = 86_400_000;

  /** Shorter texts are words of a line rather than secrets. */
  private static final int MIN_SECRET = 4;

  /**
   * Many times as many as a configuration has. One that is read again from its file, or granted, is
   * not among them: no line of the agent quotes an answer or a file.
   */
  private static final int MAX_SECRETS = 64;

  private final OutputStream out;
  private final Charset charset;
  private final Clock clock;

  /** Replaced as a whole, so that writers need no lock. */
  private volatile String[] secrets = {};

  LogOutput(OutputStream out, Charset charset, Clock clock) {
    this.out = out;
    this.charset = charset;
    this.clock = clock;
  }

  /**
   * The process' standard error: the file descriptor rather than {@code System.err}. An app may
   * replace {@code System.err} by a stream that logs, which may call the agent again, and a thread
   * that prints a stack trace holds its lock.
   */
  public static LogOutput standardError() {
    return new LogOutput(
        new FileOutputStream(FileDescriptor.err), errorCharset(), Clock.systemUTC());
  }

  /**
   * Appends to a file (UTF-8), which only its owner may read where the file system knows owners and
   * the file is new. If it cannot be opened: standard error, and a line that says so.
   *
   * @param file null: standard error
   */
  public static LogOutput of(File file) {
    return of(file, standardError());
  }

  static LogOutput of(File file, LogOutput fallback) {
    if (file == null) {
      return fallback;
    }
    try {
      if (file.createNewFile()) {
        ownerOnly(file);
      }
      return new LogOutput(
          new FileOutputStream(file, true), StandardCharsets.UTF_8, fallback.clock);
    } catch (IOException | SecurityException e) {
      fallback.warn(
          "log-file="
              + file
              + " cannot be opened: "
              + e.getMessage()
              + "; create its directory and let this user write there; logging to standard error");
      return fallback;
    }
  }

  /** From now on this secret is written as {@code ***}, wherever it turns up. Null: no effect. */
  public synchronized void hide(Secret secret) {
    if (secret == null || secret.value().length() < MIN_SECRET) {
      return;
    }
    String[] before = secrets;
    for (String known : before) {
      if (known.equals(secret.value())) {
        return;
      }
    }
    int kept = Math.min(before.length, MAX_SECRETS - 1);
    String[] after = new String[kept + 1];
    System.arraycopy(before, before.length - kept, after, 0, kept);
    after[kept] = secret.value();
    secrets = after;
  }

  /** Writes a line that no log level keeps back: why the agent stays inactive. */
  public void error(String text) {
    write("ERROR", text, null);
  }

  /** Writes a line about what is odd in the configuration. */
  public void warn(String text) {
    write("WARN", text, null);
  }

  /**
   * @param more further lines, or null
   */
  void write(String level, String text, String more) {
    try {
      StringBuilder line = new StringBuilder(128);
      appendTime(line, clock.millis());
      line.append(' ').append(TAG).append(' ').append(level).append(' ');
      appendOnOneLine(line, hidden(text));
      line.append(System.lineSeparator());
      if (more != null) {
        line.append(hidden(more));
      }
      out.write(line.toString().getBytes(charset));
    } catch (IOException | RuntimeException e) {
      // nowhere left to report it, and the app must not notice
    }
  }

  private String hidden(String text) {
    String shown = text;
    for (String secret : secrets) {
      // not String.replace: a regular expression on Java 8
      int at = shown.indexOf(secret);
      while (at >= 0) {
        shown = shown.substring(0, at) + "***" + shown.substring(at + secret.length());
        at = shown.indexOf(secret, at + 3);
      }
    }
    return shown;
  }

  private static void appendOnOneLine(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // a foreign text, such as a server's answer, must not forge a line or drive a terminal
      boolean control = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      line.append(control ? ' ' : c);
    }
  }

  /** ISO 8601 by arithmetic: java.time's formatter costs more than the rest of the start-up. */
  private static void appendTime(StringBuilder line, long millis) {
    long days = Math.floorDiv(millis, DAY);
    long rest = Math.floorMod(millis, DAY);
    // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days; years begin
    // in March there
    long shifted = days + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    long dayOfEra = Math.floorMod(shifted, 146_097L);
    long yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long fromMarch = (5 * dayOfYear + 2) / 153;
    long day = dayOfYear - (153 * fromMarch + 2) / 5 + 1;
    long month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
    append(line, year, 4, '-');
    append(line, month, 2, '-');
    append(line, day, 2, 'T');
    append(line, rest / 3_600_000, 2, ':');
    append(line, rest / 60_000 % 60, 2, ':');
    append(line, rest / 1_000 % 60, 2, '.');
    append(line, rest % 1_000, 3, 'Z');
  }

  private static void append(StringBuilder line, long number, int width, char end) {
    String digits = Long.toString(number);
    for (int i = digits.length(); i < width; i++) {
      line.append('0');
    }
    line.append(digits).append(end);
  }

  private static void ownerOnly(File file) {
    // java.io on purpose: java.nio.file is not touched before the app starts. Where the file system
    // has no such permissions (false is returned), the directory's rules hold.
    file.setReadable(false, false);
    file.setWritable(false, false);
    file.setReadable(true, true);
    file.setWritable(true, true);
  }

  /** What the JVM itself would encode standard error with. */
  private static Charset errorCharset() {
    try {
      String name = System.getProperty("stderr.encoding");
      if (name == null) {
        name = System.getProperty("sun.stderr.encoding");
      }
      return name == null ? Charset.defaultCharset() : Charset.forName(name);
    } catch (IllegalArgumentException e) {
      return Charset.defaultCharset();
    }
  }
}

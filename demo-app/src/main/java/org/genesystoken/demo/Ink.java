package org.genesystoken.demo;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What the output can show: symbols or ASCII, colours or none, a line redrawn or not. Immutable.
 */
final class Ink {
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String YELLOW = "\u001b[33m";
  private static final String BOLD = "\u001b[1m";
  private static final String FAINT = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final boolean symbols;
  private final boolean colours;
  private final boolean live;

  Ink(boolean symbols, boolean colours, boolean live) {
    this.symbols = symbols;
    this.colours = colours;
    this.live = live;
  }

  /**
   * @param terminal whether a person's terminal is at the other end
   * @param environment the environment: {@code NO_COLOR} (no-color.org), {@code TERM}; a Windows
   *     console shows colours only where {@code WT_SESSION} or {@code ANSICON} says so
   * @param charset what the other end reads
   */
  static Ink of(
      boolean terminal, boolean windows, Map<String, String> environment, Charset charset) {
    String noColor = environment.get("NO_COLOR");
    boolean capable =
        windows
            ? environment.containsKey("WT_SESSION") || environment.containsKey("ANSICON")
            : !"dumb".equals(environment.get("TERM"));
    return new Ink(
        charset.equals(StandardCharsets.UTF_8),
        terminal && capable && (noColor == null || noColor.isEmpty()),
        terminal);
  }

  /** Whether the row in progress may be drawn again over itself. */
  boolean isLive() {
    return live;
  }

  char symbol(Mark mark) {
    return symbols ? mark.symbol : mark.asciiSymbol;
  }

  String paint(Mark mark, String text) {
    switch (mark) {
      case GOOD:
        return colour(GREEN, text);
      case ABSORBED:
      case RENEWED:
        return colour(BOLD + YELLOW, text);
      case REFUSED:
      case BROKEN:
        return colour(RED, text);
      case DECLINED:
        return text;
    }
    throw new AssertionError(mark);
  }

  String bold(String text) {
    return colour(BOLD, text);
  }

  String faint(String text) {
    return colour(FAINT, text);
  }

  private String colour(String code, String text) {
    return colours ? code + text + PLAIN : text;
  }
}

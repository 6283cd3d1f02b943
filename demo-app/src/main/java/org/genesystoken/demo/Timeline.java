package org.genesystoken.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws a row a second, both sides in it, and below a row the sentences that belong to it. Rows are
 * only ever appended; on a terminal the row in progress grows before one's eyes. Not thread-safe.
 */
final class Timeline {
  private static final String INDENT = "       ";
  private static final int LANE_WIDTH = 25;
  private static final long ROW_MILLIS = 1000;

  private final PrintStream out;
  private final Ink ink;
  private final Lane without = new Lane();
  private final Lane with = new Lane();
  private final List<String> sentences = new ArrayList<>();
  private long row;

  Timeline(PrintStream out, Ink ink) {
    this.out = out;
    this.ink = ink;
  }

  void open() {
    out.println(INDENT + ink.bold(padded("without the agent", LANE_WIDTH) + "with the agent"));
    draw();
  }

  /**
   * @param millis since the start; what is earlier than the row in progress goes into that row
   * @param status as the program saw it; 0: no answer
   */
  void add(Side side, long millis, Mark mark, int status) {
    advance(millis);
    (side == Side.WITH ? with : without).add(mark, status);
    draw();
  }

  void say(long millis, String sentence) {
    advance(millis);
    sentences.add(String.format(Locale.ROOT, "%s%.1f s  %s", INDENT, millis / 1000.0, sentence));
  }

  /** Ends the rows that are over. */
  void advance(long millis) {
    while (millis >= (row + 1) * ROW_MILLIS) {
      endRow();
      row++;
      draw();
    }
  }

  void close() {
    if (without.marks.isEmpty() && with.marks.isEmpty()) {
      if (ink.isLive()) {
        out.print("\r" + INDENT + "\r");
      }
    } else {
      endRow();
    }
    out.flush();
  }

  private void draw() {
    if (ink.isLive()) {
      out.print("\r" + text());
      out.flush();
    }
  }

  private void endRow() {
    out.println(ink.isLive() ? "\r" + text() : text());
    for (String sentence : sentences) {
      out.println(sentence);
    }
    out.flush();
    without.clear();
    with.clear();
    sentences.clear();
  }

  private String text() {
    String time = ink.faint(String.format(Locale.ROOT, "%3d s  ", row));
    int gap = Math.max(2, LANE_WIDTH - without.width());
    return with.marks.isEmpty()
        ? time + without.text(ink)
        : time + without.text(ink) + padded("", gap) + with.text(ink);
  }

  private static String padded(String text, int width) {
    StringBuilder padded = new StringBuilder(text);
    while (padded.length() < width) {
      padded.append(' ');
    }
    return padded.toString();
  }

  /** One side of the row in progress: its marks, then in words what matters most in them. */
  private static final class Lane {
    private final List<Mark> marks = new ArrayList<>();
    private Mark gravest = Mark.GOOD;
    private String remark = "";

    void add(Mark mark, int status) {
      marks.add(mark);
      if (mark.compareTo(gravest) > 0) {
        gravest = mark;
        remark = "  " + remark(mark, status);
      }
    }

    void clear() {
      marks.clear();
      gravest = Mark.GOOD;
      remark = "";
    }

    int width() {
      return marks.isEmpty() ? 0 : 2 * marks.size() - 1 + remark.length();
    }

    String text(Ink ink) {
      StringBuilder text = new StringBuilder();
      for (Mark mark : marks) {
        text.append(text.length() == 0 ? "" : " ")
            .append(ink.paint(mark, String.valueOf(ink.symbol(mark))));
      }
      return text + (remark.isEmpty() ? "" : ink.paint(gravest, remark));
    }

    private static String remark(Mark mark, int status) {
      switch (mark) {
        case ABSORBED:
          return "new token";
        case RENEWED:
          return "renewed in time";
        default:
          return status == 0 ? "no answer" : String.valueOf(status);
      }
    }
  }
}

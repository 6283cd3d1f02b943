package org.genesystoken.it.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the app saw, as {@code key: value} lines in the order in which it looked. One thread. */
public final class Outcome {
  private final List<String> lines = new ArrayList<>();

  /** A look at something that may throw what it likes. */
  public interface Look {
    Object get() throws Exception;
  }

  public void add(String key, Object value) {
    lines.add(key + ": " + oneLine(String.valueOf(value)));
  }

  /** As {@link #add}; an exception is what the app sees too. */
  public void look(String key, Look look) {
    try {
      add(key, look.get());
    } catch (Exception e) {
      add(key, "threw " + describe(e));
    }
  }

  /** Name by name, sorted, since the order of different names carries no meaning. */
  public void headers(String key, Map<String, List<String>> headers) {
    Map<String, List<String>> sorted = new TreeMap<>();
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      if (header.getKey() != null) {
        sorted.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
      }
    }
    for (Map.Entry<String, List<String>> header : sorted.entrySet()) {
      add(key + " " + header.getKey(), header.getValue());
    }
  }

  List<String> lines() {
    return lines;
  }

  /** Class and message, with the causes. */
  public static String describe(Throwable thrown) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = thrown; t != null && text.length() < 4000; t = t.getCause()) {
      text.append(text.length() == 0 ? "" : " caused by ")
          .append(t.getClass().getName())
          .append(": ")
          .append(t.getMessage());
    }
    return text.toString();
  }

  private static String oneLine(String text) {
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n");
  }
}

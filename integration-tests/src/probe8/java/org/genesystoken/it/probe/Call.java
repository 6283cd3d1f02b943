package org.genesystoken.it.probe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One command of the script: tab-separated {@code key=value} pairs after a verb. Immutable. */
public final class Call {
  private final String[] fields;

  Call(String line) {
    fields = line.split("\t", -1);
  }

  /** The first field. */
  public String verb() {
    return fields[0];
  }

  /** The first value of that key, or {@code otherwise}, which may be null. */
  public String get(String key, String otherwise) {
    List<String> all = all(key);
    return all.isEmpty() ? otherwise : all.get(0);
  }

  public int getInt(String key, int otherwise) {
    String value = get(key, null);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  /** Every value of that key, in order. */
  public List<String> all(String key) {
    List<String> found = new ArrayList<>();
    for (int i = 1; i < fields.length; i++) {
      if (fields[i].startsWith(key + "=")) {
        found.add(fields[i].substring(key.length() + 1));
      }
    }
    return found;
  }

  /** The request body, from {@code text=} or {@code body=size}; null: none. */
  public byte[] body() {
    String text = get("text", null);
    if (text != null) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    String size = get("body", null);
    return size == null ? null : Bytes.random(Integer.parseInt(size), getInt("seed", 1));
  }
}

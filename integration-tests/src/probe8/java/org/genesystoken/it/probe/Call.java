package org.genesystoken.it.probe;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One command of the script: tab-separated {@code key=value} pairs after a verb. Immutable. */
public final class Call {
  private final String[] fields;

  Call(String line) {
    fields = line.split("\t", -1);
  }

  /** The same call with another URL. */
  Call to(String url) {
    String[] others = fields.clone();
    for (int i = 1; i < others.length; i++) {
      if (others[i].startsWith("url=")) {
        others[i] = "url=" + url;
      }
    }
    return new Call(String.join("\t", others));
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

  public boolean hasBody() {
    return get("text", null) != null || get("body", null) != null || isLarge();
  }

  /** Whether the body, of {@code large=size}, is too large to be kept. */
  public boolean isLarge() {
    return get("large", null) != null;
  }

  /** The request body, from its beginning; empty if there is none. */
  public InputStream bodyStream() {
    byte[] kept = body();
    return isLarge()
        ? Bytes.large(getInt("large", 0))
        : new ByteArrayInputStream(kept == null ? new byte[0] : kept);
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

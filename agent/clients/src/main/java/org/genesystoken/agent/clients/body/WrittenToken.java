package org.genesystoken.agent.clients.body;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The Authorization value that the current thread writes, to be masked in a library's logs. */
public final class WrittenToken {
  private static final ThreadLocal<byte[]> CURRENT = new ThreadLocal<>();

  private WrittenToken() {}

  /**
   * Notes it.
   *
   * @param value null: none any more
   */
  public static void set(String value) {
    if (value == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(value.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Its bytes, or null: none. Not copied. */
  public static byte[] current() {
    return CURRENT.get();
  }

  /** The same bytes, or a copy with asterisks for the token. */
  public static byte[] masked(byte[] bytes) {
    byte[] token = CURRENT.get();
    return token == null || bytes == null ? bytes : masked(bytes, token);
  }

  /** The same bytes, or a copy with asterisks for those of a token. */
  public static byte[] masked(byte[] bytes, byte[] token) {
    for (int at = 0; at <= bytes.length - token.length; at++) {
      int same = 0;
      while (same < token.length && bytes[at + same] == token[same]) {
        same++;
      }
      if (same == token.length) {
        byte[] masked = bytes.clone();
        Arrays.fill(masked, at, at + same, (byte) '*');
        return masked;
      }
    }
    return bytes;
  }
}

package org.genesystoken.agent.clients.body;

import java.nio.ByteBuffer;
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

  /** The same bytes, or a copy with asterisks for the token. */
  public static byte[] masked(byte[] bytes) {
    byte[] token = CURRENT.get();
    if (token == null || bytes == null) {
      return bytes;
    }
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

  /**
   * The same buffer, or a copy with asterisks for the token.
   *
   * @param written one that was read up to its position
   */
  public static ByteBuffer masked(ByteBuffer written) {
    byte[] bytes = new byte[written.position()];
    ByteBuffer read = written.duplicate();
    read.flip();
    read.get(bytes);
    byte[] masked = masked(bytes);
    if (masked == bytes) {
      return written;
    }
    ByteBuffer copy = ByteBuffer.wrap(masked);
    copy.position(masked.length);
    return copy;
  }

  /** Whether this is it. */
  public static boolean is(String value) {
    byte[] token = CURRENT.get();
    return token != null
        && value != null
        && Arrays.equals(token, value.getBytes(StandardCharsets.ISO_8859_1));
  }
}

package org.genesystoken.it.probe;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;

/** Bodies: made from a seed, read to the end, shown as a line. */
public final class Bytes {
  private static final int SHOWN_AS_TEXT = 2048;

  private Bytes() {}

  static byte[] random(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A body that is made while it is read; each 64 KiB of it are others. */
  static InputStream large(int size) {
    byte[] block = random(64 * 1024, 1);
    return new InputStream() {
      private int position;

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int count) {
        if (count > 0 && position == size) {
          return -1;
        }
        int at = position % block.length;
        if (at == 0) {
          block[0]++;
          block[1] = (byte) (position >> 24);
        }
        int read = Math.min(Math.min(count, block.length - at), size - position);
        System.arraycopy(block, at, buffer, offset, read);
        position += read;
        return read;
      }
    };
  }

  /** Reads to the end, and closes what was read. */
  public static void copy(InputStream from, OutputStream to) throws IOException {
    try (InputStream in = from) {
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        to.write(buffer, 0, n);
      }
    }
  }

  public static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy(in, out);
    return out.toByteArray();
  }

  /** Length and SHA-256, and the text itself where it is short and printable. */
  public static String describe(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    boolean shown = bytes.length <= SHOWN_AS_TEXT;
    for (int i = 0; shown && i < text.length(); i++) {
      shown = text.charAt(i) >= ' ' && text.charAt(i) <= '~';
    }
    return bytes.length + " bytes, sha256 " + sha256(bytes) + (shown ? ", " + text : "");
  }

  /** In lower-case hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return sha256(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As above, of all that is left of a stream. */
  static String sha256(InputStream in) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      StringBuilder hex = new StringBuilder();
      for (byte b : digest.digest()) {
        hex.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
      }
      return hex.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

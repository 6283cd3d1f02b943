package org.genesystoken.it.probe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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

  public static byte[] readAll(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
    }
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
      StringBuilder hex = new StringBuilder();
      for (byte b : MessageDigest.getInstance("SHA-256").digest(bytes)) {
        hex.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
      }
      return hex.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

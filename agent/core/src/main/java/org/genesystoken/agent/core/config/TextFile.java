package org.genesystoken.agent.core.config;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Reads the files that settings name (UTF-8). A class of its own: what it needs of the JDK is
 * loaded only where there is such a file. Failures are null rather than exceptions, whose messages
 * may repeat a part of the file.
 */
public final class TextFile {
  /** A secret is short; this only keeps a wrong path from filling the heap. In bytes. */
  private static final int MAX_LENGTH = 64 * 1024;

  private TextFile() {}

  /** The entries of a properties file, or null if it cannot be read or is malformed. */
  static Properties properties(File file) {
    Properties properties = new Properties();
    try (InputStreamReader reader =
        new InputStreamReader(new FileInputStream(file), StandardCharsets.UTF_8)) {
      properties.load(reader);
      return properties;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The first line without blanks around it, or null if the file cannot be read. */
  public static String firstLine(File file) {
    byte[] bytes = new byte[MAX_LENGTH];
    int length = 0;
    try (InputStream in = new FileInputStream(file)) {
      int read = 0;
      while (read >= 0 && length < bytes.length) {
        length += read;
        read = in.read(bytes, length, bytes.length - length);
      }
    } catch (IOException e) {
      return null;
    }
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    int start = text.startsWith("\uFEFF") ? 1 : 0;
    int end = start;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      end++;
    }
    return text.substring(start, end).trim();
  }
}

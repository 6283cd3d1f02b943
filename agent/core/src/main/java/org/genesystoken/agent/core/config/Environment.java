package org.genesystoken.agent.core.config;

import java.io.File;
import java.io.FileInputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The environment variables of this JVM, where there is a cheaper way to them than the JDK's. */
final class Environment {
  private static final String OURS = "GENESYS_";

  private static final String SHOWN_BY_LINUX = "/proc/self/environ";

  private Environment() {}

  /**
   * The environment variables that can matter, as the kernel shows them: {@link System#getenv()}
   * has up to ten classes read from the JDK's image, which costs an app that starts more than all
   * else that is done here. They are those that the process was started with; what a program has
   * set before it started a JVM inside itself only {@code getenv} knows.
   *
   * @return null: better ask that
   */
  static Map<String, String> asStarted() {
    // Elsewhere that file may be anybody's.
    boolean linux = "Linux".equals(System.getProperty("os.name"));
    return linux && "SUN_STANDARD".equals(System.getProperty("sun.java.launcher"))
        ? in(new File(SHOWN_BY_LINUX))
        : null;
  }

  /**
   * Those that are ours by their names, from a file of {@code NAME=value} with a NUL behind each,
   * of which the first counts.
   *
   * @return null: it cannot be read, or not without the charset of the machine, or is empty
   */
  @SuppressWarnings("deprecation") // ASCII; any other way looks up a charset
  static Map<String, String> in(File file) {
    byte[] all = new byte[8192];
    int length = 0;
    try (FileInputStream in = new FileInputStream(file)) {
      for (int read = in.read(all); read > 0; read = in.read(all, length, all.length - length)) {
        length += read;
        if (length == all.length) {
          all = Arrays.copyOf(all, length * 2);
        }
      }
    } catch (Exception unreadable) {
      // As this one: the JVM's verifier loads what is caught, and has it already.
      return null;
    }
    if (length == 0) {
      return null;
    }
    Map<String, String> variables = new HashMap<>();
    for (int start = 0, end; start < length; start = end + 1) {
      end = endOf(all, start, length);
      // what most of the others are not is seen without making a text of them
      String variable = all[start] == 'G' ? new String(all, 0, start, end - start) : "";
      if (variable.startsWith(OURS)) {
        int equals = variable.indexOf('=');
        if (!isAscii(all, start, end)) {
          return null;
        }
        if (equals > 0 && !variables.containsKey(variable.substring(0, equals))) {
          variables.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
      }
    }
    return variables;
  }

  private static int endOf(byte[] variables, int start, int length) {
    int end = start;
    while (end < length && variables[end] != 0) {
      end++;
    }
    return end;
  }

  private static boolean isAscii(byte[] text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (text[i] < 0) {
        return false;
      }
    }
    return true;
  }
}

package org.genesystoken.agent.core.config;

import java.io.File;

/**
 * How the settings' problems are put, and what of them may be shown. A class of its own, because
 * most agents have none to tell of, and all that is loaded before the app's {@code main} costs.
 */
final class Wording {
  private static final int MAX_SHOWN = 80;

  private static final int MAX_KEY = 40;

  private Wording() {}

  /** Hides what stands before the last {@code @}: user and password, if this is a URL or a host. */
  static String withoutPassword(String text) {
    int at = text.lastIndexOf('@');
    return printable(at < 0 ? text : "***" + text.substring(at), MAX_SHOWN);
  }

  /** On one line, and not endless. */
  static String printable(String text, int most) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length() && i < most; i++) {
      char c = text.charAt(i);
      boolean control = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
      shown.append(control ? '?' : c);
    }
    return text.length() > most ? shown.append("...").toString() : shown.toString();
  }

  /** What may be the end of a secret with a comma is shown only if it is all but a known key. */
  static boolean isShown(String key, boolean mayBeSecret) {
    return looksLikeKey(key)
        && (!mayBeSecret || (key.length() >= 5 && Nearest.distance(key, meant(key).key()) <= 2));
  }

  /**
   * How to write the argument right.
   *
   * @param previous the setting before, if its value is not quoted, else null
   */
  static String remedy(Setting previous) {
    return previous == null
        ? "write key=value,key=value"
        : "write key=value, and if it belongs to "
            + previous.key()
            + ", quote that value and keep the shell from removing the quotes: \"-javaagent:...="
            + previous.key()
            + "='...'\"";
  }

  static String unknown(String key, boolean show, String meant) {
    return show
        ? "unknown key " + key + " is ignored; did you mean " + meant + "?"
        : "an unknown key is ignored; it is not shown because it may be a part of a secret";
  }

  /** Keys are words; most secrets have a digit, or a character that no key has. */
  static boolean looksLikeKey(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return key.length() <= MAX_KEY;
  }

  /** The setting whose key is most like this one. */
  static Setting meant(String key) {
    String plain =
        key.startsWith(Setting.PROPERTY_PREFIX)
            ? key.substring(Setting.PROPERTY_PREFIX.length())
            : key;
    return Setting.of(Nearest.of(plain, Setting.keys()));
  }

  static String whyUnreadable(File file) {
    return !file.exists()
        ? "there is no such file"
        : file.isDirectory() ? "it is a directory" : "it cannot be read";
  }
}

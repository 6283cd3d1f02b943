package org.genesystoken.agent.core.config;

import java.io.File;
import java.util.Properties;

/**
 * The files that settings name. A class of its own, because most agents are set up without any, and
 * all that is loaded before the app's {@code main} costs.
 */
final class SettingFiles {
  /** A path that is cut names no file; this is as long as Linux lets one be. */
  private static final int MAX_PATH_SHOWN = 4096;

  private SettingFiles() {}

  /** A file that can be read, or null after a problem. */
  static File readable(Sources sources, Setting setting) {
    File file = new File(sources.text(setting));
    if (file.isFile() && file.canRead()) {
      return file;
    }
    sources.invalid(
        setting, "expected " + setting.allowed() + ", but " + Wording.whyUnreadable(file));
    return null;
  }

  /**
   * As {@link #readable}, of a key store. It has a password, and the tool that makes it lets
   * everybody read it: an agent that stays inactive for that would do more harm.
   */
  static File keyStore(Sources sources, Setting setting) {
    File file = readable(sources, setting);
    if (file != null) {
      warnIfOpenToAll(sources, setting, file, "");
    }
    return file;
  }

  /** The first line of a file, or null after a problem. */
  static String secret(Sources sources, Setting setting) {
    File file = readable(sources, setting);
    if (file == null) {
      return null;
    }
    if (isOpenToAll(sources, file)) {
      sources.problem(openToAll(sources, setting, ""));
      return null;
    }
    String line = TextFile.firstLine(file);
    if (line == null) {
      sources.invalid(setting, "expected " + setting.allowed() + ", but it cannot be read");
      return null;
    }
    if (line.isEmpty()) {
      sources.invalid(setting, "expected " + setting.allowed() + ", but its first line is empty");
      return null;
    }
    return line;
  }

  /** Offers what {@link Setting#CONFIG} holds. */
  static void read(Sources sources) {
    File file = readable(sources, Setting.CONFIG);
    if (file == null) {
      return;
    }
    Properties properties = TextFile.properties(file);
    if (properties == null) {
      sources.invalid(
          Setting.CONFIG,
          "expected "
              + Setting.CONFIG.allowed()
              + ", but it cannot be parsed (a backslash is written twice in it)");
      return;
    }
    String origin = "file " + Wording.printable(sources.text(Setting.CONFIG), MAX_PATH_SHOWN);
    Setting holding = null;
    for (String name : properties.stringPropertyNames()) {
      // the byte order mark that some editors put before the first key
      String key = name.startsWith("\uFEFF") ? name.substring(1) : name;
      Setting setting = Setting.of(key);
      if (setting == Setting.CONFIG) {
        sources.warn(origin + ": config is ignored, a file cannot name another one");
      } else if (setting == null) {
        sources.warn(
            origin
                + ": "
                + Wording.unknown(key, Wording.looksLikeKey(key), Wording.meant(key).key()));
      } else {
        String text = properties.getProperty(name).trim();
        sources.offer(setting, text, origin);
        holding = isSecret(setting, text) ? setting : holding;
      }
    }
    // only now: the file itself may say that it may be read
    if (holding != null) {
      warnIfOpenToAll(sources, Setting.CONFIG, file, "it holds " + holding.key() + ", and ");
    }
  }

  /** Whether this is worth protecting, which the password of public certificates is not. */
  private static boolean isSecret(Setting setting, String text) {
    return setting == Setting.TOKEN_PROXY
        ? text.indexOf('@') >= 0
        : setting.secret() && setting != Setting.TOKEN_TRUST_STORE_PASSWORD && !text.isEmpty();
  }

  /**
   * @param holding what comes before in the message
   */
  private static void warnIfOpenToAll(Sources sources, Setting setting, File file, String holding) {
    if (isOpenToAll(sources, file)) {
      sources.warn(openToAll(sources, setting, holding));
    }
  }

  private static boolean isOpenToAll(Sources sources, File file) {
    return !sources.flag(Setting.ALLOW_READABLE_SECRETS) && FileRights.othersCanRead(file);
  }

  private static String openToAll(Sources sources, Setting setting, String holding) {
    return sources.assignment(setting)
        + ": "
        + holding
        + "every user of this machine can read it: "
        + FileRights.REMEDY;
  }
}

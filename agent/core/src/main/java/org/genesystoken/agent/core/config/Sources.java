package org.genesystoken.agent.core.config;

import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The text of every setting with where it came from, and all that is found wrong on the way. Used
 * by one thread, once.
 */
final class Sources {
  private static final String ARGUMENT = "agent argument";

  // By ordinal, and not in maps, which cost more than all else in a young JVM.
  private final String[] texts = new String[Setting.COUNT];
  private final String[] origins = new String[Setting.COUNT];
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * Reads all sources, from the one that wins to the one that loses; null: there is no such one.
   */
  Sources(String argument, Properties properties, Map<String, String> environment) {
    if (argument != null) {
      readArgument(argument);
    }
    readProperties(properties);
    readEnvironment(environment);
    // a disabled agent does not even look for its file
    if (text(Setting.CONFIG) != null && flag(Setting.ENABLED)) {
      SettingFiles.read(this);
    }
  }

  @SuppressWarnings("EnumOrdinal") // nobody else sees it
  private static int index(Setting setting) {
    return setting.ordinal();
  }

  /** The text of a setting, or null if no source has one. */
  String text(Setting setting) {
    return texts[index(setting)];
  }

  /** True or false as set; the default if the text is neither. */
  boolean flag(Setting setting) {
    return choice(setting) == 0;
  }

  /** The position of the chosen word; the default's after a problem. */
  int choice(Setting setting) {
    String text = text(setting);
    int position = text == null ? -1 : setting.choice(text);
    if (position < 0) {
      if (text != null) {
        invalid(setting, "expected " + setting.allowed());
      }
      position = setting.choice(setting.defaultText());
    }
    return position;
  }

  /** Milliseconds or bytes; -1 for a word ({@link Setting#word}) and after a problem. */
  long number(Setting setting) {
    String text = text(setting) == null ? setting.defaultText() : text(setting);
    if (text.equalsIgnoreCase(setting.word())) {
      return -1;
    }
    long number = setting.number(text);
    if (number < 0) {
      invalid(setting, "expected " + setting.allowed());
    }
    return number;
  }

  /** The entries of a list, without blanks and empty ones; its default if it is not set. */
  List<String> list(Setting setting) {
    String text = text(setting) == null ? setting.defaultText() : text(setting);
    List<String> entries = new ArrayList<>();
    int start = 0;
    while (text != null && start <= text.length()) {
      int comma = text.indexOf(',', start);
      int end = comma < 0 ? text.length() : comma;
      String entry = text.substring(start, end).trim();
      if (!entry.isEmpty()) {
        entries.add(entry);
      }
      start = end + 1;
    }
    return entries;
  }

  /** A file that can be read, or null if none is set or after a problem. */
  File readableFile(Setting setting) {
    return text(setting) == null ? null : SettingFiles.readable(this, setting);
  }

  /** As {@link #readableFile}, of a key store. */
  File keyStore(Setting setting) {
    return text(setting) == null ? null : SettingFiles.keyStore(this, setting);
  }

  /** The first line of the file that a setting names, or null if none is set or after a problem. */
  String secretIn(Setting setting) {
    return text(setting) == null ? null : SettingFiles.secret(this, setting);
  }

  /** Notes a value that is not allowed. The remedy is the same for all: correct or remove it. */
  void invalid(Setting setting, String why) {
    String problem =
        assignment(setting)
            + ": "
            + why
            + ": correct it or remove it"
            + (setting.defaultText() == null ? "" : " (default: " + setting.defaultText() + ")");
    // a value may be asked for more than once
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  void problem(String problem) {
    problems.add(problem);
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  /** Key, value and origin of a setting as they may be shown: {@code wait=x (agent argument)}. */
  String assignment(Setting setting) {
    String text = text(setting);
    String shown = setting.secret() ? "***" : Wording.withoutPassword(text);
    return setting.key() + "=" + shown + " (" + origins[index(setting)] + ")";
  }

  /** Takes a text, unless it is empty or a source that wins has one. */
  void offer(Setting setting, String text, String origin) {
    if (text(setting) == null && !text.isEmpty()) {
      texts[index(setting)] = text;
      origins[index(setting)] = origin;
    }
  }

  /**
   * Reads {@code key=value,key="value,value"}. What cannot be understood is never repeated in a
   * message: it may be the rest of a secret that has a comma in it.
   */
  private void readArgument(String argument) {
    Map<Setting, String> given = new HashMap<>();
    Setting previous = null;
    boolean mayBeSecret = false;
    int position = 0;
    int entry = 0;
    while (position < argument.length()) {
      entry++;
      int start = skipBlanks(argument, position);
      int stop = endOfKey(argument, start);
      String key = argument.substring(start, stop).trim();
      boolean assigned = stop < argument.length() && argument.charAt(stop) == '=';
      if (!assigned || key.isEmpty()) {
        if (assigned || !key.isEmpty()) {
          malformed(entry, assigned ? "has no key" : "has no '='", Wording.remedy(previous));
        }
        position = assigned ? endOfValue(argument, stop + 1) + 1 : stop + 1;
        continue;
      }
      int from = skipBlanks(argument, stop + 1);
      char quote = from < argument.length() ? argument.charAt(from) : ' ';
      boolean quoted = quote == '"' || quote == '\'';
      int to;
      if (quoted) {
        from++;
        to = argument.indexOf(quote, from);
        int next = to < 0 ? argument.length() : skipBlanks(argument, to + 1);
        if (to < 0 || (next < argument.length() && argument.charAt(next) != ',')) {
          malformed(
              entry,
              to < 0
                  ? "has an opening quote without a closing one"
                  : "goes on after its closing quote",
              "write key=\"value\" or key='value'");
          // where the next entry begins is a guess now, and a guess could show a secret
          break;
        }
        position = next + 1;
      } else {
        to = endOfValue(argument, from);
        position = to + 1;
      }
      String value = argument.substring(from, to);
      Setting setting = Setting.of(key);
      if (setting == null) {
        Setting meant = Wording.meant(key);
        warn(
            ARGUMENT + ": " + Wording.unknown(key, Wording.isShown(key, mayBeSecret), meant.key()));
        mayBeSecret = true;
        continue;
      }
      if (given.put(setting, quoted ? value : value.trim()) != null) {
        warn(setting.key() + " is set more than once in the " + ARGUMENT + ": the last one counts");
      }
      previous = quoted ? null : setting;
      // even after a closing quote: the secret may have had that quote itself
      mayBeSecret = setting.secret();
    }
    for (Map.Entry<Setting, String> each : given.entrySet()) {
      offer(each.getKey(), each.getValue(), ARGUMENT);
    }
  }

  private void malformed(int entry, String what, String remedy) {
    problem(ARGUMENT + ": entry " + entry + " " + what + ": " + remedy);
  }

  private static int skipBlanks(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) <= ' ') {
      i++;
    }
    return i;
  }

  private static int endOfKey(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) != '=' && text.charAt(i) != ',') {
      i++;
    }
    return i;
  }

  private static int endOfValue(String text, int from) {
    int comma = text.indexOf(',', from);
    return comma < 0 ? text.length() : comma;
  }

  private void readProperties(Properties properties) {
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(Setting.PROPERTY_PREFIX)) {
        String key = name.substring(Setting.PROPERTY_PREFIX.length());
        Setting setting = Setting.of(key);
        if (setting == null) {
          warn(
              "system properties: "
                  + Wording.unknown(
                      name, Wording.looksLikeKey(key), Wording.meant(key).property()));
        } else {
          // empty if it is removed meanwhile
          String text = properties.getProperty(name, "");
          offer(setting, text.trim(), "system property " + name);
        }
      }
    }
  }

  private void readEnvironment(Map<String, String> environment) {
    // not entrySet(): the JDK has classes of its own for that, which nothing else loads
    for (String name : environment.keySet()) {
      if (name.startsWith(Setting.ENVIRONMENT_PREFIX)) {
        String word = name.substring(Setting.ENVIRONMENT_PREFIX.length());
        String key = word.replace('_', '-').toLowerCase(Locale.ROOT);
        Setting setting = Setting.of(key);
        if (setting != null && setting.environment().equals(name)) {
          offer(setting, environment.get(name).trim(), "environment variable " + name);
        } else {
          warn(
              "environment: "
                  + Wording.unknown(
                      name, Wording.looksLikeKey(word), Wording.meant(key).environment()));
        }
      }
    }
    offerSdkVariable(Setting.CLIENT_ID, "GENESYS_CLIENT_ID", environment);
    offerSdkVariable(Setting.CLIENT_SECRET, "GENESYS_CLIENT_SECRET", environment);
  }

  private void offerSdkVariable(Setting setting, String name, Map<String, String> environment) {
    String text = environment.get(name);
    if (text != null) {
      offer(setting, text.trim(), "environment variable " + name);
    }
  }
}

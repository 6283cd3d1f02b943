package org.genesystoken.agent.cli;

import org.genesystoken.agent.core.config.Setting;

/** README's table of settings, from the same definitions that the parser uses. */
public final class SettingsTable {
  private SettingsTable() {}

  /** A Markdown table: one line a setting, in the order of the reference; ends with a line feed. */
  public static String markdown() {
    StringBuilder table = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
    for (Setting setting : Setting.values()) {
      table
          .append("| `")
          .append(setting.key())
          .append("` | ")
          .append(setting.defaultText() == null ? "–" : escaped(setting.defaultText()))
          .append(" | ")
          .append(escaped(setting.help()))
          .append(setting.allowed() == null ? "" : escaped(" Allowed: " + setting.allowed() + "."))
          .append(" |\n");
    }
    return table.toString();
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}

package org.genesystoken.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.genesystoken.agent.core.config.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The command line of the agent's jar: {@code --help} prints the whole reference of the settings,
 * {@code --version} the version, no argument the same as {@code --help}. Writes to standard output:
 * there is no app here whose output it could disturb.
 */
public final class AgentCommandLine {
  private static final String NAME = "java -jar genesys-token-agent.jar";
  private static final String FLAG = "  java -javaagent:genesys-token-agent.jar";
  private static final String SETTINGS = "settings";
  private static final int WIDTH = 100;
  private static final int INDENT = 6;

  private AgentCommandLine() {}

  /**
   * Prints what is asked for.
   *
   * @return the exit code: 0, or 2 for an option that is not known
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    CommandLine command = new CommandLine(spec());
    command.setOut(writer(out));
    command.setErr(writer(err));
    command.setColorScheme(Help.defaultColorScheme(Ansi.OFF));
    command.getHelpSectionMap().put(SETTINGS, AgentCommandLine::settings);
    command.setExecutionStrategy(
        parsed -> {
          Integer exit = CommandLine.executeHelpRequest(parsed);
          if (exit == null) {
            command.usage(command.getOut());
            exit = CommandLine.ExitCode.OK;
          }
          return exit;
        });
    // a short hint: the whole reference would push the error off the screen
    command.setParameterExceptionHandler(
        (problem, arguments) -> {
          command.getErr().println(problem.getMessage());
          command.getErr().println("Try " + NAME + " --help");
          return CommandLine.ExitCode.USAGE;
        });
    return command.execute(args);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
  }

  /** The version of the build that this class comes from. */
  static String version() {
    try (InputStream resource = AgentCommandLine.class.getResourceAsStream("version.txt")) {
      if (resource == null) {
        throw new IllegalStateException("version.txt is missing in the jar");
      }
      return new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8)).readLine();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CommandSpec spec() {
    CommandSpec spec =
        CommandSpec.create()
            .name(NAME)
            .mixinStandardHelpOptions(true)
            .version("genesys-token-agent " + version());
    spec.usageMessage()
        .width(WIDTH)
        .description(
            "",
            "Keeps a Java program's Genesys Cloud bearer token alive. The program needs no change,"
                + " only a flag:",
            "",
            "  GENESYS_CLIENT_ID=ID GENESYS_CLIENT_SECRET=SECRET \\",
            FLAG + "=region=us-east-1 -jar app.jar",
            "")
        .footerHeading("%nExamples:%n")
        .footer(
            FLAG + "=config=/etc/genesys-token-agent.properties -jar app.jar",
            "  java \"-javaagent:genesys-token-agent.jar=hosts='a.example,b.example:8443'\" -jar app.jar",
            FLAG + " -Dgenesys.agent.refresh-ahead=5m -jar app.jar",
            "  JAVA_TOOL_OPTIONS=-javaagent:genesys-token-agent.jar=region=us-east-1",
            "",
            "A wrong setting never stops the program: one line on standard error says what is wrong"
                + " and where, and the agent stays inactive.")
        .exitCodeListHeading("%nExit codes of this command:%n");
    Map<String, String> exitCodes = new LinkedHashMap<>();
    exitCodes.put("0", "help or version printed");
    exitCodes.put("2", "unknown option");
    spec.usageMessage().exitCodeList(exitCodes);
    spec.usageMessage()
        .sectionKeys(
            Arrays.asList(
                UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
                UsageMessageSpec.SECTION_KEY_SYNOPSIS,
                UsageMessageSpec.SECTION_KEY_DESCRIPTION,
                UsageMessageSpec.SECTION_KEY_OPTION_LIST,
                SETTINGS,
                UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
                UsageMessageSpec.SECTION_KEY_FOOTER,
                UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING,
                UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST));
    return spec;
  }

  private static String settings(Help help) {
    Setting example = Setting.REFRESH_AHEAD;
    TextTable table = lines(help);
    table.addRowValues("");
    table.addRowValues(
        "Every setting has four spellings. The first source that has it, with a value that is not"
            + " empty, wins:");
    table.addRowValues(
        "  1. the agent argument: key=value,key=value; a value with commas in single or double"
            + " quotes (that the shell must leave there); a backslash is an ordinary character: "
            + example.key()
            + "=5m");
    table.addRowValues("  2. the system property: -D" + example.property() + "=5m");
    table.addRowValues(
        "  3. the environment: "
            + example.environment()
            + "=5m; then GENESYS_CLIENT_ID and"
            + " GENESYS_CLIENT_SECRET");
    table.addRowValues(
        "  4. the properties file (UTF-8) that config names: " + example.key() + "=5m");
    table.addRowValues("  5. the default");
    table.addRowValues(
        "Durations: 500ms, 3s, 2m or 2min, 1h, 1d; a plain number is seconds. Sizes: 64KiB or 64k,"
            + " 1MiB or 1m (1 KiB = 1024 bytes); a plain number is bytes.");
    table.addRowValues("");
    table.addRowValues("Settings:");
    StringBuilder text = new StringBuilder(table.toString());
    for (Setting setting : Setting.values()) {
      text.append("  ").append(setting.key()).append(System.lineSeparator());
      TextTable meaning = lines(help);
      meaning.indentWrappedLines = INDENT;
      meaning.addRowValues("      " + setting.help());
      if (setting.allowed() != null) {
        meaning.addRowValues("      Allowed: " + setting.allowed() + ".");
      }
      if (setting.defaultText() != null) {
        meaning.addRowValues("      Default: " + setting.defaultText() + ".");
      }
      text.append(meaning);
    }
    return text.toString();
  }

  private static TextTable lines(Help help) {
    TextTable table = TextTable.forColumns(help.colorScheme(), new Column(WIDTH, 0, Overflow.WRAP));
    table.indentWrappedLines = INDENT - 1;
    return table;
  }
}

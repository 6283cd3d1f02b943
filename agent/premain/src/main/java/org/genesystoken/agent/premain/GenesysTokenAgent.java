package org.genesystoken.agent.premain;

import java.io.File;
import java.io.PrintStream;
import java.lang.instrument.Instrumentation;

/** The entry points: {@code -javaagent} and {@code java -jar}. */
public final class GenesysTokenAgent {
  private static final String INSTALLER = "org.genesystoken.agent.clients.Installer";
  private static final String COMMAND_LINE = "org.genesystoken.agent.cli.AgentCommandLine";

  /** The same jar may be named twice, in the command line and in {@code JAVA_TOOL_OPTIONS}. */
  private static boolean installed;

  private GenesysTokenAgent() {}

  /**
   * Called by the JVM before the app's {@code main}. Whatever goes wrong, the app starts: one line
   * on stderr says what happened.
   *
   * @param argument what follows {@code =} after the jar's name, may be null
   */
  public static synchronized void premain(String argument, Instrumentation instrumentation) {
    if (installed) {
      return;
    }
    try {
      if (isJdkTool(System.getProperty("sun.java.command"))) {
        return;
      }
      installed = true;
      IsolatedLoader loader = IsolatedLoader.open();
      hideFromClassPath(loader.jar());
      loader
          .loadClass(INSTALLER)
          .getMethod("install", String.class, Instrumentation.class)
          .invoke(null, argument, instrumentation);
    } catch (Throwable failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      String remedy =
          cause instanceof SecurityException
              ? "grant java.security.AllPermission to its jar in the security policy: "
              : "check that the jar is complete and readable: ";
      System.err.println(
          "[genesys-token-agent] ERROR the agent could not start and stays inactive, the application"
              + " runs as it would without it; "
              + remedy
              + cause);
    }
  }

  /**
   * The JVM has put the agent's jar behind the app's own class path. Apps scan that property, and
   * give it to JVMs that they start.
   */
  private static void hideFromClassPath(File jar) {
    String classPath = System.getProperty("java.class.path");
    String shown = without(jar, classPath);
    if (shown != null) {
      System.setProperty("java.class.path", shown);
    }
  }

  /** The class path without its last entry if that is the jar, else null. */
  static String without(File jar, String classPath) {
    if (classPath == null) {
      return null;
    }
    int separator = classPath.lastIndexOf(File.pathSeparatorChar);
    String last = classPath.substring(separator + 1);
    if (!new File(last).getAbsoluteFile().equals(jar)) {
      return null;
    }
    return separator < 0 ? "" : classPath.substring(0, separator);
  }

  /** The command line: {@code java -jar genesys-token-agent.jar --help}. */
  public static void main(String[] arguments) throws Exception {
    Object exitCode =
        IsolatedLoader.open()
            .loadClass(COMMAND_LINE)
            .getMethod("run", String[].class, PrintStream.class, PrintStream.class)
            .invoke(null, arguments, System.out, System.err);
    System.exit((Integer) exitCode);
  }

  /**
   * With {@code JAVA_TOOL_OPTIONS} every keytool and jps of the machine would carry the agent; they
   * are no apps of anybody's.
   *
   * @param command the JVM's main class or jar with its arguments, after {@code module/} if there
   *     is one; may be null
   */
  static boolean isJdkTool(String command) {
    if (command == null) {
      return false;
    }
    int end = command.indexOf(' ');
    String main = end < 0 ? command : command.substring(0, end);
    String type = main.substring(main.indexOf('/') + 1);
    return type.startsWith("sun.tools.")
        || type.startsWith("sun.security.tools.")
        || type.startsWith("sun.jvmstat.")
        || type.startsWith("sun.rmi.")
        || type.startsWith("com.sun.tools.")
        || main.startsWith("jdk.");
  }
}

package org.genesystoken.agent.core.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.config.Secret;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * SLF4J's logger for the agent, made without {@code org.slf4j.LoggerFactory}: its static
 * initialiser obeys the app's system property {@code slf4j.provider} and looks providers up through
 * the ServiceLoader, so that the app's logging would get our lines, or the agent a provider that it
 * cannot see. Thread-safe; no method throws.
 *
 * <p>An exception is told in one line, as its causes' class and message; with its stack trace only
 * if the level is {@code debug} or {@code trace}.
 */
public final class AgentLog extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  private static final int OFF = Integer.MAX_VALUE;

  /** More causes than that say nothing new; also the guard against a cycle. */
  private static final int MAX_CAUSES = 5;

  private final int threshold;
  private final transient LogOutput output;

  /**
   * @param level one of {@code off}, {@code error}, {@code warn}, {@code info}, {@code debug},
   *     {@code trace}
   */
  public AgentLog(String level, LogOutput output) {
    this.name = "genesys-token-agent";
    this.threshold = threshold(level);
    this.output = output;
  }

  /** The log that the operator has configured; it shows none of the configuration's secrets. */
  public static AgentLog of(Configuration configuration) {
    LogOutput output = LogOutput.of(configuration.logFile());
    for (Secret secret : configuration.secrets()) {
      output.hide(secret);
    }
    return new AgentLog(configuration.logLevel(), output);
  }

  @Override
  public boolean isTraceEnabled() {
    return isEnabled(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isEnabled(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isEnabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isEnabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isEnabled(Level.ERROR);
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
    try {
      String text = MessageFormatter.basicArrayFormat(pattern, arguments);
      String told = throwable == null ? text : text + ": " + causes(throwable);
      String trace = throwable != null && isDebugEnabled() ? trace(throwable) : null;
      output.write(level.name(), String.valueOf(told), trace);
    } catch (RuntimeException e) {
      // toString or getMessage of a foreign object failed
      output.write(level.name(), "(a log line failed: " + e.getClass().getName() + ")", null);
    }
  }

  private boolean isEnabled(Level level) {
    return level.toInt() >= threshold;
  }

  private static int threshold(String level) {
    for (Level each : Level.values()) {
      if (each.name().equalsIgnoreCase(level)) {
        return each.toInt();
      }
    }
    return OFF;
  }

  private static String causes(Throwable throwable) {
    StringBuilder text = new StringBuilder();
    Throwable cause = throwable;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      text.append(i == 0 ? "" : ", caused by ").append(cause.getClass().getName());
      if (cause.getMessage() != null) {
        text.append(": ").append(cause.getMessage());
      }
      cause = cause.getCause();
    }
    return text.toString();
  }

  private static String trace(Throwable throwable) {
    StringWriter trace = new StringWriter();
    throwable.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }
}

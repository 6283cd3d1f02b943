package org.genesystoken.agent.core.config;

import java.util.Map;
import java.util.Properties;

/**
 * What most JVMs are started with: a region, a client's id and its secret, and nothing else. With
 * that nothing can be wrong, so that an app that makes no call need not wait for the list of all
 * settings and for what checks them, which is a third of what the agent costs its start. Immutable.
 */
public final class Essentials {
  private static final int REGION = 1;
  private static final int CLIENT_ID = 2;
  private static final int CLIENT_SECRET = 4;
  private static final int ALL = REGION | CLIENT_ID | CLIENT_SECRET;

  /** None of them, or not as plain as this class needs it. */
  private static final int OTHER = -1;

  private final String argument;
  private final Map<String, String> environment;

  private Essentials(String argument, Map<String, String> environment) {
    this.argument = argument;
    this.environment = environment;
  }

  /**
   * Looks at what this JVM is started with.
   *
   * @param argument what follows {@code =} in {@code -javaagent:…=…}, or null
   * @return null: there is more, or less, or something that only {@link Configuration#load} can
   *     tell of
   */
  public static Essentials of(String argument) {
    return inArgument(argument) == OTHER
        ? null
        : of(argument, System.getProperties(), Environment.asStarted());
  }

  /**
   * As {@link #of(String)}.
   *
   * @param environment not copied; null: it is not known
   */
  static Essentials of(String argument, Properties properties, Map<String, String> environment) {
    return environment != null
            && (inArgument(argument) | inEnvironment(environment)) == ALL
            && isNoneIn(properties)
        ? new Essentials(argument, environment)
        : null;
  }

  /**
   * As they were at the start, whatever the app has done to its system properties since.
   *
   * @throws IllegalArgumentException another version of the agent's jar is there by now, which
   *     finds a problem
   */
  public Configuration configuration() {
    Loaded loaded = Configuration.load(argument, new Properties(), environment);
    if (loaded.problem() != null) {
      // As this one: the JVM's verifier loads what is thrown, and has it already.
      throw new IllegalArgumentException(loaded.problem());
    }
    return loaded.configuration();
  }

  private static int inArgument(String argument) {
    int found = 0;
    for (int at = 0; argument != null && at <= argument.length(); ) {
      int comma = argument.indexOf(',', at);
      int end = comma < 0 ? argument.length() : comma;
      int equals = argument.indexOf('=', at);
      if (equals < 0 || equals > end) {
        return OTHER;
      }
      int essential =
          essential(argument.substring(at, equals), "region", "client-id", "client-secret");
      boolean again = (found & essential) != 0;
      if (again || !isGood(essential, argument.substring(equals + 1, end))) {
        return OTHER;
      }
      found |= essential;
      at = end + 1;
    }
    return found;
  }

  private static int inEnvironment(Map<String, String> environment) {
    int found = 0;
    // not entrySet(): the JDK has classes of its own for that, which nothing else loads
    for (String name : environment.keySet()) {
      boolean own = name.startsWith(Setting.ENVIRONMENT_PREFIX);
      int essential =
          own
              ? essential(
                  name.substring(Setting.ENVIRONMENT_PREFIX.length()),
                  "REGION",
                  "CLIENT_ID",
                  "CLIENT_SECRET")
              : essential(name, null, "GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET");
      if (own || essential != OTHER) {
        if (!isGood(essential, environment.get(name))) {
          return OTHER;
        }
        found |= essential;
      }
    }
    return found;
  }

  private static int essential(String name, String region, String id, String secret) {
    return name.equals(region)
        ? REGION
        : name.equals(id) ? CLIENT_ID : name.equals(secret) ? CLIENT_SECRET : OTHER;
  }

  /** Whether a value can be taken as it stands, and a region is one that there is. */
  private static boolean isGood(int essential, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c == '"' || c == '\'') {
        return false;
      }
    }
    return essential == REGION
        ? Region.domain(value) != null
        : essential != OTHER && !value.isEmpty();
  }

  private static boolean isNoneIn(Properties properties) {
    for (String name : properties.stringPropertyNames()) {
      if (name.startsWith(Setting.PROPERTY_PREFIX)) {
        return false;
      }
    }
    return true;
  }
}

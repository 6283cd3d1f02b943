package org.genesystoken.agent.core.config;

import java.util.List;
import java.util.Locale;

/**
 * Which hosts are reached without a proxy, by the rules of {@code http.nonProxyHosts}: any case, a
 * {@code *} as the first or the last character stands for any text, names are not looked up.
 */
public final class NoProxy {
  private NoProxy() {}

  /**
   * Whether this host is one of them.
   *
   * @param host without brackets
   */
  public static boolean covers(List<String> patterns, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    for (String pattern : patterns) {
      if (matches(withoutBrackets(pattern.toLowerCase(Locale.ROOT)), name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String pattern, String name) {
    boolean anyStart = pattern.startsWith("*");
    String rest = anyStart ? pattern.substring(1) : pattern;
    if (rest.endsWith("*")) {
      rest = rest.substring(0, rest.length() - 1);
      return anyStart ? name.contains(rest) : name.startsWith(rest);
    }
    return anyStart ? name.endsWith(rest) : name.equals(rest);
  }

  private static String withoutBrackets(String pattern) {
    boolean literal = pattern.startsWith("[") && pattern.endsWith("]");
    return literal ? pattern.substring(1, pattern.length() - 1) : pattern;
  }
}

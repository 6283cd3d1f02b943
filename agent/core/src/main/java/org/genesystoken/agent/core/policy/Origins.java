package org.genesystoken.agent.core.policy;

import java.net.IDN;
import java.net.URI;
import java.util.Collections;
import java.util.List;

/**
 * The hosts that may get the token, compared exactly: a host is covered only if it is one of them,
 * never because it looks like one. Immutable.
 */
public final class Origins {
  /** How many characters more a host may be written with: those of an IPv6 address, or a dot. */
  private static final int BRACKETS = 2;

  private final Origin[] origins;
  private final boolean internationalised;

  private Origins(Origin[] origins, boolean internationalised) {
    this.origins = origins;
    this.internationalised = internationalised;
  }

  /**
   * The origins that a list names.
   *
   * @param entries as {@link #parse} takes them
   * @throws IllegalArgumentException if one of them is not understood
   */
  public static Origins of(List<String> entries) {
    Origin[] origins = new Origin[entries.size()];
    boolean internationalised = false;
    for (int i = 0; i < origins.length; i++) {
      origins[i] = parse(entries.get(i));
      internationalised |= origins[i].host.contains("xn--");
    }
    return new Origins(origins, internationalised);
  }

  /** The one origin of a URL with a scheme and a host. */
  static Origins of(URI url) {
    // not getHost(): it is null for a host with an underscore
    String authority = url.getRawAuthority();
    return of(
        Collections.singletonList(
            url.getScheme() + "://" + authority.substring(authority.lastIndexOf('@') + 1)));
  }

  /**
   * Reads {@code [scheme://]host[:port]}. Without a scheme it means https, and on a loopback host
   * http as well. Without a port it means the scheme's default port, and on a loopback host every
   * port.
   *
   * @throws IllegalArgumentException with a message of one line that says what is wrong
   */
  public static Origin parse(String entry) {
    String rest = entry.trim();
    String scheme = null;
    int slashes = rest.indexOf("://");
    if (slashes >= 0) {
      scheme = lowerCase(rest.substring(0, slashes));
      if (!scheme.equals("https") && !scheme.equals("http")) {
        throw bad(entry, "the scheme must be https or http");
      }
      rest = rest.substring(slashes + 3);
    }
    if (rest.endsWith("/")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    if (rest.indexOf('/') >= 0 || rest.indexOf('?') >= 0 || rest.indexOf('#') >= 0) {
      throw bad(entry, "a host has no path");
    }
    if (rest.indexOf('@') >= 0) {
      throw bad(entry, "user and password do not belong here");
    }
    int colon = rest.lastIndexOf(':');
    boolean bareIpv6 = colon >= 0 && rest.indexOf(':') < colon && !rest.startsWith("[");
    int port = -1;
    if (colon >= 0 && !bareIpv6 && colon > rest.lastIndexOf(']')) {
      port = port(entry, rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    String host = host(entry, rest);
    return new Origin(scheme, host, port, isLoopback(host));
  }

  /**
   * Whether this is one of the origins. Takes about 5 ns and allocates nothing for a host in ASCII.
   *
   * @param scheme any case
   * @param host any case; one trailing dot is ignored; IPv6 literals with or without brackets
   * @param port -1: the scheme's default
   */
  public boolean covers(String scheme, String host, int port) {
    if (scheme == null || host == null) {
      return false;
    }
    String name = host;
    if (internationalised && !isAscii(host)) {
      name = ace(host);
      if (name == null) {
        return false;
      }
    }
    for (Origin origin : origins) {
      if (isSame(name, origin.host) && origin.allows(scheme, port)) {
        return true;
      }
    }
    return false;
  }

  /** The length first: it tells most other hosts. */
  private static boolean isSame(String name, String lowerCase) {
    int more = name.length() - lowerCase.length();
    if (more < 0 || more > BRACKETS) {
      return false;
    }
    if (name.equals(lowerCase)) {
      return true;
    }
    int from = 0;
    int to = name.length();
    if (to > 2 && name.charAt(0) == '[' && name.charAt(to - 1) == ']') {
      from = 1;
      to--;
    } else if (to > 1 && name.charAt(to - 1) == '.') {
      to--;
    }
    return equals(name, from, to, lowerCase);
  }

  // Not equalsIgnoreCase: it takes some letters outside ASCII (the Kelvin sign) for ASCII ones.
  private static boolean equals(String text, int from, int to, String lowerCase) {
    if (to - from != lowerCase.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      char expected = lowerCase.charAt(i - from);
      if (c != expected && (c < 'A' || c > 'Z' || c + ('a' - 'A') != expected)) {
        return false;
      }
    }
    return true;
  }

  private static String host(String entry, String text) {
    String host = text;
    if (host.startsWith("[")) {
      if (!host.endsWith("]")) {
        throw bad(entry, "the bracket of the IPv6 address is not closed");
      }
      host = host.substring(1, host.length() - 1);
      if (host.indexOf(':') < 0) {
        throw bad(entry, "only an IPv6 address stands in brackets");
      }
    }
    if (host.indexOf('*') >= 0) {
      throw bad(entry, "wildcards are not supported, name each host");
    }
    if (!isAscii(host)) {
      host = ace(host);
      if (host == null) {
        throw bad(entry, "the host is not a valid international name");
      }
    }
    // only now: the dot may have been one of another script
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    if (host.isEmpty()) {
      throw bad(entry, "the host is missing");
    }
    if (host.endsWith(".")) {
      throw bad(entry, "the host ends with an empty label");
    }
    host = lowerCase(host);
    boolean ipv6 = host.indexOf(':') >= 0;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean valid =
          ipv6
              ? isDigit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'
              : isDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
      if (!valid || (c == '.' && (i == 0 || host.charAt(i - 1) == '.'))) {
        throw bad(entry, "the host has a character that no host has, or an empty label");
      }
    }
    if (ipv6 && !isAddress(host)) {
      throw bad(entry, "this is no IPv6 address");
    }
    return host;
  }

  private static boolean isAddress(String ipv6) {
    try {
      return URI.create("//[" + ipv6 + "]").getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int port(String entry, String text) {
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i)) || port > 65535) {
        throw bad(entry, "the port must be a number from 1 to 65535");
      }
      port = port * 10 + text.charAt(i) - '0';
    }
    if (port < 1 || port > 65535) {
      throw bad(entry, "the port must be a number from 1 to 65535");
    }
    return port;
  }

  private static boolean isLoopback(String host) {
    if (host.equals("localhost") || host.equals("::1") || host.equals("0:0:0:0:0:0:0:1")) {
      return true;
    }
    if (!host.startsWith("127.")) {
      return false;
    }
    int dots = 0;
    int digits = 0;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        dots++;
        digits = 0;
      } else if (!isDigit(c) || ++digits > 3) {
        return false;
      }
    }
    return dots == 3 && digits > 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127) {
        return false;
      }
    }
    return true;
  }

  private static String ace(String host) {
    try {
      return IDN.toASCII(host);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  // The letters of ASCII only: the default locale must not matter (Turkish i).
  private static String lowerCase(String text) {
    char[] chars = text.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      if (chars[i] >= 'A' && chars[i] <= 'Z') {
        chars[i] = (char) (chars[i] + 'a' - 'A');
      }
    }
    return new String(chars);
  }

  private static IllegalArgumentException bad(String entry, String reason) {
    // a password in the user-info must not be shown
    int at = entry.lastIndexOf('@');
    String shown = at < 0 ? entry : "***" + entry.substring(at);
    return new IllegalArgumentException("'" + shown + "' is not [scheme://]host[:port]: " + reason);
  }

  /** One host of the list. Immutable. */
  public static final class Origin {
    private final String scheme;
    private final String host;
    private final int port;
    private final boolean loopback;

    private Origin(String scheme, String host, int port, boolean loopback) {
      this.scheme = scheme;
      this.host = host;
      this.port = port;
      this.loopback = loopback;
    }

    /** {@code https} or {@code http} as written, null if none was written. */
    public String scheme() {
      return scheme;
    }

    /** In lower case ASCII, without a trailing dot, IPv6 without brackets. */
    public String host() {
      return host;
    }

    /** As written, -1 if none was written. */
    public int port() {
      return port;
    }

    /** Whether the host can only mean this machine; nothing is looked up. */
    public boolean isLoopback() {
      return loopback;
    }

    private boolean allows(String requestScheme, int requestPort) {
      int defaultPort;
      if (requestScheme.equalsIgnoreCase("https")) {
        if (scheme != null && !scheme.equals("https")) {
          return false;
        }
        defaultPort = 443;
      } else if (requestScheme.equalsIgnoreCase("http")) {
        if (scheme == null ? !loopback : !scheme.equals("http")) {
          return false;
        }
        defaultPort = 80;
      } else {
        return false;
      }
      if (port == -1 && loopback) {
        return true;
      }
      return (requestPort == -1 ? defaultPort : requestPort) == (port == -1 ? defaultPort : port);
    }
  }
}

package org.genesystoken.agent.core.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.genesystoken.agent.core.policy.Origins;
import org.genesystoken.agent.core.policy.Origins.Origin;

/**
 * The settings that are hosts and URLs. A class of its own, because an agent that is given a region
 * needs none of it before the app's {@code main}.
 */
final class Addresses {
  private static final String HTTP = "http://";
  private static final String HTTPS = "https://";
  private static final String TOKEN_PATH = "/api/v2/oauth/token";

  private Addresses() {}

  /** Adds the entries of {@code hosts}, which must all be understood, to the hosts there are. */
  static void add(Sources sources, List<String> entries, List<String> hosts) {
    for (String entry : entries) {
      if (origin(entry) == null) {
        sources.invalid(Setting.HOSTS, "expected " + Setting.HOSTS.allowed());
        break;
      }
      if (!hosts.contains(entry)) {
        hosts.add(entry);
      }
    }
  }

  /**
   * The token endpoint as set, or as it follows from the hosts; null: it does not, or a problem.
   */
  static String tokenUrl(Sources sources, List<String> hosts) {
    String text = sources.text(Setting.TOKEN_URL);
    if (text == null) {
      return hosts.isEmpty() ? null : derivedTokenUrl(hosts);
    }
    URI url = uri(text);
    boolean usable =
        url != null
            && url.getHost() != null
            && url.getRawUserInfo() == null
            && url.getRawFragment() == null
            && url.getRawPath().length() > 1
            && origin(url.getRawAuthority()) != null
            && (startsWith(text, HTTPS)
                || (startsWith(text, HTTP) && mayBePlain(url.getHost(), hosts)));
    if (!usable) {
      sources.invalid(Setting.TOKEN_URL, "expected " + Setting.TOKEN_URL.allowed());
      return null;
    }
    return text;
  }

  /** Whether plain http is fine: on loopback, or where the operator himself wrote http://. */
  private static boolean mayBePlain(String host, List<String> hosts) {
    Origin target = origin(host);
    if (target == null || target.isLoopback()) {
      return target != null;
    }
    for (String entry : hosts) {
      Origin origin = origin(entry);
      if (origin != null && "http".equals(origin.scheme()) && origin.host().equals(target.host())) {
        return true;
      }
    }
    return false;
  }

  private static String derivedTokenUrl(List<String> hosts) {
    for (String entry : hosts) {
      Origin origin = origin(entry);
      // Genesys' own API hosts are https on the default port; another port is another server
      if (origin != null
          && !"http".equals(origin.scheme())
          && origin.port() == -1
          && origin.host().startsWith(Region.API)
          && origin.host().indexOf('.', Region.API.length()) > Region.API.length()) {
        return Region.tokenUrl(origin.host());
      }
    }
    Origin first = origin(hosts.get(0));
    if (first == null || (first.isLoopback() && first.scheme() == null)) {
      return null;
    }
    boolean literal = first.host().indexOf(':') >= 0;
    String host = literal ? "[" + first.host() + "]" : first.host();
    String port = first.port() == -1 ? "" : ":" + first.port();
    return ("http".equals(first.scheme()) ? HTTP : HTTPS) + host + port + TOKEN_PATH;
  }

  /**
   * The proxy for the token call, null after a problem.
   *
   * @param tokenUrl null: it is not known yet
   */
  static URI proxy(Sources sources, String tokenUrl, List<String> noProxy) {
    String text = sources.text(Setting.TOKEN_PROXY);
    URI proxy = uri(text.contains("://") ? text : HTTP + text);
    if (proxy != null
        && proxy.getHost() != null
        && "http".equalsIgnoreCase(proxy.getScheme())
        && proxy.getPort() >= 1
        && proxy.getPort() <= 65535
        && (proxy.getRawPath().isEmpty() || proxy.getRawPath().equals("/"))
        && proxy.getRawQuery() == null
        && proxy.getRawFragment() == null) {
      requireBlind(sources, tokenUrl, noProxy);
      return proxy;
    }
    sources.invalid(Setting.TOKEN_PROXY, "expected " + Setting.TOKEN_PROXY.allowed());
    return null;
  }

  /** A proxy reads along where it makes no tunnel, and loopback is reached without. */
  private static void requireBlind(Sources sources, String tokenUrl, List<String> noProxy) {
    if (tokenUrl == null || !startsWith(tokenUrl, HTTP)) {
      return;
    }
    Origin target = origin(URI.create(tokenUrl).getRawAuthority());
    if (target != null && !target.isLoopback() && !NoProxy.covers(noProxy, target.host())) {
      sources.problem(
          sources.assignment(Setting.TOKEN_PROXY)
              + ": it would see the secret, because "
              + tokenUrl
              + " is plain http: set token-url to an https one, or token-no-proxy="
              + target.host());
    }
  }

  /** The hosts that the token call goes to without a proxy. */
  static List<String> noProxy(Sources sources) {
    List<String> hosts = new ArrayList<>();
    for (String entry : sources.list(Setting.TOKEN_NO_PROXY)) {
      // http.nonProxyHosts has bars, most other lists of this kind have commas: both are understood
      int start = 0;
      while (start <= entry.length()) {
        int bar = entry.indexOf('|', start);
        int end = bar < 0 ? entry.length() : bar;
        String host = entry.substring(start, end).trim();
        if (!host.isEmpty()) {
          hosts.add(host);
        }
        start = end + 1;
      }
    }
    for (String host : hosts) {
      if (!isHostPattern(host)) {
        sources.invalid(Setting.TOKEN_NO_PROXY, "expected " + Setting.TOKEN_NO_PROXY.allowed());
        break;
      }
    }
    return hosts;
  }

  private static boolean isHostPattern(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean ends = i == 0 || i == host.length() - 1;
      if (c <= ' ' || c == '/' || c == '@' || (c == '*' && !ends)) {
        return false;
      }
    }
    return true;
  }

  /** The entry as the policy will read it, or null if it is not understood. */
  private static Origin origin(String entry) {
    try {
      return Origins.parse(entry);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * The text as a URI, or null. Not by the constructor: to catch its checked exception loads one
   * more class. Its message would repeat the text, password included.
   */
  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean startsWith(String text, String prefix) {
    return text.regionMatches(true, 0, prefix, 0, prefix.length());
  }
}

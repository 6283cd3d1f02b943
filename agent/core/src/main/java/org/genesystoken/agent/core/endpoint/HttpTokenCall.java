package org.genesystoken.agent.core.endpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.genesystoken.agent.core.config.NoProxy;
import org.genesystoken.agent.core.policy.Origins;
import org.genesystoken.agent.core.time.Scheduler;

/**
 * The smallest HTTP/1.1 client that does the job: one request on one connection, one deadline for
 * all of it, no redirect followed with the secret.
 *
 * <p>Not HttpURLConnection: it asks the app's CookieHandler, Authenticator and ResponseCache, sends
 * a POST twice on its own (JDK-6427251), cannot bound the whole call, refuses Basic authentication
 * to an https proxy (jdk.http.auth.tunneling.disabledSchemes), and the agent itself is woven into
 * it. Not java.net.http: Java 8 has none.
 *
 * <p>Trust comes from the JVM's default trust managers or the configured key store, see {@link
 * Tls}. Thread-safe.
 */
final class HttpTokenCall implements TokenCall {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  private final URI url;
  private final boolean secure;
  private final String host;
  private final int port;
  private final boolean explicitPort;
  private final long connectTimeoutMillis;
  private final URI proxy;
  private final List<String> noProxy;
  private final Tls tls;
  private final Scheduler scheduler;

  /**
   * @param connectTimeoutMillis for one address
   * @param proxy {@code http://[user:password@]host:port}, or null: what ProxySelector says; https
   *     goes through it in a tunnel, plain http not at all
   * @param noProxy hosts that are reached without any, see {@link NoProxy}
   * @param scheduler closes the connection when the time is up
   */
  HttpTokenCall(
      URI url,
      long connectTimeoutMillis,
      URI proxy,
      List<String> noProxy,
      Tls tls,
      Scheduler scheduler) {
    this.url = url;
    this.secure = "https".equalsIgnoreCase(url.getScheme());
    // Not getHost(): it is null for a host with an underscore, as container networks have them.
    String authority = url.getRawAuthority();
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    int colon = authority.lastIndexOf(':');
    this.explicitPort = colon > authority.lastIndexOf(']') && colon + 1 < authority.length();
    this.host = withoutBrackets(explicitPort ? authority.substring(0, colon) : authority);
    this.port =
        explicitPort
            ? Integer.parseInt(authority.substring(colon + 1))
            : secure ? HTTPS_PORT : HTTP_PORT;
    this.connectTimeoutMillis = connectTimeoutMillis;
    this.proxy = proxy;
    this.noProxy = noProxy;
    this.tls = tls;
    this.scheduler = scheduler;
  }

  @Override
  public HttpAnswer post(String authorization, String form, long timeoutMillis) throws IOException {
    IOException last = null;
    Deadline deadline = new Deadline();
    Scheduler.Cancellable timer = scheduler.schedule(deadline, timeoutMillis * 1_000_000);
    try {
      for (Route route : routes()) {
        Socket socket;
        try {
          socket = connect(route, deadline);
        } catch (IOException e) {
          last = e;
          if (deadline.isOver()) {
            break;
          }
          continue;
        }
        try {
          return exchange(socket, route, authorization, form);
        } finally {
          closeQuietly(socket);
        }
      }
    } catch (IOException e) {
      last = e;
    } finally {
      timer.cancel();
    }
    throw deadline.isOver() ? deadline.failure() : readable(last);
  }

  private List<Proxy> proxies() {
    boolean nearby = !secure && Origins.parse(host).isLoopback();
    if (!nearby && !NoProxy.covers(noProxy, host)) {
      if (proxy != null) {
        int proxyPort = proxy.getPort() != -1 ? proxy.getPort() : HTTP_PORT;
        return Collections.singletonList(
            new Proxy(
                Proxy.Type.HTTP,
                InetSocketAddress.createUnresolved(withoutBrackets(proxy.getHost()), proxyPort)));
      }
      try {
        ProxySelector selector = ProxySelector.getDefault();
        List<Proxy> selected = selector == null ? null : selector.select(url);
        if (selected != null && !selected.isEmpty()) {
          return selected;
        }
      } catch (RuntimeException e) {
        // the app's own selector may refuse what it does not know: go direct
      }
    }
    return Collections.singletonList(Proxy.NO_PROXY);
  }

  private List<Route> routes() throws IOException {
    List<Route> routes = new ArrayList<>();
    boolean refused = false;
    for (Proxy candidate : proxies()) {
      if (candidate == null || candidate.type() == Proxy.Type.DIRECT) {
        for (InetAddress address : InetAddress.getAllByName(host)) {
          routes.add(new Route(Proxy.NO_PROXY, new InetSocketAddress(address, port), false));
        }
      } else if (candidate.type() == Proxy.Type.SOCKS) {
        // Unresolved: the proxy may know names that this machine does not. It sees the secret of a
        // plain http call, as it sees the token of the app's: it carries all of the JVM's traffic.
        routes.add(new Route(candidate, InetSocketAddress.createUnresolved(host, port), false));
      } else if (!secure) {
        refused = true;
      } else {
        InetSocketAddress address = (InetSocketAddress) candidate.address();
        InetAddress[] addresses =
            address.isUnresolved()
                ? InetAddress.getAllByName(address.getHostString())
                : new InetAddress[] {address.getAddress()};
        for (InetAddress resolved : addresses) {
          routes.add(
              new Route(Proxy.NO_PROXY, new InetSocketAddress(resolved, address.getPort()), true));
        }
      }
    }
    if (refused && routes.isEmpty()) {
      throw new IOException(
          "the proxy would see the secret, token-url is plain http; give an https one or set"
              + " token-no-proxy");
    }
    return routes;
  }

  // The caller closes it; the deadline does if the caller's time is up.
  private Socket connect(Route route, Deadline deadline) throws IOException {
    // with a Proxy, so that the socket does not ask ProxySelector a second time
    Socket socket = new Socket(route.socksOrDirect);
    try {
      deadline.closes(socket);
      socket.setTcpNoDelay(true);
      socket.connect(
          route.target, (int) Math.min(Math.max(connectTimeoutMillis, 1), Integer.MAX_VALUE));
      return socket;
    } catch (IOException | RuntimeException e) {
      closeQuietly(socket);
      if (e instanceof ConnectException && route.throughHttpProxy) {
        throw new IOException("the proxy refused the connection; check token-proxy");
      }
      throw e;
    }
  }

  private HttpAnswer exchange(Socket socket, Route route, String authorization, String form)
      throws IOException {
    if (route.throughHttpProxy) {
      tunnel(socket);
    }
    Socket connection = secure ? handshake(socket) : socket;
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String target = url.getRawQuery() == null ? path : path + '?' + url.getRawQuery();
    byte[] body = form.getBytes(StandardCharsets.US_ASCII);
    StringBuilder head = new StringBuilder(512);
    head.append("POST ").append(target).append(" HTTP/1.1\r\nHost: ").append(authority(false));
    head.append("\r\nUser-Agent: genesys-token-agent\r\nAccept: application/json");
    head.append("\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ");
    head.append(body.length);
    if (authorization != null) {
      head.append("\r\nAuthorization: ").append(authorization);
    }
    head.append("\r\nConnection: close\r\n\r\n");
    OutputStream out = connection.getOutputStream();
    byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    // in one write, so that it leaves in one packet
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    out.write(request);
    out.flush();
    return new AnswerReader(new BufferedInputStream(connection.getInputStream())).read();
  }

  private void tunnel(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder(256);
    head.append("CONNECT ").append(authority(true)).append(" HTTP/1.1\r\nHost: ");
    head.append(authority(true)).append("\r\nUser-Agent: genesys-token-agent");
    if (proxy != null && proxy.getUserInfo() != null) {
      head.append("\r\nProxy-Authorization: Basic ");
      head.append(
          Base64.getEncoder().encodeToString(proxy.getUserInfo().getBytes(StandardCharsets.UTF_8)));
    }
    head.append("\r\n\r\n");
    socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    // unbuffered: what follows the head belongs to TLS
    int status = new AnswerReader(socket.getInputStream()).readTunnelStatus();
    if (status == 407) {
      throw new IOException("the proxy answered 407; check user and password in token-proxy");
    }
    if (status != 200) {
      throw new IOException("the proxy answered " + status + " to CONNECT; check token-proxy");
    }
  }

  private SSLSocket handshake(Socket socket) throws IOException {
    SSLSocket secured =
        (SSLSocket) tls.context().getSocketFactory().createSocket(socket, host, port, true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (host.indexOf(':') < 0 && !Character.isDigit(host.charAt(host.length() - 1))) {
      try {
        parameters.setServerNames(Collections.singletonList(new SNIHostName(host)));
      } catch (IllegalArgumentException e) {
        // a name that SNI cannot carry (an underscore, a trailing dot) goes without
      }
    }
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private String authority(boolean withPort) {
    String name = host.indexOf(':') >= 0 ? '[' + host + ']' : host;
    return withPort || explicitPort ? name + ':' + port : name;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** The simplest text for what happened, with the remedy where there is one. */
  private static IOException readable(IOException e) {
    if (e instanceof UnknownHostException) {
      return new IOException("its host name is unknown; check token-url and DNS");
    }
    if (e instanceof SocketTimeoutException) {
      return new IOException("it could not be connected to in time; check firewall and proxy");
    }
    if (e instanceof ConnectException) {
      return new IOException("the connection was refused; check token-url, firewall and proxy");
    }
    if (e instanceof SSLException) {
      Throwable root = e;
      while (root.getCause() != null && root.getCause() != root) {
        root = root.getCause();
      }
      String said = oneLine(root.getMessage());
      // an alert comes from the other side: it is this client that does not please
      return new IOException(
          "TLS failed ("
              + said
              + ")"
              + (said.contains("fatal alert")
                  ? "; check token-key-store, and whether token-url is the right one"
                  : "; check token-url and token-trust-store"));
    }
    return new IOException(e == null ? "no way to it was found" : oneLine(e.getMessage()));
  }

  private static String oneLine(String message) {
    return message == null ? "no details" : message.replace('\r', ' ').replace('\n', ' ');
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // nobody can do anything about it
    }
  }

  /** One way to the endpoint. */
  private static final class Route {
    final Proxy socksOrDirect;
    final InetSocketAddress target;
    final boolean throughHttpProxy;

    Route(Proxy socksOrDirect, InetSocketAddress target, boolean throughHttpProxy) {
      this.socksOrDirect = socksOrDirect;
      this.target = target;
      this.throughHttpProxy = throughHttpProxy;
    }
  }

  /**
   * Closes the connection when the time is up: ends a connect, a handshake, a write and a slow drip
   * alike, which no socket time-out does.
   */
  private static final class Deadline implements Runnable {
    private volatile boolean over;
    private volatile Socket socket;

    void closes(Socket newSocket) throws IOException {
      socket = newSocket;
      if (over) {
        throw failure();
      }
    }

    boolean isOver() {
      return over;
    }

    IOException failure() {
      return new InterruptedIOException(
          "no complete answer in time; check token-url, proxy and firewall, or raise read-timeout");
    }

    @Override
    public void run() {
      over = true;
      Socket open = socket;
      if (open != null) {
        closeQuietly(open);
      }
    }
  }
}

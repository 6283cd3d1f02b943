package org.genesystoken.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy on loopback that tunnels and forwards, and keeps every head it can read.
 * Thread-safe.
 */
final class ConnectProxy implements AutoCloseable {
  private final String login;
  private final SocketServer server = new SocketServer(this::serve);
  private final List<String> heads = new CopyOnWriteArrayList<>();

  /** Of the kind that asks nobody who he is. */
  ConnectProxy() {
    this(null);
  }

  /**
   * @param user who may pass, his password being the same, after a 407; null: anybody may
   */
  ConnectProxy(String user) {
    login = user == null ? null : FakeGenesys.basic(user, user);
  }

  int port() {
    return server.port();
  }

  /** The first request head on each connection, and those that were answered 407. */
  List<String> heads() {
    return heads;
  }

  void forget() {
    heads.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve(Socket client, InputStream in) throws IOException {
    SocketServer.Head head = SocketServer.Head.read(in);
    while (head != null) {
      heads.add(head.text());
      if (login == null || login.equals(head.header("proxy-authorization"))) {
        pass(head, client, in);
        return;
      }
      SocketServer.write(
          client,
          """
          HTTP/1.1 407 Who Are You\r
          Proxy-Authenticate: Basic realm="proxy"\r
          Content-Length: 0\r
          \r
          """);
      head = SocketServer.Head.read(in);
    }
  }

  private static void pass(SocketServer.Head head, Socket client, InputStream in)
      throws IOException {
    boolean tunnel = head.method().equals("CONNECT");
    URI target = URI.create(tunnel ? "https://" + head.target() : head.target());
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target.getPort())) {
      SocketServer.write(
          tunnel ? client : server, tunnel ? "HTTP/1.1 200 OK\r\n\r\n" : head.text());
      Thread back =
          SocketServer.daemon(
              () -> {
                try {
                  copy(server.getInputStream(), client);
                } catch (IOException e) {
                  // closed before it began
                }
              });
      copy(in, server);
      back.join(20_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(InputStream from, Socket to) {
    try {
      from.transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // one side hung up
    }
  }
}

package org.genesystoken.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What no mock server can do: refuses the first request of a path, then hangs up on all that
 * follow; or refuses with a body that comes slowly, or does not end. Thread-safe.
 */
final class RefusingServer implements AutoCloseable {
  private static final String EXPIRED = "{\"code\":\"bad.credentials\"}";

  private static final String HEAD =
      "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n";

  private final SocketServer server = new SocketServer(this::serve);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  String host() {
    return server.host();
  }

  /**
   * {@code /slow/…}: a body in two parts; {@code /trickle/…}: one that never ends; {@code /told/…}:
   * once one that says expired at once, and never ends; {@code /basic/…}: a challenge that the JDK
   * can meet; {@code /good/…}: no refusal.
   */
  String url(String path) {
    return server.http(path);
  }

  /** How often a path was asked for. */
  int requests(String path) {
    return (int) requests.stream().filter(path::equals).count();
  }

  private void serve(Socket client, InputStream in) throws IOException {
    for (SocketServer.Head head = SocketServer.Head.read(in);
        head != null;
        head = SocketServer.Head.read(in)) {
      head.body(in, OutputStream.nullOutputStream());
      String path = head.target();
      requests.add(path);
      if (path.startsWith("/slow/")) {
        refuseSlowly(client);
      } else if (path.startsWith("/trickle/")) {
        refuseForEver(client, "{\"a\":");
      } else if (path.startsWith("/told/") && requests(path) == 1) {
        refuseForEver(client, EXPIRED);
      } else if (path.startsWith("/good/") || path.startsWith("/told/")) {
        SocketServer.write(client, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      } else if (requests(path) == 1) {
        refuse(client, path.startsWith("/basic/"));
      } else {
        return;
      }
    }
  }

  private static void refuse(Socket client, boolean basic) throws IOException {
    SocketServer.write(
        client,
        HEAD
            + "Content-Length: "
            + EXPIRED.length()
            + (basic ? "\r\nWWW-Authenticate: Basic realm=\"x\"" : "")
            + "\r\n\r\n"
            + EXPIRED);
  }

  /** Longer than the agent waits. */
  private void refuseSlowly(Socket client) throws IOException {
    SocketServer.write(client, HEAD + "Transfer-Encoding: chunked\r\n\r\n");
    SocketServer.write(client, "5\r\n{\"a\":\r\n");
    if (!isClosedWithin(3000)) {
      SocketServer.write(client, "2\r\n1}\r\n0\r\n\r\n");
    }
  }

  private void refuseForEver(Socket client, String start) throws IOException {
    SocketServer.write(client, HEAD + "Transfer-Encoding: chunked\r\n\r\n");
    SocketServer.write(client, Integer.toHexString(start.length()) + "\r\n" + start + "\r\n");
    while (!isClosedWithin(100)) {
      SocketServer.write(client, "1\r\n \r\n");
    }
  }

  private boolean isClosedWithin(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
  }
}

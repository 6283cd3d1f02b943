package org.genesystoken.it.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A token endpoint on loopback that knows one secret and how long its tokens live. */
final class TokenServer implements AutoCloseable {
  private final ServerSocket server;
  private final int lifeSeconds;
  private final AtomicInteger number = new AtomicInteger();
  private final Map<String, Long> ends = new ConcurrentHashMap<>();
  private volatile String secret;

  TokenServer(int lifeSeconds, String secret) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.lifeSeconds = lifeSeconds;
    this.secret = secret;
    Thread thread = new Thread(this::serve, "token-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /** The one secret that is accepted from now on. */
  void accept(String next) {
    secret = next;
  }

  boolean isLive(String header) {
    Long end = header == null ? null : ends.get(header);
    return end != null && System.nanoTime() - end < 0;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        byte[] buffer = new byte[8_192];
        InputStream in = socket.getInputStream();
        // the agent sends a request in one write
        int length = in.read(buffer);
        String request = new String(buffer, 0, Math.max(length, 0), StandardCharsets.ISO_8859_1);
        boolean good = request.endsWith("client_secret=" + secret);
        String token = "token-" + number.incrementAndGet();
        if (good) {
          ends.put("Bearer " + token, System.nanoTime() + TimeUnit.SECONDS.toNanos(lifeSeconds));
        }
        String body =
            good
                ? "{\"access_token\":\"" + token + "\",\"expires_in\":" + lifeSeconds + "}"
                : "{\"error\":\"invalid_client\"}";
        String head = "HTTP/1.1 " + (good ? "200 OK" : "400 Bad Request") + "\r\nContent-Length: ";
        socket
            .getOutputStream()
            .write(
                (head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // a caller that hung up, or the end
      }
    }
  }
}

package org.genesystoken.agent.clients.urlconnection;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server on loopback that refuses the first request and answers those after it as told; when it
 * has nothing more to say it hangs up. Serves one connection at a time.
 */
final class RefusingPeer implements AutoCloseable {
  static final String REFUSAL = "{\"code\":\"bad.credentials\"}";

  private final ServerSocket listener;
  private final Queue<String> answers = new ArrayDeque<>();
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param later status lines of the answers that follow
   */
  RefusingPeer(String... later) throws IOException {
    answers.add("401 Unauthorized");
    answers.addAll(Arrays.asList(later));
    listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve);
    thread.setDaemon(true);
    thread.start();
  }

  HttpURLConnection open() throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/x");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setReadTimeout(10_000);
    return connection;
  }

  int connections() {
    return connections.get();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket client = listener.accept()) {
        connections.incrementAndGet();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        while (in.readLine() != null) {
          String header = in.readLine();
          while (header != null && !header.isEmpty()) {
            header = in.readLine();
          }
          String status = answers.poll();
          if (status == null) {
            break;
          }
          client
              .getOutputStream()
              .write(
                  ("HTTP/1.1 "
                          + status
                          + "\r\nContent-Type: application/json\r\nContent-Length: "
                          + REFUSAL.length()
                          + "\r\n\r\n"
                          + REFUSAL)
                      .getBytes(StandardCharsets.US_ASCII));
        }
      } catch (IOException closed) {
        // the test is over, or the client has hung up
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

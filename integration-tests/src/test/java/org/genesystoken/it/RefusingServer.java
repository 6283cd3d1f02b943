package org.genesystoken.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * What no mock server can do: refuses the first request of a path, then hangs up on all that
 * follow; or refuses with a body that comes slowly. Thread-safe.
 */
final class RefusingServer implements AutoCloseable {
  private static final String EXPIRED = "{\"code\":\"bad.credentials\"}";

  private static final String HEAD =
      "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n";

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  RefusingServer() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::listen);
  }

  /** {@code /slow/…}: a body in two parts; {@code /basic/…}: a challenge that the JDK can meet. */
  String url(String path) {
    return "http://127.0.0.1:" + listener.getLocalPort() + path;
  }

  /** How often a path was asked for. */
  int requests(String path) {
    return (int) requests.stream().filter(path::equals).count();
  }

  private void listen() {
    try {
      while (true) {
        Socket socket = listener.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (SocketException closed) {
      // the test is over
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String path = line.split(" ", -1)[1];
        skipRest(in);
        requests.add(path);
        if (path.startsWith("/slow/")) {
          refuseSlowly(out);
        } else if (requests(path) == 1) {
          refuse(out, path.startsWith("/basic/"));
        } else {
          return;
        }
      }
    } catch (IOException e) {
      // the app has hung up
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void skipRest(BufferedReader in) throws IOException {
    int length = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).trim());
      }
    }
    for (int i = 0; i < length; i++) {
      in.read();
    }
  }

  private static void refuse(OutputStream out, boolean basic) throws IOException {
    write(
        out,
        HEAD
            + "Content-Length: "
            + EXPIRED.length()
            + (basic ? "\r\nWWW-Authenticate: Basic realm=\"x\"" : "")
            + "\r\n\r\n"
            + EXPIRED);
  }

  /** Longer than the agent waits. */
  private static void refuseSlowly(OutputStream out) throws IOException, InterruptedException {
    write(out, HEAD + "Transfer-Encoding: chunked\r\n\r\n");
    write(out, "5\r\n{\"a\":\r\n");
    new CountDownLatch(1).await(3, TimeUnit.SECONDS);
    write(out, "2\r\n1}\r\n0\r\n\r\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      threads.shutdownNow();
    }
  }
}

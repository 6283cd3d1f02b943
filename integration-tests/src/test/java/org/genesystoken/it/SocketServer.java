package org.genesystoken.it;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Accepts connections on a loopback port and serves each on a daemon thread of its own; and the
 * little of HTTP/1.1 that such a server reads. Thread-safe.
 */
final class SocketServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Service service;

  /** Serves one connection, which is closed afterwards. A client that hangs up is nothing odd. */
  @FunctionalInterface
  interface Service {
    void serve(Socket client, InputStream in) throws IOException;
  }

  /**
   * One request head.
   *
   * @param text as it came, with the empty line at its end
   * @param headers names in lower case
   */
  record Head(String text, String method, String target, Map<String, String> headers) {
    /** The next head on a connection; null at its end. */
    static Head read(InputStream in) throws IOException {
      StringBuilder text = new StringBuilder();
      int b;
      do {
        b = in.read();
        if (b < 0) {
          return null;
        }
        text.append((char) b);
      } while (b != '\n' || !text.substring(Math.max(0, text.length() - 4)).equals("\r\n\r\n"));
      String[] lines = text.toString().split("\r\n", -1);
      String[] first = lines[0].split(" ", 3);
      Map<String, String> headers = new TreeMap<>();
      for (int i = 1; i < lines.length; i++) {
        int colon = lines[i].indexOf(": ");
        if (colon > 0) {
          headers.put(
              lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 2));
        }
      }
      return new Head(text.toString(), first[0], first[1], headers);
    }

    String header(String name) {
      return headers.get(name);
    }

    /** Reads the body that belongs to this head, part by part. */
    void body(InputStream in, OutputStream to) throws IOException {
      if (!"chunked".equals(header("transfer-encoding"))) {
        copy(in, Long.parseLong(headers.getOrDefault("content-length", "0")), to);
        return;
      }
      for (long size = chunk(in); size > 0; size = chunk(in)) {
        copy(in, size, to);
        line(in);
      }
      line(in);
    }

    private static long chunk(InputStream in) throws IOException {
      return Long.parseLong(line(in), 16);
    }

    private static void copy(InputStream in, long length, OutputStream to) throws IOException {
      byte[] part = new byte[(int) Math.min(length, 64 * 1024)];
      for (long left = length; left > 0; ) {
        int read = in.read(part, 0, (int) Math.min(left, part.length));
        if (read < 0) {
          throw new IOException("end of stream in a body");
        }
        to.write(part, 0, read);
        left -= read;
      }
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("end of stream in a body");
        }
        line.append((char) b);
      }
      return line.toString().trim();
    }
  }

  SocketServer(Service service) {
    this.service = service;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  String host() {
    return "127.0.0.1:" + port();
  }

  String http(String path) {
    return "http://" + host() + path;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        daemon(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      service.serve(client, new BufferedInputStream(client.getInputStream()));
    } catch (IOException e) {
      // the app hung up: nothing to serve any more
    }
  }

  static void write(Socket client, String text) throws IOException {
    OutputStream out = client.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  static Thread daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}

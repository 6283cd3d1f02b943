package org.genesystoken.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An API on plain sockets, HTTP/1.1, for what WireMock cannot do: refuse before the body, never
 * answer, notice that the app hangs up, count connections. What it does is in the path; its tokens
 * are those of a {@link FakeGenesys}. Thread-safe.
 */
final class RawApi implements AutoCloseable {
  static final int BIG = 100 * 1024 * 1024;

  private static final String EXPIRED = "{\"code\":\"bad.credentials\",\"status\":401}";

  private final FakeGenesys tokens;
  private final ServerSocket listener;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile CountDownLatch hanging = new CountDownLatch(1);
  private volatile CountDownLatch abandoned = new CountDownLatch(1);

  /**
   * One request head, header names in lower case.
   *
   * @param body SHA-256 of the body, or null if it was not read
   */
  record Request(String method, String path, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.get(name);
    }
  }

  RawApi(FakeGenesys tokens) {
    this.tokens = tokens;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  String host() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  String http(String path) {
    return "http://" + host() + path;
  }

  List<Request> requests() {
    return requests;
  }

  /** How many connections carried requests. */
  int connections() {
    return connections.size();
  }

  void forget() {
    requests.clear();
    connections.clear();
    calls.set(0);
    hanging = new CountDownLatch(1);
    abandoned = new CountDownLatch(1);
  }

  /** Whether a request came, within seconds, that is never answered. */
  boolean awaitHanging() {
    return await(hanging);
  }

  /** Whether the app hung up on it, within seconds. */
  boolean awaitAbandoned() {
    return await(abandoned);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
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
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        connections.add(client.getPort());
        answer(head, in, out);
      }
    } catch (IOException e) {
      // the app hung up: nothing to serve any more
    }
  }

  private void answer(String head, InputStream in, OutputStream out) throws IOException {
    String[] lines = head.split("\r\n", -1);
    String[] first = lines[0].split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(": ");
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 2));
      }
    }
    String[] path = first[1].split("/", -1);
    if (path[1].equals("every") && calls.incrementAndGet() % Integer.parseInt(path[2]) == 0) {
      tokens.kill();
    }
    boolean live = tokens.isLive(headers.get("authorization"));
    boolean asked = headers.containsKey("expect");
    if (asked && path[1].equals("refuse") && !live) {
      requests.add(new Request(first[0], first[1], headers, null));
      reply(out, "401 Unauthorized", "", EXPIRED);
      return;
    }
    if (asked && !path[1].equals("ignore")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    String sha256 = FakeGenesys.sha256(body(headers, in));
    requests.add(new Request(first[0], first[1], headers, sha256));
    switch (path[1]) {
      case "open" -> reply(out, "200 OK", "", sha256);
      case "never" -> reply(out, "401 Unauthorized", "", EXPIRED);
      case "web-socket" -> reply(out, "403 Forbidden", "", "");
      case "big" -> {
        if (live) {
          big(out);
        } else {
          reply(out, "401 Unauthorized", "", EXPIRED);
        }
      }
      case "cookie" -> {
        String cookie = "Set-Cookie: seen=" + (live ? "good" : "refused") + "; Path=/cookie\r\n";
        reply(out, live ? "200 OK" : "401 Unauthorized", cookie, live ? sha256 : EXPIRED);
      }
      case "close" -> {
        reply(out, live ? "200 OK" : "401 Unauthorized", "Connection: close\r\n", EXPIRED);
        throw new IOException("closed on purpose");
      }
      case "lost" -> {
        if (live) {
          throw new IOException("lost on purpose");
        }
        reply(out, "401 Unauthorized", "", EXPIRED);
      }
      case "hang" -> hang(in);
      case "hang-live" -> {
        if (live) {
          hang(in);
        } else {
          pause(Integer.parseInt(path[2]));
          reply(out, "401 Unauthorized", "", EXPIRED);
        }
      }
      default -> reply(out, live ? "200 OK" : "401 Unauthorized", "", live ? sha256 : EXPIRED);
    }
  }

  private void hang(InputStream in) throws IOException {
    hanging.countDown();
    try {
      while (in.read() >= 0) {
        // what else the app sends does not matter
      }
    } finally {
      abandoned.countDown();
    }
  }

  /** Real time on purpose: a slow server is what is tested. */
  private static void pause(int millis) {
    long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      java.util.concurrent.locks.LockSupport.parkNanos(left);
    }
  }

  private static void reply(OutputStream out, String status, String headers, String body)
      throws IOException {
    String text =
        "HTTP/1.1 "
            + status
            + "\r\n"
            + headers
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static void big(OutputStream out) throws IOException {
    out.write(
        ("HTTP/1.1 200 OK\r\nContent-Length: " + BIG + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    byte[] part = new byte[64 * 1024];
    for (int sent = 0; sent < BIG; sent += part.length) {
      out.write(part);
    }
    out.flush();
  }

  /** Without the last empty line; empty at the end of the connection. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.append((char) b);
    }
    return head.substring(0, head.length() - 4);
  }

  private static byte[] body(Map<String, String> headers, InputStream in) throws IOException {
    if (!"chunked".equals(headers.get("transfer-encoding"))) {
      return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunk(in); size > 0; size = chunk(in)) {
      body.writeBytes(in.readNBytes(size));
      line(in);
    }
    line(in);
    return body.toByteArray();
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
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

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }
}

package org.genesystoken.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
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
  private static final String OTHER = "{\"code\":\"ip.not.authorized\",\"status\":401}";

  /** More than the agent looks at, and more than libraries read unasked. */
  private static final int LONG = 100_000;

  /** What is asked beside the calls that a test is about. */
  private static final Set<String> SIDE_CALLS =
      Set.of("/token", "/hanging", "/kill", "/release-tokens", "/open-gate");

  private final FakeGenesys tokens;
  private final SocketServer server = new SocketServer(this::serve);
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger tokenCalls = new AtomicInteger();
  private volatile CountDownLatch hanging = new CountDownLatch(1);
  private volatile CountDownLatch abandoned = new CountDownLatch(1);
  private volatile CountDownLatch gate = new CountDownLatch(1);
  private volatile CountDownLatch tokenGate = new CountDownLatch(0);

  /**
   * One request.
   *
   * @param body SHA-256 of the body, or null if it was not read
   */
  record Request(SocketServer.Head head, String body) {
    String path() {
      return head.target();
    }

    String header(String name) {
      return head.header(name);
    }
  }

  RawApi(FakeGenesys tokens) {
    this.tokens = tokens;
  }

  String host() {
    return server.host();
  }

  String http(String path) {
    return server.http(path);
  }

  List<Request> requests() {
    return requests;
  }

  /** How many tokens were asked for here, and not at the {@link FakeGenesys}. */
  int tokenCalls() {
    return tokenCalls.get();
  }

  /** How many connections carried {@link #requests}. */
  int connections() {
    return connections.size();
  }

  void forget() {
    requests.clear();
    connections.clear();
    calls.set(0);
    tokenCalls.set(0);
    hanging = new CountDownLatch(1);
    abandoned = new CountDownLatch(1);
    gate = new CountDownLatch(1);
  }

  /** From now on requests for a token hang, for some seconds at most. */
  void holdTokens() {
    tokenGate = new CountDownLatch(1);
  }

  void releaseTokens() {
    tokenGate.countDown();
  }

  /** Lets the request that hangs have its answer. */
  void openGate() {
    gate.countDown();
  }

  /** The field by which a probe cancels its call when a request hangs, one for a token included. */
  String cancelWhenHanging() {
    return "\tcancel-when=" + uncovered("/hanging");
  }

  /**
   * The fields by which a probe does something else when a request hangs.
   *
   * @param tasks what {@code Meanwhile} does, in order
   */
  String whenHanging(String... tasks) {
    StringBuilder fields = new StringBuilder("\twhen=" + uncovered("/hanging"));
    for (String task : tasks) {
      fields.append("\tmeanwhile=").append(task);
    }
    return fields.toString();
  }

  /** By a name that is none of the agent's. */
  String uncovered(String path) {
    return http(path).replace("127.0.0.1", "localhost");
  }

  /** Whether a request came, within seconds, that is not answered. */
  boolean awaitHanging() {
    return await(hanging);
  }

  /** Whether the app hung up on it, within seconds. */
  boolean awaitAbandoned() {
    return await(abandoned);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(40, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void serve(Socket client, InputStream in) throws IOException {
    OutputStream out = client.getOutputStream();
    for (SocketServer.Head head = SocketServer.Head.read(in);
        head != null;
        head = SocketServer.Head.read(in)) {
      if (!SIDE_CALLS.contains(head.target())) {
        connections.add(client.getPort());
      }
      answer(head, client, in, out);
    }
  }

  private void answer(SocketServer.Head head, Socket client, InputStream in, OutputStream out)
      throws IOException {
    String[] path = head.target().split("/", -1);
    if (path[1].equals("every") && calls.incrementAndGet() % Integer.parseInt(path[2]) == 0) {
      tokens.kill();
    }
    boolean live = tokens.isLive(head.header("authorization"));
    boolean asked = head.header("expect") != null;
    if (asked && path[1].startsWith("refuse") && !live) {
      requests.add(new Request(head, null));
      reply(out, "401 Unauthorized", "", EXPIRED);
      if (path[1].equals("refuse-strictly")) {
        // the next bytes are those of the body, RFC 9110 section 10.1.1
        sha256(head, in);
      }
      return;
    }
    if (asked && !path[1].equals("ignore")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    String sha256 = sha256(head, in);
    if (SIDE_CALLS.contains(head.target())) {
      beside(path[1], out);
      return;
    }
    requests.add(new Request(head, sha256));
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
      case "gate", "gate-live" -> {
        if (live == path[1].equals("gate-live")) {
          hanging.countDown();
          await(gate);
        }
        reply(out, live ? "200 OK" : "401 Unauthorized", "", live ? sha256 : EXPIRED);
      }
      case "throttled" -> throttled(path[2], out);
      case "events" -> events(out);
      case "close" -> {
        reply(out, live ? "200 OK" : "401 Unauthorized", "Connection: close\r\n", EXPIRED);
        throw new IOException("closed on purpose");
      }
      case "silent-close", "seen-close" -> {
        reply(out, live ? "200 OK" : "401 Unauthorized", "", live ? sha256 : EXPIRED);
        if (!live) {
          try {
            if (path[1].equals("seen-close")) {
              client.shutdownOutput();
              awaitEnd(in);
            }
            out.close();
          } finally {
            releaseTokens();
          }
        }
      }
      case "lost" -> {
        if (live) {
          throw new IOException("lost on purpose");
        }
        reply(out, "401 Unauthorized", "", EXPIRED);
      }
      case "trailers" -> chunked(out, "401 Unauthorized", OTHER, "X-Sum: 1\r\nX-End: 2\r\n");
      case "told" -> {
        if (live) {
          reply(out, "200 OK", "", sha256);
        } else {
          refuseForEver(out);
        }
      }
      case "long" -> reply(out, "401 Unauthorized", "", OTHER + " ".repeat(LONG));
      case "long-expired" ->
          reply(
              out,
              live ? "200 OK" : "401 Unauthorized",
              "",
              live ? sha256 : EXPIRED + " ".repeat(LONG));
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

  private void beside(String what, OutputStream out) throws IOException {
    switch (what) {
      case "token" -> token(out);
      case "hanging" -> {
        boolean hangs = awaitHanging();
        // until the app's side has come to wait for the answer
        pause(100);
        reply(out, hangs ? "200 OK" : "504 Gateway Timeout", "", "");
      }
      default -> {
        switch (what) {
          case "kill" -> tokens.kill();
          case "release-tokens" -> releaseTokens();
          default -> openGate();
        }
        reply(out, "200 OK", "", "");
      }
    }
  }

  /**
   * Until the client's event loop has come to see the end of the connection, and closes it, too.
   */
  private static void awaitEnd(InputStream in) throws IOException {
    try {
      if (in.read() >= 0) {
        throw new IOException("a request on a connection that has been closed");
      }
    } catch (SocketException reset) {
      // which is an end, too
    }
  }

  private void token(OutputStream out) throws IOException {
    tokenCalls.incrementAndGet();
    if (tokenGate.getCount() > 0) {
      hanging.countDown();
      if (!await(tokenGate)) {
        reply(out, "504 Gateway Timeout", "", "");
        return;
      }
    }
    reply(out, "200 OK", "", Answers.token(tokens.mint(), null).body());
  }

  /** 429 once; then good, if what holds up tokens has been released in the meantime. */
  private void throttled(String retryAfter, OutputStream out) throws IOException {
    if (calls.incrementAndGet() == 1) {
      reply(out, "429 Too Many Requests", "Retry-After: " + retryAfter + "\r\n", "{}");
      hanging.countDown();
    } else {
      reply(out, tokenGate.getCount() == 0 ? "200 OK" : "500 Held Up", "", "");
    }
  }

  /** An event at once, and one more when the gate is open. */
  private void events(OutputStream out) throws IOException {
    String head =
        """
        HTTP/1.1 200 OK\r
        Content-Type: text/event-stream\r
        Transfer-Encoding: chunked\r
        \r
        """;
    out.write((head + event("one")).getBytes(StandardCharsets.US_ASCII));
    out.flush();
    hanging.countDown();
    await(gate);
    out.write((event("two") + "0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static String event(String data) {
    String text = "data: " + data + " ";
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
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

  private static void chunked(OutputStream out, String status, String body, String trailers)
      throws IOException {
    String text =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(body.length())
            + "\r\n"
            + body
            + "\r\n0\r\n"
            + trailers
            + "\r\n";
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Says expired at once, and goes on until the app hangs up. */
  private static void refuseForEver(OutputStream out) throws IOException {
    String head =
        """
        HTTP/1.1 401 Unauthorized\r
        Content-Type: application/json\r
        Transfer-Encoding: chunked\r
        \r
        """;
    String chunk = Integer.toHexString(EXPIRED.length()) + "\r\n" + EXPIRED + "\r\n";
    out.write((head + chunk).getBytes(StandardCharsets.US_ASCII));
    while (true) {
      out.flush();
      pause(100);
      out.write("1\r\n \r\n".getBytes(StandardCharsets.US_ASCII));
    }
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

  private static String sha256(SocketServer.Head head, InputStream in) throws IOException {
    MessageDigest digest = FakeGenesys.sha256();
    head.body(in, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
    return HexFormat.of().formatHex(digest.digest());
  }
}

package org.genesystoken.it.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API, small and fast, in a JVM of its own, on loopback. Paths with {@code /mortal/} want the
 * token that the token endpoint gives out; {@code /kill} ends its life. Others take any.
 */
public final class Api {
  private static final String BODY =
      "{\"id\":\"3a8c1f0e-9f0a-4c46-8b5c-0d5f1c6a7e11\",\"name\":\"A legacy program's user\","
          + "\"email\":\"legacy@example.com\",\"state\":\"active\",\"version\":7}";
  private static final String EXPIRED =
      "{\"message\":\"Invalid login credentials.\",\"code\":\"bad.credentials\",\"status\":401}";

  private final AtomicInteger generation = new AtomicInteger();

  private Api() {}

  /** Prints its port, and runs until it is stopped. */
  public static void main(String[] arguments) throws IOException {
    Api api = new Api();
    try (ServerSocket server =
        new ServerSocket(0, 256, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      System.out.println("port " + server.getLocalPort());
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread thread = new Thread(() -> api.serve(socket));
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private void serve(Socket socket) {
    try (InputStream in = new BufferedInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream()) {
      for (String head = head(in); head != null; head = head(in)) {
        out.write(answer(head).getBytes(StandardCharsets.US_ASCII));
        out.flush();
      }
    } catch (IOException gone) {
      // The app has had enough.
    }
  }

  private String answer(String head) {
    if (head.startsWith("POST /oauth/token ")) {
      return response(
          "200 OK",
          "{\"access_token\":\"" + live() + "\",\"token_type\":\"bearer\",\"expires_in\":86400}");
    }
    if (head.startsWith("GET /kill ")) {
      generation.incrementAndGet();
      return response("200 OK", "{}");
    }
    boolean good = !head.contains(" /mortal/") || head.contains("Bearer " + live() + "\r\n");
    return good ? response("200 OK", BODY) : response("401 Unauthorized", EXPIRED);
  }

  private String live() {
    return "token-of-generation-" + generation.get();
  }

  private static String response(String status, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** A request up to its empty line; its body is read and dropped. Null: there is none. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder(512);
    int end = 0;
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      end = c == "\r\n\r\n".charAt(end) ? end + 1 : c == '\r' ? 1 : 0;
      if (end == 4) {
        skipBody(in, head.toString());
        return head.toString();
      }
    }
    return null;
  }

  private static void skipBody(InputStream in, String head) throws IOException {
    String name = "content-length: ";
    int at = head.toLowerCase(Locale.ROOT).indexOf(name);
    if (at >= 0) {
      int from = at + name.length();
      int left = Integer.parseInt(head.substring(from, head.indexOf('\r', from)));
      while (left > 0 && in.read() >= 0) {
        left--;
      }
    }
  }
}

package org.genesystoken.agent.core.endpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A loopback server that answers whatever bytes a test wants, one connection after the other. */
final class RawServer implements AutoCloseable {
  interface Answer {
    void write(String request, OutputStream out, Socket socket) throws Exception;
  }

  private final ServerSocket server;
  private final Answer answer;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private RawServer(ServerSocket server, Answer answer) {
    this.server = server;
    this.answer = answer;
    Thread thread = new Thread(this::serve, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  static RawServer answering(String text) throws IOException {
    return answering(
        (request, out, socket) -> out.write(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  static RawServer answering(Answer answer) throws IOException {
    return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
  }

  static RawServer on(ServerSocket server, Answer answer) {
    return new RawServer(server, answer);
  }

  static String json(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Head and body of each request. */
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        String request = read(socket.getInputStream());
        requests.add(request);
        answer.write(request, socket.getOutputStream(), socket);
        socket.getOutputStream().flush();
      } catch (Exception e) {
        // a client that went away, or the end of the test
      }
    }
  }

  /** Reads a head, and the body that its Content-Length announces. */
  static String read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        return head;
      }
      bytes.write(c);
      head = new String(bytes.toByteArray(), StandardCharsets.ISO_8859_1);
    }
    int length = 0;
    for (String line : head.split("\r\n", -1)) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring(16));
      }
    }
    for (int i = 0; i < length; i++) {
      bytes.write(in.read());
    }
    return new String(bytes.toByteArray(), StandardCharsets.ISO_8859_1);
  }
}

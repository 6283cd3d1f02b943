package org.genesystoken.it;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An nginx on loopback that puts the header on and passes calls to the API. */
final class Sidecar implements AutoCloseable {
  private static final String CONFIGURATION =
      """
      worker_processes 1;
      pid nginx.pid;
      error_log nginx.log warn;
      events { worker_connections 256; }
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        keepalive_requests 100000000;
        upstream api { server 127.0.0.1:API; keepalive 64; keepalive_requests 100000000; }
        server {
          listen 127.0.0.1:OWN;
          location / {
            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "Bearer token-of-the-sidecar";
          }
        }
      }
      """;

  private final Process process;
  private final int port;

  private Sidecar(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The program, where it is installed. */
  static Optional<Path> program() {
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Sidecar start(Path program, int apiPort) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path directory = Files.createDirectories(ForkedApp.target("nginx"));
    Path file = directory.resolve("nginx.conf");
    Files.writeString(file, CONFIGURATION.replace("API", "" + apiPort).replace("OWN", "" + port));
    Process process =
        new ProcessBuilder(
                List.of(
                    program.toString(),
                    "-p",
                    directory.toString(),
                    "-c",
                    file.toString(),
                    "-e",
                    directory.resolve("nginx.log").toString(),
                    "-g",
                    "daemon off;"))
            .inheritIO()
            .start();
    Sidecar sidecar = new Sidecar(process, port);
    sidecar.awaitStart();
    return sidecar;
  }

  private void awaitStart() throws IOException, InterruptedException {
    IOException last = null;
    for (int i = 0; i < 100; i++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException notYet) {
        last = notYet;
        if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    close();
    throw new IOException("nginx does not start, see nginx.log", last);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroy();
  }
}

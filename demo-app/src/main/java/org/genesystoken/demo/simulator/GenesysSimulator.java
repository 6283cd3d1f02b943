package org.genesystoken.demo.simulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.UnsupportedEncodingException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A simulated Genesys Cloud on a loopback port of its own. Thread-safe. */
public final class GenesysSimulator implements AutoCloseable {
  private final TokenDesk desk;
  private final Tally tally = new Tally();
  private final Api api;
  private final TokenEndpoint tokenEndpoint;
  private final HttpServer server;
  private final ExecutorService workers =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "genesys-simulator");
            thread.setDaemon(true);
            return thread;
          });

  private GenesysSimulator(SimulatorSettings settings, HttpServer server) {
    this.desk = new TokenDesk(settings.tokenLife(), settings.nanoClock());
    this.api = new Api(desk, tally, settings.errorStyle());
    this.tokenEndpoint = new TokenEndpoint(desk, tally, settings.statedLife());
    this.server = server;
  }

  /** Listens at once, on a free port. */
  public static GenesysSimulator start(SimulatorSettings settings) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    GenesysSimulator simulator = new GenesysSimulator(settings, server);
    server.setExecutor(simulator.workers);
    server.createContext("/", simulator::handleApi);
    server.createContext("/oauth/token", simulator::handleToken);
    server.createContext("/api/v2/oauth/token", simulator::handleToken);
    server.start();
    return simulator;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** {@code http://127.0.0.1:port} */
  public String baseUrl() {
    return "http://127.0.0.1:" + port();
  }

  /** A token as an operator would put it into a configuration; its life starts at first use. */
  public String staticToken() {
    return desk.issueForFirstUse();
  }

  /** A refresh token to start from, good for one use. */
  public String refreshToken() {
    return desk.issueRefreshToken();
  }

  public Counts counts() {
    return tally.counts();
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  private void handleApi(HttpExchange exchange) throws IOException {
    String body = body(exchange);
    send(
        exchange,
        api.answer(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            body));
  }

  private void handleToken(HttpExchange exchange) throws IOException {
    Map<String, String> form = form(body(exchange));
    send(
        exchange,
        tokenEndpoint.answer(
            exchange.getRequestMethod(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            form));
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    byte[] json = reply.json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("ININ-Correlation-Id", UUID.randomUUID().toString());
    exchange.sendResponseHeaders(reply.status, json.length);
    exchange.getResponseBody().write(json);
    exchange.close();
  }

  private static String body(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    InputStream in = exchange.getRequestBody();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      body.write(buffer, 0, n);
    }
    return new String(body.toByteArray(), StandardCharsets.UTF_8);
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new HashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, "UTF-8");
    } catch (UnsupportedEncodingException e) {
      throw new UncheckedIOException(e);
    }
  }
}

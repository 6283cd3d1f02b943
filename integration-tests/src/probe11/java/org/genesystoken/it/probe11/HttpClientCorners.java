package org.genesystoken.it.probe11;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.Outcome;
import org.genesystoken.it.probe.Probe;

/** What apps do with a client besides one call after another. */
public final class HttpClientCorners {
  private static CompletableFuture<HttpResponse<byte[]>> underWay;
  private static HttpClient closing;

  private HttpClientCorners() {}

  /** Does what {@code name=} says. */
  public static void look(Call call, Outcome outcome) throws Exception {
    HttpClientCaller caller = HttpClientCaller.of(call.get("client", "async-1"));
    switch (call.get("name", "")) {
      case "start":
        underWay =
            caller
                .client(call)
                .sendAsync(HttpClientCaller.request(call), BodyHandlers.ofByteArray());
        break;
      case "begin":
        begin(call);
        break;
      case "shut-down":
        HttpClient.class.getMethod("shutdown").invoke(closing);
        break;
      case "ending":
        outcome.look("get", () -> underWay.get(10, TimeUnit.SECONDS).statusCode());
        outcome.look(
            "terminated",
            () ->
                HttpClient.class
                    .getMethod("awaitTermination", Duration.class)
                    .invoke(closing, Duration.ofSeconds(10)));
        break;
      case "cancel":
        outcome.look("done before", underWay::isDone);
        outcome.look("cancel", () -> underWay.cancel(true));
        outcome.look("cancelled", underWay::isCancelled);
        outcome.look("get", () -> underWay.get(5, TimeUnit.SECONDS).statusCode());
        break;
      case "big-stream":
        HttpResponse<InputStream> response =
            caller.client(call).send(HttpClientCaller.request(call), BodyHandlers.ofInputStream());
        outcome.add("code", response.statusCode());
        outcome.add("body", Probe.checksum(response.body()));
        break;
      case "burst":
        burst(caller.client(call), call, outcome);
        break;
      case "web-socket":
        webSocket(caller.client(call), call, outcome);
        break;
      case "virtual":
        virtualThreads(call, outcome);
        break;
      default:
        throw new IllegalArgumentException("no such corner: " + call.get("name", ""));
    }
  }

  /** A call by a client of its own. */
  private static void begin(Call call) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request = HttpClientCaller.request(call);
    closing = client;
    if (call.get("client", "").startsWith("async")) {
      underWay = client.sendAsync(request, BodyHandlers.ofByteArray());
      return;
    }
    CompletableFuture<HttpResponse<byte[]>> sending = new CompletableFuture<>();
    underWay = sending;
    HttpClientCaller.daemon(
            () -> {
              try {
                sending.complete(client.send(request, BodyHandlers.ofByteArray()));
              } catch (IOException | InterruptedException e) {
                sending.completeExceptionally(e);
              }
            })
        .start();
  }

  private static void burst(HttpClient client, Call call, Outcome outcome) throws Exception {
    List<CompletableFuture<HttpResponse<byte[]>>> all = new ArrayList<>();
    for (int i = 0; i < call.getInt("calls", 32); i++) {
      all.add(client.sendAsync(HttpClientCaller.request(call), BodyHandlers.ofByteArray()));
    }
    Map<String, Integer> seen = new TreeMap<>();
    for (CompletableFuture<HttpResponse<byte[]>> one : all) {
      HttpResponse<byte[]> response = one.get(20, TimeUnit.SECONDS);
      seen.merge(response.version() + " " + response.statusCode(), 1, Integer::sum);
    }
    outcome.add("seen", seen);
  }

  private static void webSocket(HttpClient client, Call call, Outcome outcome) {
    outcome.look(
        "handshake",
        () ->
            client
                .newWebSocketBuilder()
                .buildAsync(URI.create(call.get("url", null)), new WebSocket.Listener() {})
                .get(10, TimeUnit.SECONDS)
                .getSubprotocol());
  }

  /** Java 21 and later: a thread a call, all at once. */
  private static void virtualThreads(Call call, Outcome outcome) throws Exception {
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    int calls = call.getInt("calls", 1000);
    Map<String, Integer> seen = Collections.synchronizedMap(new TreeMap<>());
    CountDownLatch open = new CountDownLatch(1);
    for (int i = 0; i < calls; i++) {
      threads.execute(
          () -> {
            String status;
            try {
              open.await();
              status = Probe.caller(call).status(call);
            } catch (Exception e) {
              status = Outcome.describe(e);
            }
            seen.merge(status, 1, Integer::sum);
          });
    }
    open.countDown();
    threads.shutdown();
    outcome.add("finished", threads.awaitTermination(90, TimeUnit.SECONDS));
    outcome.add("seen", seen);
  }
}

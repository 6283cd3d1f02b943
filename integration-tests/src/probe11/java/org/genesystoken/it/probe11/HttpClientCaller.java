package org.genesystoken.it.probe11;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.genesystoken.it.probe.Bytes;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.FixedAuthenticator;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;

/** {@code java.net.http.HttpClient}, by {@code send} or {@code sendAsync}, HTTP/1.1 or 2. */
public final class HttpClientCaller implements HttpCaller {
  private static final Map<String, HttpClientCaller> CALLERS = new ConcurrentHashMap<>();

  private final boolean async;
  private final HttpClient.Version version;

  /** Shared, as apps share a client, so that connections are kept. */
  private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();

  private HttpClientCaller(String name) {
    async = name.startsWith("async");
    version = name.endsWith("2") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
  }

  /**
   * The caller of that name, one a JVM.
   *
   * @param name {@code send-1}, {@code send-2}, {@code async-1} or {@code async-2}
   */
  public static HttpClientCaller of(String name) {
    return CALLERS.computeIfAbsent(name, HttpClientCaller::new);
  }

  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    Answer<?> answer = answer(call, Reading.of(call.get("handler", "bytes")));
    HttpResponse<?> response = answer.response;
    outcome.add("code", response.statusCode());
    outcome.add("version", response.version());
    outcome.headers("header", response.headers().map());
    outcome.look("body", () -> Bytes.describe(answer.bytes()));
    outcome.add("uri", response.uri());
    outcome.add("method", response.request().method());
    outcome.headers("request header", response.request().headers().map());
    outcome.add(
        "previous",
        response.previousResponse().map(previous -> previous.statusCode() + " " + previous.uri()));
    response
        .previousResponse()
        .ifPresent(
            previous ->
                outcome.headers("previous request header", previous.request().headers().map()));
    outcome.add("secure", response.sslSession().isPresent());
  }

  @Override
  public String status(Call call) throws Exception {
    return String.valueOf(exchange(call, BodyHandlers.ofByteArray()).statusCode());
  }

  /** A response and how to get at its bytes. */
  private static final class Answer<T> {
    final HttpResponse<T> response;
    private final Reading<T> reading;

    Answer(HttpResponse<T> response, Reading<T> reading) {
      this.response = response;
      this.reading = reading;
    }

    byte[] bytes() throws Exception {
      return reading.bytes(response.body());
    }
  }

  private <T> Answer<T> answer(Call call, Reading<T> reading) throws Exception {
    return new Answer<>(exchange(call, reading.handler()), reading);
  }

  private <T> HttpResponse<T> exchange(Call call, BodyHandler<T> handler) throws Exception {
    HttpClient client = client(call);
    HttpRequest request = request(call);
    if (!async) {
      return client.send(request, handler);
    }
    try {
      return client.sendAsync(request, handler).get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception ? (Exception) e.getCause() : e;
    }
  }

  HttpClient client(Call call) {
    return clients.computeIfAbsent(
        String.join(
            " ",
            call.get("redirect", ""),
            call.get("proxy", ""),
            call.get("user", ""),
            call.get("executor", ""),
            call.get("own", "")),
        key -> build(call));
  }

  static HttpRequest request(Call call) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(call.get("url", null)))
            .timeout(Duration.ofMillis(call.getInt("timeout", 20_000)))
            .expectContinue(call.get("expect", null) != null)
            .method(call.get("method", "GET"), Publishers.of(call));
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      request.header(header.substring(0, colon), header.substring(colon + 2));
    }
    return "request".equals(call.get("own", null))
        ? new OwnRequest(request.build())
        : request.build();
  }

  private static HttpClient.Redirect policy(String redirect) {
    switch (redirect) {
      case "off":
        return HttpClient.Redirect.NEVER;
      case "normal":
        return HttpClient.Redirect.NORMAL;
      default:
        return HttpClient.Redirect.ALWAYS;
    }
  }

  static Thread daemon(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    return thread;
  }

  private HttpClient build(Call call) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(version)
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(policy(call.get("redirect", "on")));
    switch (call.get("executor", "")) {
      case "single":
        builder.executor(Executors.newSingleThreadExecutor(HttpClientCaller::daemon));
        break;
      case "same":
        builder.executor(Runnable::run);
        break;
      default:
        // the client's own
    }
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      builder.proxy(
          ProxySelector.of(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(proxy))));
    }
    String user = call.get("user", null);
    if (user != null) {
      builder.authenticator(new FixedAuthenticator(user));
    }
    return "client".equals(call.get("own", null))
        ? new OwnClient(builder.build())
        : builder.build();
  }
}

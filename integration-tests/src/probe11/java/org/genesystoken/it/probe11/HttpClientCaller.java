package org.genesystoken.it.probe11;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
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
    HttpResponse<byte[]> response = exchange(call);
    outcome.add("code", response.statusCode());
    outcome.add("version", response.version());
    outcome.headers("header", response.headers().map());
    outcome.add("body", Bytes.describe(response.body()));
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
    return String.valueOf(exchange(call).statusCode());
  }

  private HttpResponse<byte[]> exchange(Call call) throws Exception {
    HttpClient client =
        clients.computeIfAbsent(
            String.join(" ", call.get("redirect", ""), call.get("proxy", ""), call.get("user", "")),
            key -> build(call));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(call.get("url", null))).timeout(Duration.ofSeconds(20));
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      request.header(header.substring(0, colon), header.substring(colon + 2));
    }
    byte[] body = call.body();
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    request.method(call.get("method", "GET"), publisher);
    if (!async) {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    }
    try {
      return client
          .sendAsync(request.build(), BodyHandlers.ofByteArray())
          .get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception ? (Exception) e.getCause() : e;
    }
  }

  private HttpClient build(Call call) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(version)
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(
                "off".equals(call.get("redirect", "on"))
                    ? HttpClient.Redirect.NEVER
                    : HttpClient.Redirect.ALWAYS);
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
    return builder.build();
  }
}

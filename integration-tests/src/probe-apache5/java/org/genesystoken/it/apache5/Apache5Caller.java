package org.genesystoken.it.apache5;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.message.StatusLine;
import org.genesystoken.it.probe.Bytes;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;
import org.genesystoken.it.probe.Patience;

/** A classic client with a pool of one connection, and interceptors of the app's. */
public final class Apache5Caller implements HttpCaller, Closeable {
  private static final Apache5Caller INSTANCE = new Apache5Caller();

  /** Apart, as it is another half of the library. */
  private final AsyncCaller async = new AsyncCaller();

  private final Map<String, CloseableHttpClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger requestsSeen = new AtomicInteger();
  private final AtomicInteger responsesSeen = new AtomicInteger();

  private Apache5Caller() {}

  /** The only one, whatever the name. */
  public static Apache5Caller of(String name) {
    return INSTANCE;
  }

  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    if (isAsync(call)) {
      async.call(call, outcome);
      return;
    }
    requestsSeen.set(0);
    responsesSeen.set(0);
    HttpUriRequestBase request = request(call);
    HttpClientContext context = HttpClientContext.create();
    Patience.with(call, request::abort);
    try (CloseableHttpResponse response = execute(call, request, context)) {
      outcome.add("code", response.getCode());
      outcome.add("status line", new StatusLine(response));
      outcome.headers("header", headers(response.getHeaders()));
      outcome.look("body", () -> drain(response.getEntity()));
    }
    outcome.headers("request header", headers(context.getRequest().getHeaders()));
    outcome.headers("own header", headers(withoutAuthorization(request)));
    outcome.add("redirects", context.getRedirectLocations().getAll());
    outcome.add("requests seen by an interceptor", requestsSeen);
    outcome.add("responses seen by an interceptor", responsesSeen);
  }

  @Override
  public String status(Call call) throws Exception {
    if (isAsync(call)) {
      return async.status(call);
    }
    try (CloseableHttpResponse response =
        execute(call, request(call), HttpClientContext.create())) {
      drain(response.getEntity());
      return String.valueOf(response.getCode());
    }
  }

  @Override
  public void close() throws IOException {
    async.close();
  }

  @SuppressWarnings("deprecation") // in 5.2 and later, and 5.0 has nothing else
  private CloseableHttpResponse execute(
      Call call, HttpUriRequestBase request, HttpClientContext context) throws IOException {
    return client(call).execute(request, context);
  }

  private CloseableHttpClient client(Call call) {
    return clients.computeIfAbsent(
        String.join(" ", call.get("redirect", ""), call.get("proxy", ""), call.get("built", "")),
        key -> build(call));
  }

  private CloseableHttpClient build(Call call) {
    PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager();
    pool.setMaxTotal(1);
    if ("minimal".equals(call.get("built", null))) {
      return HttpClients.createMinimal(pool);
    }
    HttpClientBuilder builder =
        HttpClientBuilder.create()
            .setConnectionManager(pool)
            // of 429 and 503
            .disableAutomaticRetries()
            .addRequestInterceptorLast((request, entity, context) -> requestsSeen.incrementAndGet())
            .addResponseInterceptorLast(
                (response, entity, context) -> responsesSeen.incrementAndGet());
    if ("off".equals(call.get("redirect", "on"))) {
      builder.disableRedirectHandling();
    }
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      builder.setProxy(new HttpHost("127.0.0.1", Integer.parseInt(proxy)));
    }
    return builder.build();
  }

  private static boolean isAsync(Call call) {
    return call.get("way", "").startsWith("async");
  }

  private static HttpUriRequestBase request(Call call) {
    HttpUriRequestBase request =
        new HttpUriRequestBase(call.get("method", "GET"), URI.create(call.get("url", null)));
    request.setConfig(config(call));
    addHeaders(call, request);
    byte[] body = call.body();
    if (body != null) {
      String streaming = call.get("streaming", null);
      request.setEntity(
          streaming == null
              ? new ByteArrayEntity(body, contentType(call))
              : new InputStreamEntity(
                  new ByteArrayInputStream(body),
                  "chunked".equals(streaming) ? -1 : body.length,
                  contentType(call)));
    }
    return request;
  }

  static RequestConfig config(Call call) {
    return RequestConfig.custom()
        .setConnectTimeout(10, TimeUnit.SECONDS)
        .setConnectionRequestTimeout(10, TimeUnit.SECONDS)
        .setResponseTimeout(call.getInt("timeout", 20_000), TimeUnit.MILLISECONDS)
        .setExpectContinueEnabled(call.get("expect", null) != null)
        .build();
  }

  static void addHeaders(Call call, HttpRequest request) {
    request.setHeader("X-App", "probe");
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      request.setHeader(header.substring(0, colon), header.substring(colon + 2));
    }
  }

  static ContentType contentType(Call call) {
    String own = own(call);
    return ContentType.create(own == null ? "application/octet-stream" : own);
  }

  private static String own(Call call) {
    for (String header : call.all("header")) {
      if (header.startsWith("Content-Type: ")) {
        return header.substring("Content-Type: ".length());
      }
    }
    return null;
  }

  static Header[] withoutAuthorization(HttpRequest request) {
    List<Header> others = new ArrayList<>();
    for (Header header : request.getHeaders()) {
      if (!header.getName().equals("Authorization")) {
        others.add(header);
      }
    }
    return others.toArray(new Header[0]);
  }

  static Map<String, List<String>> headers(Header[] all) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (Header header : all) {
      headers.computeIfAbsent(header.getName(), name -> new ArrayList<>()).add(header.getValue());
    }
    return headers;
  }

  private static String drain(HttpEntity entity) throws IOException {
    if (entity == null) {
      return "none";
    }
    try (InputStream body = entity.getContent()) {
      return Bytes.describe(Bytes.readAll(body));
    }
  }
}

package org.genesystoken.it.apache4;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.http.Header;
import org.apache.http.HttpEntity;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.impl.client.LaxRedirectStrategy;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.genesystoken.it.probe.Bytes;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;
import org.genesystoken.it.probe.Patience;

/** A client with a pool of one connection, and interceptors of the app's. */
public final class Apache4Caller implements HttpCaller {
  private static final Apache4Caller INSTANCE = new Apache4Caller();

  private final Map<String, CloseableHttpClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger requestsSeen = new AtomicInteger();
  private final AtomicInteger responsesSeen = new AtomicInteger();

  private Apache4Caller() {}

  /** The only one, whatever the name. */
  public static Apache4Caller of(String name) {
    return INSTANCE;
  }

  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    requestsSeen.set(0);
    responsesSeen.set(0);
    HttpUriRequest request = request(call);
    HttpClientContext context = HttpClientContext.create();
    Patience.with(call, request::abort);
    try (CloseableHttpResponse response = client(call).execute(request, context)) {
      outcome.add("code", response.getStatusLine().getStatusCode());
      outcome.add("status line", response.getStatusLine());
      outcome.headers("header", headers(response.getAllHeaders()));
      outcome.look("body", () -> drain(response.getEntity()));
    }
    outcome.headers("request header", headers(context.getRequest().getAllHeaders()));
    outcome.headers("own header", headers(withoutAuthorization(request)));
    outcome.add("redirects", context.getRedirectLocations());
    outcome.add("requests seen by an interceptor", requestsSeen);
    outcome.add("responses seen by an interceptor", responsesSeen);
  }

  @Override
  public String status(Call call) throws Exception {
    try (CloseableHttpResponse response = client(call).execute(request(call))) {
      drain(response.getEntity());
      return String.valueOf(response.getStatusLine().getStatusCode());
    }
  }

  private CloseableHttpClient client(Call call) {
    return clients.computeIfAbsent(
        String.join(
            " ",
            call.get("way", ""),
            call.get("redirect", ""),
            call.get("proxy", ""),
            call.get("built", "")),
        key -> "director".equals(call.get("way", null)) ? directed(call) : build(call));
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
            .setRedirectStrategy(new LaxRedirectStrategy())
            .addInterceptorLast(
                (HttpRequest request, org.apache.http.protocol.HttpContext context) ->
                    requestsSeen.incrementAndGet())
            .addInterceptorLast(
                (HttpResponse response, org.apache.http.protocol.HttpContext context) ->
                    responsesSeen.incrementAndGet());
    if ("off".equals(call.get("redirect", "on"))) {
      builder.disableRedirectHandling();
    }
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      builder.setProxy(new HttpHost("127.0.0.1", Integer.parseInt(proxy)));
    }
    return builder.build();
  }

  /** As apps wrote it before 4.3. */
  @SuppressWarnings("deprecation")
  private CloseableHttpClient directed(Call call) {
    org.apache.http.impl.conn.PoolingClientConnectionManager pool =
        new org.apache.http.impl.conn.PoolingClientConnectionManager();
    pool.setMaxTotal(1);
    org.apache.http.impl.client.DefaultHttpClient client =
        new org.apache.http.impl.client.DefaultHttpClient(pool);
    client.setRedirectStrategy(new LaxRedirectStrategy());
    client.addRequestInterceptor((request, context) -> requestsSeen.incrementAndGet());
    client.addResponseInterceptor((response, context) -> responsesSeen.incrementAndGet());
    org.apache.http.client.params.HttpClientParams.setRedirecting(
        client.getParams(), !"off".equals(call.get("redirect", "on")));
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      org.apache.http.conn.params.ConnRouteParams.setDefaultProxy(
          client.getParams(), new HttpHost("127.0.0.1", Integer.parseInt(proxy)));
    }
    return client;
  }

  @SuppressWarnings("deprecation") // which is how the old client is told of such things
  private static HttpUriRequest request(Call call) {
    int timeout = call.getInt("timeout", 20_000);
    RequestBuilder request =
        RequestBuilder.create(call.get("method", "GET"))
            .setUri(call.get("url", null))
            .setConfig(
                RequestConfig.custom()
                    .setConnectTimeout(10_000)
                    .setConnectionRequestTimeout(10_000)
                    .setSocketTimeout(timeout)
                    .setExpectContinueEnabled(call.get("expect", null) != null)
                    .build())
            .setHeader("Content-Type", "application/octet-stream");
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      request.setHeader(header.substring(0, colon), header.substring(colon + 2));
    }
    byte[] body = call.body();
    if (body != null) {
      request.setEntity(
          call.get("streaming", null) == null
              ? new ByteArrayEntity(body)
              : new InputStreamEntity(
                  new ByteArrayInputStream(body),
                  "chunked".equals(call.get("streaming", null)) ? -1 : body.length));
    }
    HttpUriRequest built = request.build();
    org.apache.http.params.HttpConnectionParams.setSoTimeout(built.getParams(), timeout);
    org.apache.http.params.HttpProtocolParams.setUseExpectContinue(
        built.getParams(), call.get("expect", null) != null);
    return built;
  }

  private static Header[] withoutAuthorization(HttpRequest request) {
    List<Header> others = new ArrayList<>();
    for (Header header : request.getAllHeaders()) {
      if (!header.getName().equals("Authorization")) {
        others.add(header);
      }
    }
    return others.toArray(new Header[0]);
  }

  private static Map<String, List<String>> headers(Header[] all) {
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

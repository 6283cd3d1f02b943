package org.genesystoken.it.ahc;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.asynchttpclient.AsyncCompletionHandler;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.HttpResponseBodyPart;
import org.asynchttpclient.HttpResponseStatus;
import org.asynchttpclient.ListenableFuture;
import org.asynchttpclient.Param;
import org.asynchttpclient.Request;
import org.asynchttpclient.RequestBuilder;
import org.asynchttpclient.Response;
import org.asynchttpclient.filter.FilterContext;
import org.asynchttpclient.filter.RequestFilter;
import org.asynchttpclient.filter.ResponseFilter;
import org.asynchttpclient.netty.request.NettyRequest;
import org.asynchttpclient.proxy.ProxyServer;
import org.asynchttpclient.request.body.generator.ByteArrayBodyGenerator;
import org.asynchttpclient.request.body.generator.InputStreamBodyGenerator;
import org.asynchttpclient.request.body.multipart.ByteArrayPart;
import org.asynchttpclient.ws.WebSocketUpgradeHandler;
import org.genesystoken.it.probe.Bytes;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;
import org.genesystoken.it.probe.Patience;

/** A client with one connection per host, filters of the app's, and a handler that notes all. */
public final class AhcCaller implements HttpCaller {
  private static final AhcCaller INSTANCE = new AhcCaller();

  static {
    // On newer JDKs Netty's use of it is worth a warning on stderr.
    System.setProperty("io.netty.noUnsafe", "true");
  }

  private final Map<String, AsyncHttpClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger requestsSeen = new AtomicInteger();
  private final List<Integer> responsesSeen = new ArrayList<>();
  private final List<String> authorizationsSeen = new ArrayList<>();

  private AhcCaller() {}

  public static AhcCaller of(String name) {
    return INSTANCE;
  }

  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    requestsSeen.set(0);
    synchronized (responsesSeen) {
      responsesSeen.clear();
      authorizationsSeen.clear();
    }
    if (call.get("url", "").startsWith("ws:")) {
      openWebSocket(call, outcome);
      return;
    }
    Request request = request(call);
    boolean mayBeHttp2 = isVersion3() && call.get("url", "").startsWith("https:");
    Noting handler = new Noting(call.get("abort", "never"), mayBeHttp2);
    ListenableFuture<Response> future = client(call).executeRequest(request, handler);
    if (Patience.runsOut(call)) {
      outcome.add("cancelled", future.cancel(true));
    }
    String cancel = call.get("cancel-after", null);
    if (cancel != null) {
      try {
        future.get(Integer.parseInt(cancel), TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException due) {
        outcome.add("cancelled", future.cancel(true));
      }
    }
    try {
      Response response = future.get(30, TimeUnit.SECONDS);
      if (response != null && response.hasResponseStatus()) {
        outcome.add("code", response.getStatusCode());
        outcome.add("status text", response.getStatusText());
        outcome.headers("header", headers(response.getHeaders()));
        outcome.add("body", Bytes.describe(response.getResponseBodyAsBytes()));
        outcome.add("uri", response.getUri().getPath());
      }
    } catch (ExecutionException failed) {
      outcome.add("failed", Outcome.describe(failed.getCause()));
    } catch (java.util.concurrent.CancellationException cancelled) {
      outcome.add("failed", "cancelled");
    }
    for (String event : handler.events) {
      outcome.add("event", event);
    }
    outcome.headers("request header", handler.sent);
    outcome.headers("own header", withoutAuthorization(headers(request.getHeaders())));
    outcome.add("requests seen by a filter", requestsSeen);
    synchronized (responsesSeen) {
      outcome.add("responses seen by a filter", responsesSeen);
      for (String seen : authorizationsSeen) {
        outcome.add("request header authorization", seen);
      }
    }
  }

  private void openWebSocket(Call call, Outcome outcome) throws InterruptedException {
    try {
      client(call)
          .prepareGet(call.get("url", null))
          .execute(new WebSocketUpgradeHandler.Builder().build())
          .get();
    } catch (ExecutionException refused) {
      outcome.add("failed", Outcome.describe(refused.getCause()));
    }
  }

  @Override
  public String status(Call call) throws Exception {
    return String.valueOf(client(call).executeRequest(request(call)).get().getStatusCode());
  }

  private AsyncHttpClient client(Call call) {
    return clients.computeIfAbsent(
        String.join(" ", call.get("redirect", ""), call.get("proxy", ""), call.get("gzip", "")),
        key -> build(call));
  }

  private AsyncHttpClient build(Call call) {
    DefaultAsyncHttpClientConfig.Builder config =
        new DefaultAsyncHttpClientConfig.Builder()
            .setThreadFactory(new DefaultThreadFactory("app", true))
            // what blocks it blocks all calls
            .setIoThreadsCount(1)
            .setMaxConnectionsPerHost(1)
            .setFollowRedirect(!"off".equals(call.get("redirect", "on")))
            .setCompressionEnforced("on".equals(call.get("gzip", "off")))
            .addRequestFilter(
                new RequestFilter() {
                  @Override
                  public <T> FilterContext<T> filter(FilterContext<T> context) {
                    requestsSeen.incrementAndGet();
                    return context;
                  }
                })
            .addResponseFilter(
                new ResponseFilter() {
                  @Override
                  public <T> FilterContext<T> filter(FilterContext<T> context) {
                    synchronized (responsesSeen) {
                      responsesSeen.add(context.getResponseStatus().getStatusCode());
                      authorizationsSeen.addAll(
                          context.getRequest().getHeaders().getAll("Authorization"));
                    }
                    return context;
                  }
                });
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      config.setProxyServer(new ProxyServer.Builder("127.0.0.1", Integer.parseInt(proxy)));
    }
    return new DefaultAsyncHttpClient(config.build());
  }

  private static Request request(Call call) throws Exception {
    RequestBuilder request =
        new RequestBuilder(call.get("method", "GET"))
            .setUrl(call.get("url", null))
            .setHeader("Content-Type", "application/octet-stream");
    setTimeout(
        request, "setRequestTimeout", call.getInt("request-timeout", call.getInt("timeout", 0)));
    setTimeout(request, "setReadTimeout", call.getInt("read-timeout", 0));
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      request.setHeader(header.substring(0, colon), header.substring(colon + 2));
    }
    if (call.get("expect", null) != null) {
      request.setHeader("Expect", "100-continue");
    }
    byte[] body = call.body();
    if (body != null) {
      setBody(
          request,
          body,
          call.get("kind", call.get("streaming", null) == null ? "bytes" : "once"),
          call.get("streaming", null));
    }
    return request.build();
  }

  private static void setBody(RequestBuilder request, byte[] body, String kind, String streaming)
      throws Exception {
    switch (kind) {
      case "once":
        // cannot be reset
        InputStream once =
            new FilterInputStream(new ByteArrayInputStream(body)) {
              @Override
              public boolean markSupported() {
                return false;
              }
            };
        if ("fixed".equals(streaming)) {
          request.setBody(new InputStreamBodyGenerator(once, body.length));
        } else {
          request.setBody(once);
        }
        break;
      case "buffer":
        request.setBody(ByteBuffer.wrap(body));
        break;
      case "string":
        request.setBody(new String(body, java.nio.charset.StandardCharsets.ISO_8859_1));
        request.setCharset(java.nio.charset.StandardCharsets.ISO_8859_1);
        break;
      case "generator":
        request.setBody(new ByteArrayBodyGenerator(body));
        break;
      case "file":
        File file = File.createTempFile("body", null);
        file.deleteOnExit();
        Files.write(file.toPath(), body);
        request.setBody(file);
        break;
      case "form":
        List<Param> parameters = new ArrayList<>();
        parameters.add(new Param("size", String.valueOf(body.length)));
        request.setFormParams(parameters);
        break;
      case "multipart":
        request.setHeader("Content-Type", "multipart/form-data; boundary=edge");
        request.addBodyPart(new ByteArrayPart("part", body));
        break;
      default:
        request.setBody(body);
    }
  }

  /** Milliseconds in version 2, a {@code Duration} in version 3; 0: the client's own. */
  private static void setTimeout(RequestBuilder request, String name, int millis)
      throws ReflectiveOperationException {
    if (isVersion3()) {
      RequestBuilder.class
          .getMethod(name, Duration.class)
          .invoke(request, Duration.ofMillis(millis));
    } else {
      RequestBuilder.class.getMethod(name, int.class).invoke(request, millis);
    }
  }

  private static boolean isVersion3() {
    try {
      RequestBuilder.class.getMethod("setReadTimeout", Duration.class);
      return true;
    } catch (NoSuchMethodException ofVersion2) {
      return false;
    }
  }

  private static Map<String, List<String>> headers(HttpHeaders all) {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String name : all.names()) {
      headers.put(name, all.getAll(name));
    }
    return headers;
  }

  private static Map<String, List<String>> withoutAuthorization(Map<String, List<String>> headers) {
    headers.keySet().removeIf("authorization"::equalsIgnoreCase);
    return headers;
  }

  /** What a handler of the app's is told, in order; parts of a body count as one. */
  private static final class Noting extends AsyncCompletionHandler<Response> {
    private final List<String> events = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final String abort;
    private final boolean mayBeHttp2;
    private volatile Map<String, List<String>> sent = new TreeMap<>();

    Noting(String abort, boolean mayBeHttp2) {
      this.abort = abort;
      this.mayBeHttp2 = mayBeHttp2;
    }

    @Override
    public void onRequestSend(NettyRequest request) {
      // The library tells of each stream of HTTP/2, also of the one for a replay.
      if (!mayBeHttp2 || !events.contains("sent")) {
        events.add("sent");
      }
      sent = headers(request.getHttpRequest().headers());
    }

    @Override
    public void onRetry() {
      events.add("retry");
    }

    @Override
    public State onStatusReceived(HttpResponseStatus status) throws Exception {
      events.add("status " + status.getStatusCode());
      super.onStatusReceived(status);
      return abort.equals("status") ? State.ABORT : State.CONTINUE;
    }

    @Override
    public State onHeadersReceived(HttpHeaders headers) throws Exception {
      events.add("headers");
      super.onHeadersReceived(headers);
      return abort.equals("headers") ? State.ABORT : State.CONTINUE;
    }

    @Override
    public State onBodyPartReceived(HttpResponseBodyPart part) throws Exception {
      if (!events.get(events.size() - 1).equals("body")) {
        events.add("body");
      }
      super.onBodyPartReceived(part);
      return abort.equals("body") ? State.ABORT : State.CONTINUE;
    }

    @Override
    public void onThrowable(Throwable failure) {
      events.add("failure " + failure.getClass().getName());
    }

    @Override
    public Response onCompleted(Response response) {
      events.add("completed");
      return response;
    }
  }
}

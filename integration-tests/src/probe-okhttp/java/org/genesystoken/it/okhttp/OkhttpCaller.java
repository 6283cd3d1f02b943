package org.genesystoken.it.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Credentials;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.genesystoken.it.probe.Bytes;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;
import org.genesystoken.it.probe.Patience;

/** A client with a pool of one connection, and interceptors and listeners of the app's. */
public final class OkhttpCaller implements HttpCaller {
  static final MediaType BYTES = MediaType.parse("application/octet-stream");

  private static final OkhttpCaller INSTANCE = new OkhttpCaller();

  private final Map<String, OkHttpClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger authentications = new AtomicInteger();

  /** What network interceptors, event listeners and authenticators see of Authorization. */
  private final Set<String> seenBelow = new ConcurrentSkipListSet<>();

  private OkhttpCaller() {}

  public static OkhttpCaller of(String name) {
    return INSTANCE;
  }

  @Override
  public void call(org.genesystoken.it.probe.Call call, Outcome outcome) throws Exception {
    calls.set(0);
    authentications.set(0);
    seenBelow.clear();
    Request request = request(call);
    try (Response response = answer(call, request)) {
      outcome.add("code", response.code());
      outcome.add("status line", response.protocol() + " " + response.message());
      outcome.headers("header", response.headers().toMultimap());
      outcome.add("length", response.body().contentLength());
      outcome.add("type", response.body().contentType());
      outcome.look("body", () -> Bytes.describe(response.body().bytes()));
      outcome.headers("request header", response.request().headers().toMultimap());
      outcome.add("url", response.request().url());
      outcome.add(
          "request body",
          response.request().body() == null ? "none" : response.request().body().getClass());
      outcome.add("body class", response.body().getClass());
      for (Response r = response.priorResponse(); r != null; r = r.priorResponse()) {
        outcome.add("prior", r.code() + " " + r.request().url());
      }
    }
    if (request.isHttps()) {
      // an HTTP/2 connection of 3.12 keeps the JVM alive
      client(call).connectionPool().evictAll();
    }
    outcome.headers(
        "own header",
        request.headers().newBuilder().removeAll("Authorization").build().toMultimap());
    outcome.add("calls seen by an interceptor", calls);
    outcome.add("asked for credentials", authentications);
    for (String value : seenBelow) {
      outcome.add("request header authorization", "seen below: " + value);
    }
  }

  @Override
  public String status(org.genesystoken.it.probe.Call call) throws Exception {
    try (Response response = answer(call, request(call))) {
      response.body().bytes();
      return String.valueOf(response.code());
    }
  }

  private Response answer(org.genesystoken.it.probe.Call call, Request request) throws IOException {
    Call made = client(call).newCall(request);
    Patience.with(call, made::cancel);
    return call.get("way", null) == null ? made.execute() : enqueued(made);
  }

  private static Response enqueued(Call made) throws IOException {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    made.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException e) {
            answer.completeExceptionally(e);
          }

          @Override
          public void onResponse(Call answered, Response response) {
            answer.complete(response);
          }
        });
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw (IOException) e.getCause();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private OkHttpClient client(org.genesystoken.it.probe.Call call) {
    return clients.computeIfAbsent(
        String.join(
            " ",
            call.get("redirect", ""),
            call.get("proxy", ""),
            call.get("user", ""),
            call.get("timeout", ""),
            call.get("call-timeout", "")),
        key -> build(call));
  }

  private OkHttpClient build(org.genesystoken.it.probe.Call call) {
    int timeout = call.getInt("timeout", 20_000);
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .connectTimeout(10, TimeUnit.SECONDS)
            .readTimeout(timeout, TimeUnit.MILLISECONDS)
            .callTimeout(call.getInt("call-timeout", 0), TimeUnit.MILLISECONDS)
            // its own would keep the JVM alive for a minute
            .dispatcher(new Dispatcher(Executors.newCachedThreadPool(OkhttpCaller::daemon)))
            .connectionPool(new ConnectionPool(1, 1, TimeUnit.MINUTES))
            .followRedirects(!"off".equals(call.get("redirect", "on")))
            .followSslRedirects(!"normal".equals(call.get("redirect", "on")))
            .addInterceptor(
                chain -> {
                  calls.incrementAndGet();
                  return chain.proceed(chain.request());
                })
            .addNetworkInterceptor(
                chain -> {
                  note(chain.request());
                  Response response = chain.proceed(chain.request());
                  note(response.request());
                  return response;
                })
            .eventListener(
                new EventListener() {
                  @Override
                  public void requestHeadersEnd(Call made, Request request) {
                    note(request);
                  }
                })
            .authenticator(
                (route, response) -> {
                  authentications.incrementAndGet();
                  note(response.request());
                  String user = call.get("user", null);
                  return user == null || response.priorResponse() != null
                      ? null
                      : response
                          .request()
                          .newBuilder()
                          .header("Authorization", Credentials.basic(user, "own"))
                          .build();
                });
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      builder.proxy(
          new Proxy(
              Proxy.Type.HTTP,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(proxy))));
    }
    return builder.build();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    return thread;
  }

  private void note(Request request) {
    seenBelow.addAll(request.headers("Authorization"));
  }

  private static Request request(org.genesystoken.it.probe.Call call) {
    Request.Builder request = new Request.Builder().url(call.get("url", null));
    for (String header : call.all("header")) {
      int colon = header.indexOf(": ");
      request.header(header.substring(0, colon), header.substring(colon + 2));
    }
    if (call.get("expect", null) != null) {
      request.header("Expect", "100-continue");
    }
    return request.method(call.get("method", "GET"), body(call)).build();
  }

  private static RequestBody body(org.genesystoken.it.probe.Call call) {
    byte[] body = call.body();
    if (body == null) {
      // some methods have to have one
      return call.get("method", "GET").matches("POST|PUT|PATCH")
          ? RequestBody.create(BYTES, new byte[0])
          : null;
    }
    String streaming = call.get("streaming", null);
    return streaming == null
        ? RequestBody.create(BYTES, body)
        : new StreamBody(body, streaming.equals("chunked") ? -1 : body.length);
  }
}

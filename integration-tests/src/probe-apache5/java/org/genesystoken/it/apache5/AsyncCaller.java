package org.genesystoken.it.apache5;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.H2AsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.genesystoken.it.probe.Call;
import org.genesystoken.it.probe.HttpCaller;
import org.genesystoken.it.probe.Outcome;
import org.genesystoken.it.probe.Patience;

/** An asynchronous client with one connection, interceptors of the app's, and a noting consumer. */
final class AsyncCaller implements HttpCaller, Closeable {
  private final Map<String, CloseableHttpAsyncClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger requestsSeen = new AtomicInteger();
  private final AtomicInteger responsesSeen = new AtomicInteger();

  @Override
  public void call(Call call, Outcome outcome) throws Exception {
    requestsSeen.set(0);
    responsesSeen.set(0);
    HttpRequest request = request(call);
    HttpClientContext context = HttpClientContext.create();
    NotingConsumer consumer = new NotingConsumer(call.getInt("window", 0), call.get("abort", ""));
    Future<NotingConsumer> future = execute(call, request, consumer, context);
    if (Patience.runsOut(call)) {
      outcome.add("cancelled", future.cancel(true));
    }
    String cancel = call.get("cancel-after", null);
    if (cancel != null) {
      try {
        future.get(Integer.parseInt(cancel), TimeUnit.MILLISECONDS);
      } catch (TimeoutException due) {
        outcome.add("cancelled", future.cancel(true));
      }
    }
    try {
      future.get(30, TimeUnit.SECONDS).describe(outcome);
    } catch (ExecutionException failed) {
      outcome.add("failed", Outcome.describe(failed.getCause()));
    } catch (CancellationException cancelled) {
      outcome.add("failed", "cancelled");
    }
    consumer.describeEvents(outcome);
    if (context.getRequest() != null) {
      outcome.headers("request header", Apache5Caller.headers(context.getRequest().getHeaders()));
    }
    outcome.headers(
        "own header", Apache5Caller.headers(Apache5Caller.withoutAuthorization(request)));
    outcome.add("redirects", context.getRedirectLocations().getAll());
    outcome.add("requests seen by an interceptor", requestsSeen);
    outcome.add("responses seen by an interceptor", responsesSeen);
  }

  @Override
  public String status(Call call) throws Exception {
    return execute(call, request(call), new NotingConsumer(0, ""), HttpClientContext.create())
        .get(30, TimeUnit.SECONDS)
        .status();
  }

  /** Ends the clients' threads, which would outlive the app. */
  @Override
  public void close() throws IOException {
    for (CloseableHttpAsyncClient client : clients.values()) {
      client.close();
      try {
        client.awaitShutdown(TimeValue.ofSeconds(10));
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private Future<NotingConsumer> execute(
      Call call, HttpRequest request, NotingConsumer consumer, HttpClientContext context) {
    context.setRequestConfig(Apache5Caller.config(call));
    return client(call)
        .execute(new BasicRequestProducer(request, body(call)), consumer, null, context, null);
  }

  private CloseableHttpAsyncClient client(Call call) {
    return clients.computeIfAbsent(
        String.join(
            " ",
            call.get("way", ""),
            call.get("redirect", ""),
            call.get("proxy", ""),
            call.get("pool", "")),
        key -> {
          CloseableHttpAsyncClient client =
              call.get("way", "").equals("async-2") ? http2(call) : negotiating(call);
          client.start();
          return client;
        });
  }

  /**
   * 5.0 takes a call that was answered at once for one that could not be sent, with or without the
   * agent, if its connection is closed right after: as a pool of one does on a redirect elsewhere.
   * Its pool is one connection for each origin.
   */
  private CloseableHttpAsyncClient negotiating(Call call) {
    PoolingAsyncClientConnectionManager pool = new PoolingAsyncClientConnectionManager();
    pool.setDefaultMaxPerRoute(1);
    if (negotiates()) {
      pool.setMaxTotal(call.getInt("pool", 1));
    }
    HttpAsyncClientBuilder builder =
        HttpAsyncClientBuilder.create()
            .setThreadFactory(new DefaultThreadFactory("app", true))
            .setConnectionManager(pool)
            // what blocks it blocks all calls
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
            // of 429 and 503
            .disableAutomaticRetries()
            .addRequestInterceptorLast((request, entity, context) -> requestsSeen.incrementAndGet())
            .addResponseInterceptorLast(
                (response, entity, context) -> responsesSeen.incrementAndGet());
    if (!negotiates()) {
      builder.setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1);
    }
    if ("off".equals(call.get("redirect", "on"))) {
      builder.disableRedirectHandling();
    }
    String proxy = call.get("proxy", null);
    if (proxy != null) {
      builder.setProxy(new HttpHost("127.0.0.1", Integer.parseInt(proxy)));
    }
    return builder.build();
  }

  /** 5.0 does not understand what newer JDKs have negotiated. */
  private static boolean negotiates() {
    try {
      Class.forName("org.apache.hc.client5.http.config.TlsConfig");
      return true;
    } catch (ClassNotFoundException ofOlderVersions) {
      return false;
    }
  }

  private CloseableHttpAsyncClient http2(Call call) {
    H2AsyncClientBuilder builder =
        H2AsyncClientBuilder.create()
            .setThreadFactory(new DefaultThreadFactory("app", true))
            .disableAutomaticRetries()
            .addRequestInterceptorLast((request, entity, context) -> requestsSeen.incrementAndGet())
            .addResponseInterceptorLast(
                (response, entity, context) -> responsesSeen.incrementAndGet());
    if ("off".equals(call.get("redirect", "on"))) {
      builder.disableRedirectHandling();
    }
    return builder.build();
  }

  private static HttpRequest request(Call call) {
    BasicHttpRequest request =
        new BasicHttpRequest(call.get("method", "GET"), java.net.URI.create(call.get("url", null)));
    Apache5Caller.addHeaders(call, request);
    return request;
  }

  private static AsyncEntityProducer body(Call call) {
    byte[] body = call.body();
    if (body == null) {
      return null;
    }
    String streaming = call.get("streaming", null);
    boolean once = streaming != null || call.get("kind", "").equals("once");
    return once
        ? new OnceProducer(
            body, !"fixed".equals(streaming), Apache5Caller.contentType(call).toString())
        : new BasicAsyncEntityProducer(body, Apache5Caller.contentType(call));
  }
}

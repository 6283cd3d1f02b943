package org.genesystoken.it.probe;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.CacheRequest;
import java.net.CacheResponse;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ResponseCache;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** What apps put in the place of parts of the JDK, and a connection that threads share. */
final class OwnParts {
  private static final String REFUSAL = "{\"code\":\"bad.credentials\"}";

  private OwnParts() {}

  /** False: there is no corner of that name here. */
  static boolean look(Call call, Outcome outcome) throws Exception {
    switch (call.get("name", "")) {
      case "own-tls":
        tls(call, outcome);
        return true;
      case "own-handler":
        URL url = new URL(null, call.get("url", null), new Handler());
        foreign((HttpURLConnection) url.openConnection(), outcome);
        return true;
      case "own-factory":
        URL.setURLStreamHandlerFactory(protocol -> protocol.equals("http") ? new Handler() : null);
        foreign(UrlConnectionCaller.open(call), outcome);
        return true;
      case "cache-hit":
        cacheHit(call, outcome);
        return true;
      case "shared":
        shared(call, outcome);
        return true;
      default:
        return false;
    }
  }

  private static void tls(Call call, Outcome outcome) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    CountingFactory factory = new CountingFactory(context.getSocketFactory());
    AtomicInteger verified = new AtomicInteger();
    HttpsURLConnection connection = (HttpsURLConnection) UrlConnectionCaller.open(call);
    connection.setSSLSocketFactory(factory);
    connection.setHostnameVerifier((host, session) -> verified.incrementAndGet() > 0);
    outcome.look("code", connection::getResponseCode);
    outcome.look("body", () -> Bytes.describe(Bytes.readAll(connection.getInputStream())));
    outcome.add("handshakes", factory.sockets);
    outcome.add("names verified", verified);
  }

  private static void foreign(HttpURLConnection connection, Outcome outcome) {
    connection.setRequestProperty("Authorization", "Bearer stale");
    outcome.look("code", connection::getResponseCode);
    outcome.look("stream", () -> connection.getInputStream() != null);
    outcome.look("error body", () -> Bytes.describe(Bytes.readAll(connection.getErrorStream())));
    outcome.look("own Authorization", () -> connection.getRequestProperty("Authorization"));
    outcome.look("class", () -> connection.getClass().getName());
    outcome.add("asked", ((OwnConnection) connection).asked);
  }

  private static void cacheHit(Call call, Outcome outcome) throws Exception {
    ResponseCache.setDefault(new Cache(call.get("status", "200 OK")));
    try {
      new UrlConnectionCaller().call(call, outcome);
    } finally {
      ResponseCache.setDefault(null);
    }
  }

  /** All begin at once; some ask for the status, the others for the body. */
  private static void shared(Call call, Outcome outcome) throws Exception {
    HttpURLConnection connection = UrlConnectionCaller.open(call);
    int count = call.getInt("threads", 8);
    ExecutorService threads = Executors.newFixedThreadPool(count);
    CountDownLatch open = new CountDownLatch(1);
    Map<String, Integer> seen = Collections.synchronizedMap(new TreeMap<>());
    for (int i = 0; i < count; i++) {
      boolean body = i % 2 == 0;
      threads.execute(
          () -> {
            String result;
            try {
              open.await();
              result =
                  body
                      ? "body " + (connection.getInputStream() != null)
                      : "status " + connection.getResponseCode();
            } catch (IOException | InterruptedException e) {
              result = "threw " + e.getClass().getSimpleName();
            }
            seen.merge(result, 1, Integer::sum);
          });
    }
    open.countDown();
    threads.shutdown();
    outcome.add("finished", threads.awaitTermination(30, TimeUnit.SECONDS));
    for (String result : seen.keySet()) {
      outcome.add("seen", result);
    }
    outcome.look("at last", connection::getResponseCode);
  }

  /** Of another provider than the JDK, as application servers have one. */
  private static final class Handler extends URLStreamHandler {
    @Override
    protected URLConnection openConnection(URL url) {
      return new OwnConnection(url);
    }
  }

  /** Is refused, without going anywhere. */
  private static final class OwnConnection extends HttpURLConnection {
    private int asked;

    OwnConnection(URL url) {
      super(url);
    }

    @Override
    public void connect() {
      connected = true;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      asked++;
      throw new IOException("refused");
    }

    @Override
    public InputStream getErrorStream() {
      return new ByteArrayInputStream(REFUSAL.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String getHeaderField(int n) {
      return n == 0 ? "HTTP/1.1 401 Unauthorized" : null;
    }

    @Override
    public void disconnect() {}

    @Override
    public boolean usingProxy() {
      return false;
    }
  }

  /** Has everything, with that status. */
  private static final class Cache extends ResponseCache {
    private final String status;

    Cache(String status) {
      this.status = status;
    }

    @Override
    public CacheResponse get(URI uri, String method, Map<String, List<String>> headers) {
      return new CacheResponse() {
        @Override
        public Map<String, List<String>> getHeaders() {
          Map<String, List<String>> kept = new LinkedHashMap<>();
          kept.put(null, Collections.singletonList("HTTP/1.1 " + status));
          kept.put("Content-Type", Collections.singletonList("application/json"));
          return kept;
        }

        @Override
        public InputStream getBody() {
          return new ByteArrayInputStream(REFUSAL.getBytes(StandardCharsets.US_ASCII));
        }
      };
    }

    @Override
    public CacheRequest put(URI uri, URLConnection connection) {
      return null;
    }
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static final class CountingFactory extends SSLSocketFactory {
    private final SSLSocketFactory jdk;
    private int sockets;

    CountingFactory(SSLSocketFactory jdk) {
      this.jdk = jdk;
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
        throws IOException {
      sockets++;
      return jdk.createSocket(socket, host, port, autoClose);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw new IOException("not asked for by the JDK");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort)
        throws IOException {
      throw new IOException("not asked for by the JDK");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw new IOException("not asked for by the JDK");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
        throws IOException {
      throw new IOException("not asked for by the JDK");
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return jdk.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return jdk.getSupportedCipherSuites();
    }
  }
}

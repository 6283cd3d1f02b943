package org.genesystoken.it;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.http.trafficlistener.WiremockNetworkTrafficListener;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/**
 * A Genesys Cloud on loopback, http and https, HTTP/1.1 and 2, by WireMock: tokens that live until
 * they are killed, both token URLs, real and tutorial error bodies. It notes what it sees.
 * Thread-safe.
 */
final class FakeGenesys implements AutoCloseable {
  static final String CLIENT_ID = "it-client";
  static final String CLIENT_SECRET = "it-secret-do-not-leak";

  /** Any value with this in it, wherever it turns up, is a leak. */
  static final String TOKEN_MARK = "tok-do-not-leak-";

  static final String REFRESH_MARK = "refresh-do-not-leak-";

  private static final SecureRandom RANDOM = new SecureRandom();

  private final WireMockServer server;
  private final Set<String> live = ConcurrentHashMap.newKeySet();
  private final List<Hit> hits = new CopyOnWriteArrayList<>();
  private final List<TokenCall> tokenCalls = new CopyOnWriteArrayList<>();
  private final Set<Integer> apiPorts = ConcurrentHashMap.newKeySet();
  private volatile String refreshToken = newRefreshToken();
  private volatile Answer refusal = Answers.expired("bad.credentials");
  private volatile Answer tokenAnswer;
  private volatile boolean refuseAll;
  private final AtomicInteger throttled = new AtomicInteger();
  private volatile Supplier<Answer> throttling;
  private final AtomicInteger good = new AtomicInteger();
  private volatile int goodPerToken;
  private volatile long mintedAt;
  private final AtomicInteger opened = new AtomicInteger();
  private volatile String app = "an app";

  /** One call of the API, in the order of arrival. */
  record Hit(
      String method,
      String path,
      String protocol,
      String authorization,
      int bodyLength,
      String bodySha256,
      int status) {}

  /** One call of the token endpoint. */
  record TokenCall(String path, String authorization, Map<String, String> form, int status) {}

  /** What is sent; headers as name and value in turn. Immutable. */
  record Answer(
      int status,
      String message,
      List<String> headers,
      String body,
      boolean compressed,
      int delayMillis) {
    static Answer of(int status, String body, String... headers) {
      return new Answer(status, null, List.of(headers), body, false, 0);
    }

    Answer message(String reason) {
      return new Answer(status, reason, headers, body, compressed, delayMillis);
    }

    Answer header(String name, String value) {
      List<String> more = new ArrayList<>(headers);
      more.add(name);
      more.add(value);
      return new Answer(status, message, more, body, compressed, delayMillis);
    }

    Answer gzip() {
      return new Answer(status, message, headers, body, true, delayMillis)
          .header("Content-Encoding", "gzip");
    }

    Answer after(int millis) {
      return new Answer(status, message, headers, body, compressed, millis);
    }

    private byte[] bytes() {
      byte[] plain = body.getBytes(StandardCharsets.UTF_8);
      if (!compressed) {
        return plain;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
        out.write(plain);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    private ResponseDefinition toWire() {
      ResponseDefinitionBuilder response =
          aResponse().withStatus(status).withStatusMessage(message).withBody(bytes());
      for (int i = 0; i < headers.size(); i += 2) {
        response.withHeader(headers.get(i), headers.get(i + 1));
      }
      if (delayMillis > 0) {
        response.withFixedDelay(delayMillis);
      }
      return response.build();
    }
  }

  FakeGenesys() {
    this(Certificates.keyStore());
  }

  /**
   * @param keyStore its key and certificate for https
   */
  FakeGenesys(Path keyStore) {
    this(keyStore, options());
  }

  /** One whose https is for those only that have a certificate it trusts: its own. */
  static FakeGenesys withMutualTls() {
    return new FakeGenesys(
        Certificates.keyStore(),
        options()
            .needClientAuth(true)
            .trustStoreType("JKS")
            .trustStorePath(Certificates.trustStore().toString())
            .trustStorePassword(Certificates.PASSWORD));
  }

  private FakeGenesys(Path keyStore, WireMockConfiguration options) {
    server =
        new WireMockServer(
            options
                .bindAddress("127.0.0.1")
                .dynamicPort()
                .dynamicHttpsPort()
                .keystorePath(keyStore.toString())
                .keystoreType("JKS")
                .keystorePassword(Certificates.PASSWORD)
                .keyManagerPassword(Certificates.PASSWORD)
                .containerThreads(80)
                // for thousands that come at once
                .jettyAcceptQueueSize(4096)
                .jettyStopTimeout(1L)
                .disableRequestJournal()
                .gzipDisabled(true)
                .stubRequestLoggingDisabled(true)
                .networkTrafficListener(new Connections())
                .extensions(new Responder()));
    server.stubFor(any(anyUrl()).willReturn(aResponse()));
    server.start();
  }

  int port() {
    return server.port();
  }

  int httpsPort() {
    return server.httpsPort();
  }

  String http(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  String https(String path) {
    return "https://127.0.0.1:" + httpsPort() + path;
  }

  /** Both origins, as the key {@code hosts} takes them. */
  String hosts() {
    return "127.0.0.1:" + port() + ",127.0.0.1:" + httpsPort();
  }

  /** Forgets what it has seen and how it was told to answer; tokens stay as they are. */
  void reset() {
    refusal = Answers.expired("bad.credentials");
    tokenAnswer = null;
    refuseAll = false;
    throttled.set(0);
    goodPerToken = 0;
    forget();
  }

  /** Forgets what it has seen. */
  void forget() {
    hits.clear();
    tokenCalls.clear();
    apiPorts.clear();
  }

  /**
   * All tokens die.
   *
   * @return whether there was one
   */
  boolean kill() {
    boolean any = !live.isEmpty();
    live.clear();
    return any;
  }

  /**
   * All tokens die, if the youngest has lived long enough.
   *
   * @return whether there was one, and it had
   */
  boolean kill(Duration life) {
    return System.nanoTime() - mintedAt >= life.toNanos() && kill();
  }

  /** From now on all tokens die whenever so many calls have been answered well; 0: they live. */
  void dieAfterEach(int calls) {
    good.set(0);
    goodPerToken = calls;
  }

  /** A live token, as an operator would hand it to an app. */
  String mint() {
    String token = TOKEN_MARK + Long.toHexString(RANDOM.nextLong());
    mintedAt = System.nanoTime();
    live.add(token);
    return token;
  }

  /** Who lacks permissions, in the API's words. */
  void calledBy(String name) {
    app = name;
  }

  /** What a request without a live token gets. */
  void refuseWith(Answer answer) {
    refusal = answer;
  }

  /** What the token endpoint says whatever it is asked; null: it does its work. */
  void tokenEndpointSays(Answer answer) {
    tokenAnswer = answer;
  }

  /** No token is good enough from now on. */
  void refuseAllTokens() {
    refuseAll = true;
  }

  /** So many requests with a live token are answered so, with 429, from now on. */
  void throttle(int requests, Supplier<Answer> answer) {
    throttling = answer;
    throttled.set(requests);
  }

  List<Hit> hits() {
    return hits;
  }

  List<TokenCall> tokenCalls() {
    return tokenCalls;
  }

  /** How many different TCP connections carried API calls; only for plain HTTP/1.1. */
  int apiConnections() {
    return apiPorts.size();
  }

  /** Waits until so many connections have been opened since this server was started. */
  void awaitConnections(int number) {
    await(opened::get, number);
  }

  /** Waits until so many API calls have been seen. */
  void awaitHits(int number) {
    await(hits::size, number);
  }

  private static void await(IntSupplier seen, int number) {
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (seen.getAsInt() < number) {
      if (System.nanoTime() > patience) {
        throw new IllegalStateException(seen.getAsInt() + " of " + number);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The refresh token that would be accepted now. */
  String refreshToken() {
    return refreshToken;
  }

  @Override
  public void close() {
    server.stop();
  }

  private Answer api(Request request) {
    boolean named = request.getUrl().contains("/named");
    String path = request.getUrl().replace("/named", "");
    String authorization = request.getHeader("Authorization");
    Answer answer;
    if (path.equals("/canned/403")) {
      answer = Answers.missingPermission(app);
    } else if (path.startsWith("/canned/")) {
      answer = Answers.canned(path.substring("/canned/".length()));
    } else if (path.startsWith("/sized/")) {
      answer = Answers.other(Integer.parseInt(path.substring("/sized/".length())));
    } else if (path.startsWith("/throttled/")) {
      answer = Answers.throttled(path.substring("/throttled/".length()));
    } else if (path.startsWith("/login/")) {
      answer =
          basic("app", "app").equals(authorization)
              ? Answers.ok(sha256(request.getBody()))
              : Answers.canned("401-basic");
    } else if (path.startsWith("/redirect/")) {
      answer = Answers.redirect(decode(path.substring("/redirect/".length())));
    } else if (path.startsWith("/redirect-live/") && isLive(authorization)) {
      answer = Answers.redirect(decode(path.substring("/redirect-live/".length())));
    } else if (isLive(authorization) && throttled.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      answer = throttling.get();
    } else if (path.startsWith("/api/v2/users?") && isLive(authorization)) {
      answer = Answers.page(Integer.parseInt(path.replaceAll(".*[?&]pageNumber=(\\d+).*", "$1")));
    } else if (path.equals("/api/v2/analytics/conversations/details/query")
        && isLive(authorization)) {
      answer = Answers.FOUND;
    } else if (path.startsWith("/open/") || (isLive(authorization) && !refuseAll)) {
      answer = Answers.ok(sha256(request.getBody()));
    } else {
      answer = refusal;
    }
    if (goodPerToken > 0 && answer.status() == 200 && good.incrementAndGet() % goodPerToken == 0) {
      kill();
    }
    if (named) {
      answer = answer.header("Content-Disposition", "attachment; filename=\"answer.json\"");
    }
    hits.add(
        new Hit(
            request.getMethod().getName(),
            path,
            request.getProtocol(),
            authorization,
            request.getBody().length,
            sha256(request.getBody()),
            answer.status()));
    return answer;
  }

  private Answer token(Request request) {
    Map<String, String> form = form(request.getBodyAsString());
    String authorization = request.getHeader("Authorization");
    Answer answer = tokenAnswer != null ? tokenAnswer : grant(form, authorization);
    tokenCalls.add(new TokenCall(request.getUrl(), authorization, form, answer.status()));
    return answer;
  }

  private synchronized Answer grant(Map<String, String> form, String authorization) {
    boolean inBody =
        CLIENT_ID.equals(form.get("client_id")) && CLIENT_SECRET.equals(form.get("client_secret"));
    if (!inBody && !basic(CLIENT_ID, CLIENT_SECRET).equals(authorization)) {
      return Answers.INVALID_CLIENT;
    }
    String rotated = null;
    if ("refresh_token".equals(form.get("grant_type"))) {
      if (!refreshToken.equals(form.get("refresh_token"))) {
        return Answers.INVALID_GRANT;
      }
      rotated = newRefreshToken();
      refreshToken = rotated;
    } else if (!"client_credentials".equals(form.get("grant_type"))) {
      return Answers.INVALID_GRANT;
    }
    return Answers.token(mint(), rotated);
  }

  boolean isLive(String authorization) {
    return authorization != null
        && authorization.startsWith("Bearer ")
        && live.contains(authorization.substring("Bearer ".length()));
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static String newRefreshToken() {
    return REFRESH_MARK + Long.toHexString(RANDOM.nextLong());
  }

  private static Map<String, String> form(String body) {
    Map<String, String> form = new LinkedHashMap<>();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return form;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Responder implements ResponseDefinitionTransformerV2 {
    @Override
    public String getName() {
      return "fake-genesys";
    }

    @Override
    public ResponseDefinition transform(ServeEvent event) {
      Request request = event.getRequest();
      boolean isTokenCall =
          request.getUrl().equals("/oauth/token") || request.getUrl().equals("/api/v2/oauth/token");
      return (isTokenCall ? token(request) : api(request)).toWire();
    }
  }

  /** Tells connections apart by the client's port, where the request line can be read. */
  private final class Connections implements WiremockNetworkTrafficListener {
    @Override
    public void opened(Socket socket) {
      opened.incrementAndGet();
    }

    @Override
    public void incoming(Socket socket, ByteBuffer bytes) {
      byte[] start = new byte[Math.min(64, bytes.remaining())];
      bytes.duplicate().get(start);
      String line = new String(start, StandardCharsets.ISO_8859_1);
      if (line.matches("(?s)(GET|POST|PUT|PATCH|DELETE|HEAD) /.*")
          && !line.contains("/oauth/token")) {
        apiPorts.add(socket.getPort());
      }
    }

    @Override
    public void outgoing(Socket socket, ByteBuffer bytes) {}

    @Override
    public void closed(Socket socket) {}
  }
}

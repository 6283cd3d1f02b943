package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.genesystoken.agent.core.ForkedJava;
import org.genesystoken.agent.core.config.NoProxy;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.AgentThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpTokenCallTest {
  private static final String GRANTED = "{\"access_token\":\"abc\"}";

  @TempDir static Path directory;

  private static File keys;
  private final ProxySelector selector = ProxySelector.getDefault();

  @BeforeAll
  static void make_a_key_for_localhost() throws Exception {
    keys = KeyStores.key(directory, "keys.p12", "PKCS12", KeyStores.USUAL);
  }

  @AfterEach
  void restore_the_selector() {
    ProxySelector.setDefault(selector);
  }

  private static HttpTokenCall call(String url) {
    return call(url, null, null);
  }

  private static HttpTokenCall call(String url, String proxy, File trustStore) {
    return new HttpTokenCall(
        URI.create(url),
        2_000,
        proxy == null ? null : URI.create(proxy),
        Collections.emptyList(),
        tls(trustStore, null, null, null),
        new AgentThreads());
  }

  private static HttpAnswer post(RawServer server) throws IOException {
    return call(url(server)).post(null, "a=b", 5_000);
  }

  private static String url(RawServer server) {
    return "http://127.0.0.1:" + server.port() + "/oauth/token?x=1";
  }

  private static String text(HttpAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  // ------------------------------------------------------------------ request and answer

  @Test
  void it_posts_the_form_on_a_connection_of_its_own() throws Exception {
    try (RawServer server = RawServer.answering(RawServer.json(GRANTED))) {
      HttpAnswer answer = call(url(server)).post("Basic eDp5", "grant_type=x", 5_000);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(text(answer)).isEqualTo(GRANTED);
      assertThat(server.requests())
          .containsExactly(
              "POST /oauth/token?x=1 HTTP/1.1\r\n"
                  + "Host: 127.0.0.1:"
                  + server.port()
                  + "\r\nUser-Agent: genesys-token-agent\r\n"
                  + "Accept: application/json\r\n"
                  + "Content-Type: application/x-www-form-urlencoded\r\n"
                  + "Content-Length: 12\r\n"
                  + "Authorization: Basic eDp5\r\n"
                  + "Connection: close\r\n\r\n"
                  + "grant_type=x");
    }
  }

  @Test
  void it_reads_a_chunked_body() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "8;x=y\r\n{\"access\r\nE\r\n_token\":\"abc\"}\r\n0\r\nTrailer: t\r\n\r\n")) {
      assertThat(text(post(server))).isEqualTo(GRANTED);
    }
  }

  @Test
  void it_reads_a_body_that_ends_with_the_connection() throws Exception {
    try (RawServer server = RawServer.answering("HTTP/1.0 200 OK\n\n" + GRANTED)) {
      assertThat(text(post(server))).isEqualTo(GRANTED);
    }
  }

  @Test
  void it_passes_over_interim_answers() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + RawServer.json(GRANTED))) {
      assertThat(post(server).status()).isEqualTo(200);
    }
  }

  @Test
  void it_hands_over_status_and_retry_after_of_a_refusal() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 429 Slow Down\r\nretry-after: 7\r\nContent-Length: 0\r\n\r\n")) {
      HttpAnswer answer = post(server);

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.retryAfter()).isEqualTo("7");
    }
  }

  @Test
  void it_follows_no_redirect() throws Exception {
    try (RawServer target = RawServer.answering(RawServer.json(GRANTED));
        RawServer server =
            RawServer.answering(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                    + url(target)
                    + "\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(post(server).status()).isEqualTo(307);
      assertThat(target.requests()).isEmpty();
    }
  }

  // ------------------------------------------------------------------ broken answers

  @Test
  void a_body_of_ten_megabytes_is_not_read() throws Exception {
    String announced = "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n";
    try (RawServer server = RawServer.answering(announced)) {
      assertThatThrownBy(() -> post(server)).hasMessageContaining("larger than 64 KiB");
    }
    try (RawServer server =
        RawServer.answering(
            (request, out, socket) -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              for (int i = 0; i < 10_000; i++) {
                out.write(new byte[1_000]);
              }
            })) {
      assertThatThrownBy(() -> post(server)).hasMessageContaining("larger than 64 KiB");
    }
  }

  @Test
  void a_header_without_end_is_not_read() throws Exception {
    try (RawServer server =
        RawServer.answering(
            (request, out, socket) -> {
              out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
              for (int i = 0; i < 10_000; i++) {
                out.write(
                    "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".getBytes(StandardCharsets.US_ASCII));
              }
            })) {
      assertThatThrownBy(() -> post(server)).hasMessageContaining("header is larger");
    }
  }

  @Test
  void an_answer_that_is_cut_off_is_a_failure() throws Exception {
    try (RawServer server =
        RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + GRANTED)) {
      assertThatThrownBy(() -> post(server)).hasMessageContaining("closed before");
    }
  }

  @Test
  void something_else_than_http_is_a_failure_that_quotes_nothing() throws Exception {
    try (RawServer server = RawServer.answering("SSH-2.0-secret\r\n")) {
      assertThatThrownBy(() -> post(server))
          .hasMessageContaining("does not speak HTTP")
          .hasMessageNotContaining("secret");
    }
  }

  // ------------------------------------------------------------------ time

  @Test
  void a_server_that_never_answers_costs_the_time_allowed_and_no_more() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (RawServer server = RawServer.answering((request, out, socket) -> end.await())) {
      long start = System.nanoTime();

      assertThatThrownBy(() -> call(url(server)).post(null, "a=b", 300))
          .hasMessageStartingWith("no complete answer in time");

      assertThat(System.nanoTime() - start).isBetween(290_000_000L, 5_000_000_000L);
    } finally {
      end.countDown();
    }
  }

  @Test
  void a_slow_drip_costs_the_time_allowed_and_no_more() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (RawServer server =
        RawServer.answering(
            (request, out, socket) -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"
                      .getBytes(StandardCharsets.US_ASCII));
              // 20 ms between two bytes, until the client has gone
              while (!gone.await(20, TimeUnit.MILLISECONDS)) {
                out.write('x');
              }
            })) {
      assertThatThrownBy(() -> call(url(server)).post(null, "a=b", 300))
          .hasMessageStartingWith("no complete answer in time");
    } finally {
      gone.countDown();
    }
  }

  @Test
  void a_tls_handshake_that_hangs_costs_the_time_allowed_and_no_more() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      HttpTokenCall call = call("https://127.0.0.1:" + silent.getLocalPort() + "/oauth/token");

      assertThatThrownBy(() -> call.post(null, "a=b", 300))
          .hasMessageStartingWith("no complete answer in time");
    }
  }

  // ------------------------------------------------------------------ connection

  @Test
  void a_refused_connection_is_named() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThatThrownBy(() -> call("http://127.0.0.1:" + port + "/").post(null, "a=b", 5_000))
        .hasMessageContaining("the connection was refused");
  }

  @Test
  void a_host_with_an_underscore_can_be_asked() throws Exception {
    try (RawServer proxy = RawServer.answering("HTTP/1.1 403 Forbidden\r\n\r\n")) {
      HttpTokenCall call =
          call("https://my_api:8443/oauth/token", "http://127.0.0.1:" + proxy.port(), null);

      assertThatThrownBy(() -> call.post(null, "a=b", 5_000))
          .hasMessageContaining("the proxy answered 403");

      assertThat(proxy.requests().get(0))
          .startsWith("CONNECT my_api:8443 HTTP/1.1\r\nHost: my_api:8443\r\n");
    }
  }

  @Test
  void an_unknown_host_is_named() {
    assertThatThrownBy(() -> call("http://no-such-host.invalid/").post(null, "a=b", 5_000))
        .hasMessageContaining("host name is unknown");
  }

  // ------------------------------------------------------------------ TLS

  private static RawServer tlsServer() throws Exception {
    return KeyStores.server(keys, null);
  }

  private static HttpTokenCall call(RawServer server, Tls tls) {
    return new HttpTokenCall(
        URI.create("https://localhost:" + server.port() + "/oauth/token"),
        2_000,
        null,
        Collections.emptyList(),
        tls,
        new AgentThreads());
  }

  private static Tls tls(
      File trustStore, Secret trustStorePassword, File keyStore, SecretSource keyStorePassword) {
    return new Tls(
        trustStore, trustStorePassword, keyStore, keyStorePassword, new RecordingLogger());
  }

  private static SecretSource password(String password) {
    return new SecretSource(new Secret(password), null);
  }

  @Test
  void it_speaks_tls_to_a_server_that_the_trust_store_knows() throws Exception {
    try (RawServer server = tlsServer()) {
      HttpTokenCall call = call("https://localhost:" + server.port() + "/oauth/token", null, keys);

      assertThat(text(call.post(null, "a=b", 10_000))).isEqualTo(GRANTED);
    }
  }

  @Test
  void a_server_that_nobody_vouches_for_is_refused_with_a_remedy() throws Exception {
    try (RawServer server = tlsServer()) {
      HttpTokenCall call = call("https://localhost:" + server.port() + "/oauth/token");

      assertThatThrownBy(() -> call.post(null, "a=b", 10_000))
          .hasMessageContaining("TLS failed")
          .hasMessageContaining("check token-url and token-trust-store");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void a_certificate_for_another_host_is_refused() throws Exception {
    try (RawServer server = tlsServer()) {
      HttpTokenCall call = call("https://127.0.0.1:" + server.port() + "/oauth/token", null, keys);

      assertThatThrownBy(() -> call.post(null, "a=b", 10_000)).hasMessageContaining("TLS failed");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void a_trust_store_that_cannot_be_read_is_named() throws Exception {
    try (RawServer server = tlsServer()) {
      File missing = directory.resolve("missing.p12").toFile();
      HttpTokenCall call =
          call("https://localhost:" + server.port() + "/oauth/token", null, missing);

      assertThatThrownBy(() -> call.post(null, "a=b", 10_000))
          .hasMessageContaining("token-trust-store")
          .hasMessageContaining("missing.p12");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKCS12", "JKS"})
  void a_trust_store_may_have_a_password_of_its_own(String type) throws Exception {
    File store =
        KeyStores.certificates(
            keys,
            KeyStores.USUAL,
            directory.resolve("trust." + type).toFile(),
            type,
            "quite another one");
    try (RawServer server = tlsServer()) {
      Tls right = tls(store, new Secret("quite another one"), null, null);
      Tls wrong = tls(store, new Secret("wrong"), null, null);

      assertThat(text(call(server, right).post(null, "a=b", 10_000))).isEqualTo(GRANTED);
      assertThatThrownBy(() -> call(server, wrong).post(null, "a=b", 10_000))
          .hasMessageContaining("trust." + type)
          .hasMessageContaining("token-trust-store-password")
          .hasMessageNotContaining("wrong");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PKCS12", "JKS"})
  void a_server_that_wants_mutual_tls_sees_the_clients_certificate(String type) throws Exception {
    File client = KeyStores.key(directory, "client." + type, type, "client pass");
    File clients =
        KeyStores.certificates(
            client,
            "client pass",
            directory.resolve("clients-of-" + type).toFile(),
            "PKCS12",
            KeyStores.USUAL);
    try (RawServer server = KeyStores.server(keys, clients)) {
      Tls known = tls(keys, null, client, password("client pass"));
      Tls unknown = tls(keys, null, keys, password(KeyStores.USUAL));
      Tls nobody = tls(keys, null, null, null);

      assertThat(text(call(server, known).post(null, "a=b", 10_000))).isEqualTo(GRANTED);
      for (Tls refused : Arrays.asList(unknown, nobody)) {
        assertThatThrownBy(() -> call(server, refused).post(null, "a=b", 10_000))
            .isInstanceOf(IOException.class);
      }
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void a_key_store_that_cannot_be_opened_is_named_and_its_password_is_not() throws Exception {
    try (RawServer server = tlsServer()) {
      Tls wrong = tls(keys, null, keys, password("s3cr3t"));

      assertThatThrownBy(() -> call(server, wrong).post(null, "a=b", 10_000))
          .hasMessageContaining("token-key-store " + keys)
          .hasMessageContaining("token-key-store-password")
          .hasMessageNotContaining("s3cr3t");
    }
  }

  @Test
  void a_store_that_is_replaced_counts_at_the_next_call_and_a_broken_one_leaves_the_old()
      throws Exception {
    Path store = directory.resolve("replaced");
    File other = KeyStores.key(directory, "other.p12", "PKCS12", KeyStores.USUAL);
    RecordingLogger log = new RecordingLogger();
    try (RawServer server = tlsServer()) {
      Files.copy(other.toPath(), store);
      HttpTokenCall call = call(server, new Tls(store.toFile(), null, null, null, log));
      assertThatThrownBy(() -> call.post(null, "a=b", 10_000)).hasMessageContaining("TLS failed");

      // when it is renewed, then half written, then gone
      Files.write(store, Files.readAllBytes(keys.toPath()));
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
      assertThat(log.said).isEmpty();
      Files.write(store, new byte[] {1, 2, 3});
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
      assertThat(log.said).hasSize(1);
      Files.delete(store);
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);

      // then
      assertThat(log.said).hasSize(2);
      assertThat(log.said)
          .allSatisfy(
              line ->
                  assertThat(line)
                      .startsWith("WARN token-trust-store " + store + " cannot be read")
                      .endsWith("; what was read before stays in use"));
    }
  }

  @Test
  void a_store_that_is_replaced_within_the_same_second_and_length_counts() throws Exception {
    Path store = directory.resolve("same-second");
    byte[] right = Files.readAllBytes(keys.toPath());
    byte[] wrong = right.clone();
    // in its integrity check: nothing else tells
    wrong[wrong.length - 5] ^= 1;
    RecordingLogger log = new RecordingLogger();
    try (RawServer server = tlsServer()) {
      Files.write(store, right);
      FileTime time = Files.getLastModifiedTime(store);
      Tls tls = new Tls(store.toFile(), new Secret(KeyStores.USUAL), null, null, log);
      HttpTokenCall call = call(server, tls);
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);

      Files.write(store, wrong);
      Files.setLastModifiedTime(store, time);
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);

      assertThat(log.said).hasSize(1);
    }
  }

  @Test
  void the_apps_default_ssl_context_is_not_made() throws Exception {
    try (RawServer server = tlsServer();
        ForkedJava app =
            ForkedJava.main(
                DefaultSslContextApp.class, String.valueOf(server.port()), keys.getPath())) {
      assertThat(app.line()).isEqualTo("token call: 200");
      assertThat(app.line()).isEqualTo("default context made later: 200");
      assertThat(app.end()).isZero();
    }
  }

  // ------------------------------------------------------------------ proxies

  private static RawServer connectProxy(int target) throws IOException {
    return RawServer.answering(
        (request, out, socket) -> {
          try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), target)) {
            out.write(
                "HTTP/1.1 200 Connection Established\r\nVia: p\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            Thread up = new Thread(() -> pump(socket, onward), "proxy-up");
            up.setDaemon(true);
            up.start();
            pump(onward, socket);
          }
        });
  }

  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[4096];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // one side has gone
    }
  }

  @Test
  void https_goes_through_a_proxy_in_a_tunnel_that_carries_only_the_proxys_credentials()
      throws Exception {
    try (RawServer server = tlsServer();
        RawServer proxy = connectProxy(server.port())) {
      HttpTokenCall call =
          call(
              "https://localhost:" + server.port() + "/oauth/token",
              "http://user:p%40ss@127.0.0.1:" + proxy.port(),
              keys);

      assertThat(text(call.post("Basic c2VjcmV0", "a=b", 10_000))).isEqualTo(GRANTED);

      assertThat(proxy.requests())
          .containsExactly(
              "CONNECT localhost:"
                  + server.port()
                  + " HTTP/1.1\r\nHost: localhost:"
                  + server.port()
                  + "\r\nUser-Agent: genesys-token-agent\r\n"
                  + "Proxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n");
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().get(0)).doesNotContain("Proxy-Authorization");
    }
  }

  @Test
  void a_proxy_that_wants_other_credentials_is_named() throws Exception {
    try (RawServer proxy =
        RawServer.answering("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")) {
      HttpTokenCall call =
          call("https://localhost:1/oauth/token", "http://127.0.0.1:" + proxy.port(), null);

      assertThatThrownBy(() -> call.post(null, "a=b", 5_000))
          .hasMessageContaining("the proxy answered 407");
    }
  }

  @Test
  void plain_http_shows_the_secret_to_no_proxy() throws Exception {
    try (RawServer proxy = RawServer.answering(RawServer.json(GRANTED));
        RawServer server = RawServer.answering(RawServer.json(GRANTED))) {
      ProxySelector.setDefault(
          selecting(
              new Proxy(
                  Proxy.Type.HTTP,
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()))));
      for (String configured : new String[] {"http://127.0.0.1:" + proxy.port(), null}) {
        for (String host : new String[] {"127.0.0.1", "localhost", "LOCALHOST"}) {
          // on loopback there is nobody to go through
          String url = "http://" + host + ":" + server.port() + "/oauth/token";

          assertThat(call(url, configured, null).post(null, "a=b", 5_000).status()).isEqualTo(200);
        }

        // elsewhere it is refused
        HttpTokenCall call = call("http://login.test/oauth/token", configured, null);
        assertThatThrownBy(() -> call.post(null, "a=b", 5_000))
            .hasMessage(
                "the proxy would see the secret, token-url is plain http; give an https one or"
                    + " set token-no-proxy");
      }
      assertThat(proxy.requests()).isEmpty();
    }
  }

  @Test
  void a_host_of_the_no_proxy_list_is_reached_without_any_proxy() throws Exception {
    try (RawServer proxy = RawServer.answering("HTTP/1.1 502 Bad Gateway\r\n\r\n");
        RawServer server = tlsServer()) {
      ProxySelector.setDefault(
          selecting(
              new Proxy(
                  Proxy.Type.HTTP,
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()))));
      URI configured = URI.create("http://127.0.0.1:" + proxy.port());
      for (URI of : new URI[] {configured, null}) {
        HttpTokenCall call =
            new HttpTokenCall(
                URI.create("https://localhost:" + server.port() + "/oauth/token"),
                2_000,
                of,
                Arrays.asList("other.example", "local*"),
                tls(keys, null, null, null),
                new AgentThreads());

        assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
      }
      assertThat(proxy.requests()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0} covers {1}: {2}")
  @CsvSource({
    "login.corp, login.corp, true",
    "LOGIN.corp, login.CORP, true",
    "login.corp, x.login.corp, false",
    "*.corp, login.corp, true",
    "*.corp, corp, false",
    "*.corp, login.corp.evil, false",
    "10.*, 10.1.2.3, true",
    "10.*, 110.1.2.3, false",
    "*corp*, my-corp.example, true",
    "*, anything, true",
    "[::1], ::1, true",
    "'', login.corp, false"
  })
  void the_no_proxy_list_means_what_http_nonProxyHosts_means(
      String pattern, String host, boolean covered) {
    assertThat(NoProxy.covers(Collections.singletonList(pattern), host)).isEqualTo(covered);
  }

  @Test
  void https_goes_through_the_proxy_of_the_selector() throws Exception {
    try (RawServer server = tlsServer();
        RawServer proxy = connectProxy(server.port())) {
      ProxySelector.setDefault(
          selecting(
              new Proxy(
                  Proxy.Type.HTTP,
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()))));
      HttpTokenCall call = call("https://localhost:" + server.port() + "/oauth/token", null, keys);

      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);

      assertThat(proxy.requests()).hasSize(1);
    }
  }

  @Test
  void a_selector_that_fails_or_says_nothing_means_direct() throws Exception {
    try (RawServer server = tlsServer()) {
      HttpTokenCall call = call(server, tls(keys, null, null, null));
      ProxySelector.setDefault(
          new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
              throw new IllegalArgumentException("the app's");
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException e) {}
          });
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
      ProxySelector.setDefault(null);
      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
    }
  }

  @Test
  void the_next_proxy_is_tried_when_one_is_down() throws Exception {
    int down;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      down = closed.getLocalPort();
    }
    try (RawServer server = tlsServer()) {
      HttpTokenCall call = call(server, tls(keys, null, null, null));
      ProxySelector.setDefault(
          selecting(
              new Proxy(
                  Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), down)),
              Proxy.NO_PROXY));

      assertThat(call.post(null, "a=b", 10_000).status()).isEqualTo(200);
      assertThat(server.requests().get(0)).startsWith("POST /oauth/token");
    }
  }

  private static ProxySelector selecting(Proxy... proxies) {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return Collections.unmodifiableList(Arrays.asList(proxies));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException e) {}
    };
  }
}

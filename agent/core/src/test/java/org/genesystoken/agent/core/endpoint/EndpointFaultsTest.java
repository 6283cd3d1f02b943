package org.genesystoken.agent.core.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.genesystoken.agent.core.config.Configuration;
import org.genesystoken.agent.core.config.Configuration.ClientAuth;
import org.genesystoken.agent.core.config.Configuration.Grant;
import org.genesystoken.agent.core.config.Secret;
import org.genesystoken.agent.core.log.RecordingLogger;
import org.genesystoken.agent.core.time.AgentThreads;
import org.genesystoken.agent.core.time.Clock;
import org.genesystoken.agent.core.token.Counters;
import org.genesystoken.agent.core.token.Reports;
import org.genesystoken.agent.core.token.TokenManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in which a token endpoint fails, over real sockets, through to the token manager: the
 * caller gets no exception and no token, the operator one line, and no secret is in any line.
 */
@Timeout(60)
class EndpointFaultsTest {
  private static final String SECRET = "s3cr3t";
  private static final String TOKEN = "t0k3n";
  private static final String REFRESH = "r3fr3sh";

  /** For a call that is to use up its time. */
  private static final long SHORT = 1_000;

  @TempDir static Path directory;

  private static File keys;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private final RecordingLogger log = new RecordingLogger();
  private final Counters counters = new Counters();
  private final AtomicReference<TokenRequestException> failure = new AtomicReference<>();
  private RawServer server;
  private long millisForOneCall = 20_000;

  @BeforeAll
  static void make_a_key_for_localhost() throws Exception {
    keys = KeyStores.key(directory, "keys.p12", "PKCS12", KeyStores.USUAL);
  }

  @AfterEach
  void close() throws Exception {
    end.countDown();
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  /** Where a token is asked for. */
  private interface Place {
    String url(EndpointFaultsTest test) throws Exception;

    default Place inShort() {
      return test -> {
        test.millisForOneCall = SHORT;
        return url(test);
      };
    }
  }

  private static Place answering(String text) {
    return answering((request, out, socket) -> out.write(bytes(text)));
  }

  private static Place answering(RawServer.Answer answer) {
    return test -> {
      test.server = test.closing(RawServer.answering(answer));
      return "http://127.0.0.1:" + test.server.port() + "/oauth/token";
    };
  }

  private static Place overTls(String host) {
    return test ->
        "https://"
            + host
            + ":"
            + test.closing(KeyStores.server(keys, null)).port()
            + "/oauth/token";
  }

  private static String withoutTls(EndpointFaultsTest test) throws IOException {
    ServerSocket plain = test.closing(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = plain.accept()) {
                socket.getOutputStream().write(bytes("HTTP/1.1 400 Bad Request\r\n\r\n"));
                while (socket.getInputStream().read() >= 0) {
                  // until the client has gone
                }
              } catch (IOException e) {
                // the end of the test
              }
            },
            "plain-server");
    thread.setDaemon(true);
    thread.start();
    return "https://localhost:" + plain.getLocalPort() + "/oauth/token";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String answer(int status, String body, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String error(String code) {
    return "{\"error\":\"" + code + "\",\"description\":\"authentication failed\"}";
  }

  private static String granted(String more) {
    return "{\"access_token\":\"" + TOKEN + "\"" + more + "}";
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private Grants grants(String url, Grant grant, RefreshTokenStore store, boolean withClient) {
    HttpTokenCall call =
        new HttpTokenCall(
            URI.create(url),
            10_000,
            null,
            Collections.emptyList(),
            new Tls(null, null, null, null, log),
            closing(new AgentThreads()));
    return new Grants(
        call,
        grant,
        withClient ? "id" : null,
        new SecretSource(withClient ? new Secret(SECRET) : null, null),
        ClientAuth.BODY,
        store,
        millisForOneCall,
        Clock.SYSTEM);
  }

  private TokenManager manager(Grants grants) {
    return closing(
        new TokenManager(
            () -> {
              try {
                return grants.request();
              } catch (TokenRequestException e) {
                failure.set(e);
                throw e;
              }
            },
            Clock.SYSTEM,
            closing(new AgentThreads()),
            new Random(1),
            30_000,
            30_000,
            -1,
            null,
            new Reports(log, "https://login.test/oauth/token", Clock.SYSTEM),
            counters));
  }

  // ------------------------------------------------------------------ no token

  private static Arguments temporary(String name, Place place, String says) {
    return arguments(name, place, false, says);
  }

  private static Arguments permanent(String name, Place place, String says) {
    return arguments(name, place, true, says);
  }

  static Stream<Arguments> faults() {
    String redirect = "Location: https://elsewhere.test/oauth/token";
    return Stream.of(
        temporary(
            "connection refused",
            test -> "http://127.0.0.1:" + closedPort() + "/oauth/token",
            "the connection was refused"),
        temporary(
            "DNS failure", test -> "https://no-such-host.invalid/t", "its host name is unknown"),
        temporary("wrong certificate authority", overTls("localhost"), "TLS failed"),
        temporary(
            "certificate of another host",
            overTls("127.0.0.1"),
            "check token-url and token-trust-store"),
        temporary("no TLS at all", EndpointFaultsTest::withoutTls, "TLS failed"),
        temporary("500", answering(answer(500, "boom")), "it answered 500"),
        temporary("501", answering(answer(501, "")), "it answered 501"),
        temporary("502", answering(answer(502, "<html>")), "it answered 502"),
        temporary("503", answering(answer(503, "")), "it answered 503"),
        temporary(
            "504",
            answering(answer(504, "{\"code\":\"authentication.request.timeout\"}")),
            "it answered 504"),
        temporary("408", answering(answer(408, "")), "it answered 408"),
        temporary("429", answering(answer(429, "{}")), "429 (rate limit exceeded)"),
        temporary(
            "400 rate limit exceeded, as Genesys throttles",
            answering(
                answer(
                    400,
                    "{\"error\":\"invalid_request\","
                        + "\"description\":\"rate limit exceeded; wait a minute\"}")),
            "400 invalid_request (rate limit exceeded)"),
        temporary("200 empty", answering(answer(200, "")), "without JSON that can be read"),
        temporary(
            "200 HTML",
            answering(answer(200, "<html>log in with " + TOKEN + "</html>")),
            "without JSON that can be read"),
        temporary(
            "200 cut off in the token",
            answering(answer(200, "{\"access_token\":\"" + TOKEN)),
            "without JSON that can be read"),
        temporary(
            "200 with a wrong token_type",
            answering(answer(200, granted(",\"token_type\":\"mac\""))),
            "the token_type is not Bearer"),
        temporary(
            "200 with CR and LF in the token",
            answering(answer(200, "{\"access_token\":\"" + TOKEN + "\\r\\nX: y\"}")),
            "characters that no header may have"),
        temporary(
            "200 with a body of 10 MB",
            answering(
                (request, out, socket) -> {
                  out.write(bytes("HTTP/1.1 200 OK\r\n\r\n" + granted("")));
                  for (int i = 0; i < 10_000; i++) {
                    out.write(new byte[1_000]);
                  }
                }),
            "larger than 64 KiB"),
        temporary(
            "200 in a slow drip",
            test -> answering(test.dripping()).inShort().url(test),
            "no complete answer in time"),
        temporary(
            "hangs after accept",
            test -> answering((request, out, socket) -> test.end.await()).inShort().url(test),
            "no complete answer in time"),
        temporary(
            "closes without an answer", answering(""), "the connection was closed before the"),
        temporary("302", answering(answer(302, "", redirect)), "a redirect, which is not followed"),
        temporary("307", answering(answer(307, "", redirect)), "a redirect, which is not followed"),
        temporary("308", answering(answer(308, "", redirect)), "a redirect, which is not followed"),
        permanent(
            "200 with error", answering(answer(200, error("invalid_client"))), "invalid_client"),
        permanent(
            "400 invalid_client", answering(answer(400, error("invalid_client"))), "client-secret"),
        permanent(
            "401 invalid_client", answering(answer(401, error("invalid_client"))), "client-secret"),
        permanent(
            "400 unauthorized_client",
            answering(answer(400, error("unauthorized_client"))),
            "allow this grant for the OAuth client"),
        permanent(
            "400 invalid_scope",
            answering(answer(400, error("invalid_scope"))),
            "check the roles and scopes"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void the_caller_goes_on_without_a_token_and_the_operator_reads_one_line(
      String name, Place place, boolean permanent, String says) throws Exception {
    // given
    TokenManager manager = manager(grants(place.url(this), Grant.CLIENT_CREDENTIALS, null, true));

    // when
    String header = manager.header(Long.MAX_VALUE);

    // then
    assertThat(header).isNull();
    assertThat(failure.get().isPermanent()).isEqualTo(permanent);
    assertThat(counters.tokenRequests()).isEqualTo(1);
    assertThat(counters.failures()).isEqualTo(1);
    assertThat(loud()).hasSize(1);
    assertThat(loud().get(0))
        .startsWith(
            (permanent ? "ERROR" : "WARN") + " No token from https://login.test/oauth/token")
        .contains(says)
        .doesNotContain("\n");
    assertThat(log.said.toString()).doesNotContain(SECRET, TOKEN);
    assertThat(server == null ? 0 : server.requests().size()).isLessThanOrEqualTo(1);
  }

  @Test
  void connect_timeout_and_read_timeout_together_are_the_time_for_the_whole_call()
      throws Exception {
    // given one that is never silent for long
    String url = answering(dripping()).url(this);
    Configuration configuration =
        Configuration.load(
                "hosts=127.0.0.1,client-id=id,client-secret="
                    + SECRET
                    + ",connect-timeout=400ms,read-timeout=600ms",
                new Properties(),
                Collections.emptyMap())
            .configuration();
    TokenEndpoint endpoint =
        TokenEndpoints.create(
            configuration, URI.create(url), Clock.SYSTEM, closing(new AgentThreads()), log);
    long start = System.nanoTime();

    // when
    TokenRequestException given =
        catchThrowableOfType(TokenRequestException.class, endpoint::request);

    // then
    assertThat(given).hasMessageStartingWith("no complete answer in time");
    assertThat(System.nanoTime() - start).isBetween(990_000_000L, 5_000_000_000L);
  }

  private RawServer.Answer dripping() {
    return (request, out, socket) -> {
      out.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"));
      // 20 ms between two bytes, until the client has gone
      while (!end.await(20, TimeUnit.MILLISECONDS)) {
        out.write('x');
      }
    };
  }

  private List<String> loud() {
    return log.said.stream().filter(line -> !line.startsWith("DEBUG")).collect(Collectors.toList());
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest(name = "Retry-After: {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "120                           | 120000",
        "Tue, 24 Nov 2026 12:02:00 GMT | 120000",
        "Tue, 24 Nov 2026 11:00:00 GMT | -1",
        "garbage                       | -1",
        "-5                            | -1",
        "1000000000                    | 900000",
        "0                             | 1000"
      })
  void a_429_says_how_long_to_leave_the_endpoint_alone(String value, long millis) throws Exception {
    String date = "Date: Tue, 24 Nov 2026 12:00:00 GMT";
    Place place = answering(answer(429, "{}", date, "Retry-After: " + value));
    TokenManager manager = manager(grants(place.url(this), Grant.CLIENT_CREDENTIALS, null, true));

    assertThat(manager.header(Long.MAX_VALUE)).isNull();

    assertThat(failure.get().retryAfterMillis()).isEqualTo(millis);
    if (millis > 0) {
      assertThat(manager.header(Long.MAX_VALUE)).isNull();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void a_redirect_takes_the_secret_nowhere() throws Exception {
    RawServer target = closing(RawServer.answering(RawServer.json(granted(""))));
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      Place place =
          answering(
              answer(status, "", "Location: http://127.0.0.1:" + target.port() + "/oauth/token"));

      assertThat(
              manager(grants(place.url(this), Grant.CLIENT_CREDENTIALS, null, true))
                  .header(Long.MAX_VALUE))
          .isNull();
    }
    assertThat(target.requests()).isEmpty();
  }

  // ------------------------------------------------------------------ odd tokens

  @ParameterizedTest(name = "expires_in {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                            | 300000",
        ",\"expires_in\":null          | 300000",
        ",\"expires_in\":\"3600\"      | 3600000",
        ",\"expires_in\":3600.5        | 3600500",
        ",\"expires_in\":0             | 300000",
        ",\"expires_in\":-1            | 300000",
        ",\"expires_in\":1000000000000 | 2592000000",
        ",\"expires_in\":5             | 5000"
      })
  void an_odd_expires_in_is_no_obstacle(String member, long millis) throws Exception {
    Grants grants =
        grants(
            answering(RawServer.json(granted(member))).url(this),
            Grant.CLIENT_CREDENTIALS,
            null,
            true);

    assertThat(grants.request().lifeMillis()).isEqualTo(millis);
    assertThat(manager(grants).header(Long.MAX_VALUE)).isEqualTo("Bearer " + TOKEN);
    assertThat(loud()).isEmpty();
    assertThat(log.said.toString()).doesNotContain(SECRET, TOKEN);
  }

  // ------------------------------------------------------------------ refresh tokens

  private RefreshTokenStore store(Path file) {
    return new RefreshTokenStore(null, file.toFile(), false, log);
  }

  private static void write(Path file, String content) throws IOException {
    Files.write(file, bytes(content));
    if (File.separatorChar == '/') {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  /** Accepts one refresh token, and client credentials. */
  private static RawServer.Answer accepting(
      String refreshToken, Path file, String storedMeanwhile) {
    return (request, out, socket) -> {
      boolean good =
          request.contains("refresh_token=" + refreshToken)
              || request.contains("grant_type=client_credentials");
      if (storedMeanwhile != null) {
        write(file, storedMeanwhile);
      }
      out.write(bytes(good ? RawServer.json(granted("")) : answer(400, error("invalid_grant"))));
    };
  }

  @Test
  void invalid_grant_with_a_newer_stored_token_adopts_it() throws Exception {
    Path file = directory.resolve("newer-stored");
    write(file, REFRESH + "-1");
    Place place = answering(accepting(REFRESH + "-2", file, REFRESH + "-2"));
    TokenManager manager =
        manager(grants(place.url(this), Grant.REFRESH_TOKEN, store(file), false));

    assertThat(manager.header(Long.MAX_VALUE)).isEqualTo("Bearer " + TOKEN);

    assertThat(server.requests()).hasSize(2);
    assertThat(loud()).isEmpty();
    assertThat(log.said.toString()).doesNotContain(REFRESH, TOKEN);
  }

  @Test
  void invalid_grant_without_a_newer_stored_token_falls_back_to_client_credentials()
      throws Exception {
    Path file = directory.resolve("none-stored");
    write(file, REFRESH + "-1");
    Place place = answering(accepting(REFRESH + "-2", file, null));
    TokenManager manager = manager(grants(place.url(this), Grant.REFRESH_TOKEN, store(file), true));

    assertThat(manager.header(Long.MAX_VALUE)).isEqualTo("Bearer " + TOKEN);

    assertThat(server.requests()).hasSize(2);
    assertThat(file).hasContent(REFRESH + "-1");
  }

  @Test
  void invalid_grant_without_another_way_is_one_loud_line() throws Exception {
    Path file = directory.resolve("no-way");
    write(file, REFRESH + "-1");
    Place place = answering(accepting(REFRESH + "-2", file, null));
    TokenManager manager =
        manager(grants(place.url(this), Grant.REFRESH_TOKEN, store(file), false));

    assertThat(manager.header(Long.MAX_VALUE)).isNull();
    assertThat(manager.header(Long.MAX_VALUE)).isNull();

    assertThat(server.requests()).hasSize(1);
    assertThat(loud()).hasSize(1);
    assertThat(loud().get(0)).startsWith("ERROR").contains("invalid_grant", "set a new one");
    assertThat(log.said.toString()).doesNotContain(REFRESH);
  }

  @Test
  void no_new_refresh_token_keeps_the_old_one() throws Exception {
    Path file = directory.resolve("kept");
    write(file, REFRESH + "-1");
    Place place = answering(accepting(REFRESH + "-1", file, null));
    Grants grants = grants(place.url(this), Grant.REFRESH_TOKEN, store(file), false);

    grants.request();
    grants.request();

    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1)).contains("refresh_token=" + REFRESH + "-1");
    assertThat(file).hasContent(REFRESH + "-1");
  }

  // ------------------------------------------------------------------ secrets

  @Test
  void nothing_that_can_be_printed_shows_a_secret() throws Exception {
    RefreshTokenStore store = new RefreshTokenStore(new Secret(REFRESH), null, false, log);
    Place place = answering(RawServer.json(granted(",\"refresh_token\":\"" + REFRESH + "-2\"")));
    Grants grants = grants(place.url(this), Grant.REFRESH_TOKEN, store, true);
    TokenManager manager = manager(grants);

    manager.header(Long.MAX_VALUE);

    List<Object> all =
        Arrays.asList(
            manager,
            grants,
            store,
            grants.request(),
            grants.request().accessToken(),
            new SecretSource(new Secret(SECRET), null),
            counters,
            log.said);
    for (Object each : all) {
      assertThat(String.valueOf(each)).doesNotContain(SECRET, TOKEN, REFRESH);
    }
  }
}

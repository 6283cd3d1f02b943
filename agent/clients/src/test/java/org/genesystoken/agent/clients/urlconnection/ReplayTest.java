package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.net.www.MessageHeader;

/** On a connection object of the JDK's that was put into the state of an answered one. */
class ReplayTest {
  private static final String COVERED = "http://" + ScriptedPolicy.HOST + "/api/v2/users/me";
  private final IOException refused = new IOException("Server returned HTTP response code");

  private final ScriptedPolicy policy = new ScriptedPolicy("http");
  private final Refusals refusals = new Refusals();
  private final Replay replay = new Replay(policy, refusals);

  @Test
  void anExpiredTokenIsRenewedAndTheConnectionMadeAsNew() throws Exception {
    // given
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "expired");

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isNull();
    assertThat(policy.renewed).containsExactly("Bearer sent");
    assertThat(policy.seen).asString(StandardCharsets.US_ASCII).isEqualTo("expired");
    assertThat(policy.seenHeaders).contains("Bearer").contains("Basic").endsWith(" gzip");
    assertThat(field(connection, "rememberedException")).isNull();
    assertThat(field(connection, "inputStream")).isNull();
    assertThat(field(connection, "errorStream")).isNull();
    assertThat(field(connection, "http")).isNull();
    assertThat(field(connection, "connected")).isEqualTo(false);
    assertThat(field(connection, "responseCode")).isEqualTo(-1);
    assertThat(field(connection, "responseMessage")).isNull();
    assertThat(requests(connection).findValue("Authorization")).isNull();
    assertThat(requests(connection).findValue("Host")).isEqualTo("api.mypurecloud.ie");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 8193, 30_000})
  void aRefusalThatIsPassedOnHasItsWholeBody(int length) throws Exception {
    // given
    policy.expired = false;
    byte[] body = new byte[length];
    Arrays.fill(body, (byte) 'x');
    HttpURLConnection connection =
        answered(COVERED, "401 Unauthorized", new String(body, StandardCharsets.US_ASCII));

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isSameAs(refused);
    assertThat(policy.renewed).isEmpty();
    assertThat(policy.seen).hasSize(Math.min(length, TokenPolicy.BODY_LIMIT));
    assertThat(((InputStream) field(connection, "inputStream")).readAllBytes()).isEqualTo(body);
    assertThat(field(connection, "rememberedException")).isSameAs(refused);
  }

  @Test
  void aBufferedErrorBodyIsTheOneThatIsPassedOn() throws Exception {
    // given
    policy.expired = false;
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "of the wire");
    set(connection, "errorStream", stream("buffered"));

    // when
    replay.apply(refused, connection);

    // then
    assertThat(connection.getErrorStream()).hasContent("buffered");
    assertThat((InputStream) field(connection, "inputStream")).hasContent("of the wire");
  }

  @Test
  void aTokenThatCannotBeRenewedLeavesTheRefusalToTheApp() throws Exception {
    // given
    policy.renewal = CompletableFuture.completedFuture(false);
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "expired");

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isSameAs(refused);
    assertThat((InputStream) field(connection, "inputStream")).hasContent("expired");
  }

  @Test
  void aReplayThatIsRefusedIsReportedAndNotRepeated() throws Exception {
    // given
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "expired");
    refusals.take(requests(connection));
    refusals.replaying(requests(connection));
    new Refusals.Answered(refusals).apply(responses("401 Unauthorized"), requests(connection));

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isSameAs(refused);
    assertThat(policy.renewed).isEmpty();
    assertThat(policy.refusedReplays).containsExactly("Bearer sent");
    assertThat((InputStream) field(connection, "inputStream")).hasContent("expired");
  }

  @Test
  void aStreamedBodyIsNotReplayed() throws Exception {
    // given
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "expired");
    HttpRetryException streaming = new HttpRetryException("cannot retry", 401);

    // when
    Object seen = replay.apply(streaming, connection);

    // then
    assertThat(seen).isSameAs(streaming);
    assertThat(policy.renewed).isEmpty();
  }

  @Test
  void aFailureWithoutARefusalIsPassedOn() throws Exception {
    // given
    HttpURLConnection connection = answered(COVERED, "404 Not Found", "absent");
    FileNotFoundException absent = new FileNotFoundException(COVERED);

    // when
    Object seen = replay.apply(absent, connection);

    // then
    assertThat(seen).isSameAs(absent);
    assertThat(policy.renewed).isEmpty();
  }

  @Test
  void aRefusalThatTheJdkItselfGotOverIsNotTheFailure() throws Exception {
    // given: a 401, to which the app's Authenticator had an answer, and then a 500
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "");
    set(connection, "responses", responses("500 Internal Server Error"));
    set(connection, "inputStream", stream("broken"));

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isSameAs(refused);
    assertThat(policy.renewed).isEmpty();
    assertThat((InputStream) field(connection, "inputStream")).hasContent("broken");
  }

  @Test
  void aForeignHostIsNotOurs() throws Exception {
    // given
    HttpURLConnection connection =
        answered("http://elsewhere.example/", "401 Unauthorized", "expired");

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isSameAs(refused);
    assertThat(policy.renewed).isEmpty();
  }

  @Test
  void anAnswerWithoutABodyIsDecidedByItsHeaders() throws Exception {
    // given
    HttpURLConnection connection = answered(COVERED, "401 Unauthorized", "");
    set(connection, "inputStream", null);

    // when
    Object seen = replay.apply(refused, connection);

    // then
    assertThat(seen).isNull();
    assertThat(policy.seen).isEmpty();
  }

  private HttpURLConnection answered(String url, String status, String body) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    MessageHeader requests = requests(connection);
    requests.set("Host", "api.mypurecloud.ie");
    requests.set("Authorization", "Bearer sent");
    MessageHeader responses = responses(status);
    set(connection, "responses", responses);
    set(connection, "inputStream", stream(body));
    set(connection, "rememberedException", refused);
    set(connection, "connected", true);
    set(connection, "responseCode", 401);
    set(connection, "responseMessage", "Unauthorized");
    new Refusals.Answered(refusals).apply(responses, requests);
    return connection;
  }

  private static MessageHeader responses(String status) throws Exception {
    return Headers.response(
        "HTTP/1.1 " + status,
        "WWW-Authenticate: Bearer",
        "www-authenticate: Basic",
        "Content-Encoding: gzip");
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static MessageHeader requests(HttpURLConnection connection) throws Exception {
    return (MessageHeader) field(connection, "requests");
  }

  private static Object field(HttpURLConnection connection, String name) throws Exception {
    return accessible(connection, name).get(connection);
  }

  private static void set(HttpURLConnection connection, String name, Object value)
      throws Exception {
    accessible(connection, name).set(connection, value);
  }

  private static Field accessible(HttpURLConnection connection, String name) throws Exception {
    for (Class<?> type = connection.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new NoSuchFieldException(name);
  }
}

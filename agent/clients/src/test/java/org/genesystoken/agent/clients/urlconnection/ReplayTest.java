package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.genesystoken.agent.clients.urlconnection.ConnectionState.Outcome;
import org.junit.jupiter.api.Test;

/** The JDK's own connection, which nothing is woven into: the test calls the hook itself. */
class ReplayTest {
  private static final String STALE = "Bearer stale";

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final CallState.Calls calls = new CallState.Calls();
  private final Replay replay = new Replay(calls);

  @Test
  void anExpiredCallIsMadeAsNewAndSentAgainOnTheSameConnection() throws IOException {
    try (RefusingPeer peer = new RefusingPeer("200 OK")) {
      // given
      HttpURLConnection connection = peer.open();
      IOException failure = refused(connection);

      // when
      Object left = replay.apply(failure, connection);

      // then
      assertThat(left).isNull();
      assertThat(policy.renewed).containsExactly(STALE);
      assertThat(connection.getResponseCode()).isEqualTo(200);
      assertThat(peer.connections()).isEqualTo(1);
    }
  }

  @Test
  void aRefusalThatDoesNotMeanExpiredIsTheAppsBodyAndAll() throws IOException {
    try (RefusingPeer peer = new RefusingPeer("200 OK")) {
      // given
      policy.expired = false;
      HttpURLConnection connection = peer.open();
      IOException failure = refused(connection);

      // when
      Object left = replay.apply(failure, connection);

      // then
      assertThat(left).isSameAs(failure);
      assertThat(policy.passedOn).containsExactly(401);
      assertThat(policy.renewed).isEmpty();
      assertSeesTheRefusal(connection);
    }
  }

  @Test
  void withoutANewTokenTheRefusalIsTheAppsBodyAndAll() throws IOException {
    try (RefusingPeer peer = new RefusingPeer("200 OK")) {
      // given
      policy.renewal = CompletableFuture.completedFuture(false);
      HttpURLConnection connection = peer.open();
      IOException failure = refused(connection);

      // when
      Object left = replay.apply(failure, connection);

      // then
      assertThat(left).isSameAs(failure);
      assertSeesTheRefusal(connection);
    }
  }

  @Test
  void aReplayThatIsNeverAnsweredGivesTheRefusalBack() throws IOException {
    try (RefusingPeer peer = new RefusingPeer()) {
      // given
      HttpURLConnection connection = peer.open();
      IOException failure = refused(connection);
      assertThat(replay.apply(failure, connection)).isNull();
      IOException lost = failure(connection);

      // when
      Object left = replay.apply(lost, connection);

      // then
      assertThat(left).isSameAs(failure).isNotSameAs(lost);
      assertSeesTheRefusal(connection);
    }
  }

  @Test
  void anotherThreadWithTheSameFailureFindsItDealtWith() throws IOException {
    try (RefusingPeer peer = new RefusingPeer("200 OK")) {
      // given
      HttpURLConnection connection = peer.open();
      IOException failure = refused(connection);
      replay.apply(failure, connection);

      // when
      Object left = replay.apply(failure, connection);

      // then
      assertThat(left).isNull();
      assertThat(policy.renewed).hasSize(1);
    }
  }

  @Test
  void anyOtherFailureIsTheApps() throws IOException {
    try (RefusingPeer peer = new RefusingPeer("200 OK")) {
      // given: of a hop that is none of ours
      HttpURLConnection connection = peer.open();
      IOException failure = failure(connection);

      // when
      Object left = replay.apply(failure, connection);

      // then
      assertThat(left).isSameAs(failure);
      assertThat(policy.renewed).isEmpty();
    }
  }

  @Test
  void whatIsNotedOfAStreamedCallDoesNotHoldItsConnection() throws IOException {
    try (RefusingPeer peer = new RefusingPeer()) {
      // given
      List<Outcome> noted = new ArrayList<>();
      Reference<HttpURLConnection> connection = new WeakReference<>(streamed(peer, noted));

      // when
      for (int i = 0; i < 50 && connection.get() != null; i++) {
        System.gc();
      }

      // then
      assertThat(connection.get()).isNull();
      assertThat(noted).hasSize(1);
    }
  }

  private static HttpURLConnection streamed(RefusingPeer peer, List<Outcome> noted)
      throws IOException {
    HttpURLConnection connection = peer.open();
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(0);
    connection.getOutputStream().close();
    assertThat(ConnectionState.ACCESS.isStreamed(connection)).isTrue();
    noted.add(ConnectionState.ACCESS.outcome(connection, failure(connection), 401, null));
    return connection;
  }

  /** What the woven code does up to the hook. */
  private IOException refused(HttpURLConnection connection) {
    IOException failure = failure(connection);
    calls.get(connection).refuse(policy, 401, STALE);
    return failure;
  }

  private static IOException failure(HttpURLConnection connection) {
    IOException failure = catchThrowableOfType(IOException.class, connection::getInputStream);
    try {
      // as getResponseCode, through which most apps come, leaves it
      connection.getResponseCode();
    } catch (IOException same) {
      return failure;
    }
    return failure;
  }

  private static void assertSeesTheRefusal(HttpURLConnection connection) throws IOException {
    assertThat(connection.getResponseCode()).isEqualTo(401);
    assertThat(connection.getHeaderField("Content-Type")).isEqualTo("application/json");
    try (InputStream body = connection.getErrorStream()) {
      assertThat(new String(body.readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo(RefusingPeer.REFUSAL);
    }
  }
}

package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.genesystoken.agent.core.policy.RefusedCall;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallStateTest {
  private static final int LIMIT = 10;

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final CallState state = new CallState();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, LIMIT - 1, LIMIT})
  void aStreamedBodyUpToTheLimitIsKept(int size) {
    byte[] body = keep(size);

    assertThat(state.body(size)).isEqualTo(body);
  }

  @Test
  void ofABodyBeyondTheLimitNothingIsKept() {
    keep(LIMIT + 1);

    assertThat(state.body(LIMIT + 1)).isNull();
    assertThat(state.body(0)).as("the memory of it").isEmpty();
  }

  @Test
  void theRestOfABodyBeyondTheLimitIsNotTakenForAWholeOne() {
    keep(LIMIT + 1);

    keep(3);

    assertThat(state.body(LIMIT + 4)).isNull();
  }

  @Test
  void aBodyThatWasNotKeptFromItsBeginningIsNotReplayed() {
    keep(3);

    assertThat(state.body(5)).isNull();
  }

  @Test
  void whatAReplayStreamsIsNotKeptOnceMore() {
    keep(3);
    state.replay(null);

    keep(3);

    assertThat(state.body(3)).hasSize(3);
  }

  @Test
  void aCallWaitsForATokenOnce() {
    assertThat(state.mayWait()).isTrue();
    assertThat(state.mayWait()).isFalse();
    assertThat(state.outlivesAnswer(false)).isTrue();
    assertThat(state.outlivesAnswer(true)).isFalse();
  }

  @Test
  void itsRulesAreThoseOfOneCallHoweverOftenItIsRefused() {
    // given
    state.refuse(policy, 401, "Bearer old");
    RefusedCall rules = state.call();
    state.settle();
    assertThat(state.isRefused()).isFalse();

    // when
    state.refuse(policy, 429, null);

    // then
    assertThat(state.call()).isSameAs(rules);
    assertThat(state.isRefused()).isTrue();
    assertThat(state.status()).isEqualTo(429);
    assertThat(state.sent()).isNull();
  }

  @Test
  void theFailureThatWasDealtWithIsKnownAlsoAsTheJdkRepeatsIt() {
    // given
    IOException failure = new IOException("401");
    state.refuse(policy, 401, "Bearer old");

    // when
    state.settle(failure);

    // then
    assertThat(state.isSettled(failure)).isTrue();
    assertThat(state.isSettled(new IOException(failure))).isTrue();
    assertThat(state.isSettled(new IOException("lost"))).isFalse();
  }

  @Test
  void theBodyIsKeptUntilTheReplayIsAnswered() {
    keep(3);
    state.replay(null);
    assertThat(state.body(3)).isNotNull();

    state.answered();
    assertThat(state.body(3)).isNull();
  }

  @Test
  void aConnectionHasOneStateUntilItIsForgotten() throws IOException {
    // given
    CallState.Calls calls = new CallState.Calls();
    HttpURLConnection connection = connection();
    assertThat(calls.find(connection)).isNull();

    // when
    CallState first = calls.get(connection);

    // then
    assertThat(calls.get(connection)).isSameAs(first);
    assertThat(calls.find(connection)).isSameAs(first);
    assertThat(calls.find(connection())).isNull();
    calls.forget(connection);
    assertThat(calls.find(connection)).isNull();
  }

  private byte[] keep(int size) {
    byte[] body = new byte[size];
    for (int i = 0; i < size; i++) {
      body[i] = (byte) (i + 1);
      state.keep(body, i, 1, LIMIT);
    }
    return body;
  }

  /** One that is never opened. */
  private static HttpURLConnection connection() throws IOException {
    return (HttpURLConnection) URI.create("http://127.0.0.1/").toURL().openConnection();
  }
}

package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.HttpURLConnection;
import java.net.URI;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.genesystoken.agent.core.policy.TokenPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
  private static final String COVERED = "http://" + ScriptedPolicy.HOST + "/api/v2/users/me";

  private final ScriptedPolicy policy = new ScriptedPolicy("http");
  private final CallState.Calls calls = new CallState.Calls();
  private final Answers.Answered answered = new Answers.Answered(policy, calls);

  @Test
  void aRefusalIsNotedWithWhatItAnswers() throws Exception {
    // given
    HttpURLConnection connection = to(COVERED);
    connection.setRequestProperty("Authorization", "Bearer stale");

    // when
    answer(connection, "HTTP/1.1 401 Unauthorized");

    // then
    CallState state = calls.find(connection);
    assertThat(state.isRefused()).isTrue();
    assertThat(state.status()).isEqualTo(401);
    assertThat(state.sent()).isEqualTo("Bearer stale");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK",
        "HTTP/1.1 302 Found",
        "HTTP/1.1 404 Not Found",
        "HTTP/1.1 4x1 Odd",
        "HTTP/1.1 40",
        "ICY 401 Unauthorized"
      })
  void nothingElseIsNoted(String statusLine) throws Exception {
    HttpURLConnection connection = to(COVERED);

    answer(connection, statusLine);

    assertThat(calls.find(connection)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://elsewhere.example/, Bearer stale",
    "http://api.mypurecloud.ie/oauth/token, Bearer stale",
    "http://api.mypurecloud.ie/, Basic YTpi",
  })
  void aRefusalOfAHopThatIsNotOursIsTheApps(String url, String authorization) throws Exception {
    HttpURLConnection connection = to(url);
    connection.setRequestProperty("Authorization", authorization);

    answer(connection, "HTTP/1.1 401 Unauthorized");

    assertThat(calls.find(connection)).isNull();
  }

  @Test
  void aGoodAnswerEndsTheMemoryOfACall() throws Exception {
    HttpURLConnection connection = to(COVERED);
    answer(connection, "HTTP/1.1 401 Unauthorized");

    answer(connection, "HTTP/1.1 200 OK");

    assertThat(calls.find(connection)).isNull();
  }

  @Test
  void oneThatOnlyAsksForTheBodyDoesNot() throws Exception {
    HttpURLConnection connection = to(COVERED);
    answer(connection, "HTTP/1.1 401 Unauthorized");

    answer(connection, "HTTP/1.1 100 Continue");

    assertThat(calls.find(connection).isRefused()).isTrue();
  }

  @Test
  void aReplayIsRememberedUntilTheCallIsOver() throws Exception {
    // given
    HttpURLConnection connection = to(COVERED);
    answer(connection, "HTTP/1.1 401 Unauthorized");
    calls.find(connection).replay(null);

    // when: a hop follows
    answer(connection, "HTTP/1.1 302 Found");

    // then
    assertThat(calls.find(connection).isRefused()).isFalse();
    assertThat(calls.find(connection).outlivesAnswer(true)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "200 OK, false",
    "404 Not Found, false",
    "304 Not Modified, false",
    "302 Found, true",
    "407 Proxy, true"
  })
  void thatACallHasWaitedIsRememberedUntilItsLastAnswer(String answer, boolean remembered)
      throws Exception {
    // given
    HttpURLConnection connection = to(COVERED);
    assertThat(calls.get(connection).mayWait()).isTrue();

    // when
    answer(connection, "HTTP/1.1 " + answer);

    // then
    assertThat(calls.find(connection) != null).isEqualTo(remembered);
  }

  @Test
  void aRedirectIsTheLastAnswerToAnAppThatFollowsNone() throws Exception {
    // given
    HttpURLConnection connection = to(COVERED);
    connection.setInstanceFollowRedirects(false);
    assertThat(calls.get(connection).mayWait()).isTrue();

    // when
    answer(connection, "HTTP/1.1 302 Found");

    // then
    assertThat(calls.find(connection)).isNull();
  }

  @Test
  void whatTheAppStreamsToACoveredHopIsKept() throws Exception {
    // given
    Answers.Streaming streaming = new Answers.Streaming(policy, calls);
    HttpURLConnection ours = to(COVERED);
    HttpURLConnection other = to("http://elsewhere.example/");

    // when
    for (HttpURLConnection connection : new HttpURLConnection[] {ours, other}) {
      streaming.apply(connection, 0x101);
      streaming.apply(connection, new Object[] {new byte[] {2, 3, 4}, 1, 2});
    }

    // then
    assertThat(calls.find(ours).body(3)).containsExactly(1, 3, 4);
    assertThat(calls.find(other)).isNull();
  }

  @Test
  void theAppsReadTimeOutIsTheBudget() throws Exception {
    HttpURLConnection connection = to(COVERED);
    assertThat(Answers.budgetMillis(connection)).isEqualTo(TokenPolicy.NO_BUDGET);

    connection.setReadTimeout(700);

    assertThat(Answers.budgetMillis(connection)).isEqualTo(700);
  }

  private void answer(HttpURLConnection connection, String statusLine) throws Exception {
    Object responses = Headers.response(statusLine, "Content-Type: application/json");
    assertThat(answered.apply(responses, connection)).isSameAs(responses);
  }

  /** A connection that is never opened. */
  private static HttpURLConnection to(String url) throws Exception {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }
}

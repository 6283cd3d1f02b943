package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import org.genesystoken.agent.clients.urlconnection.Refusals.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.net.www.MessageHeader;

class RefusalsTest {
  private final Refusals refusals = new Refusals();
  private final Refusals.Answered answered = new Refusals.Answered(refusals);

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 401 Unauthorized", "HTTP/1.0 401", "HTTP/1.1 401 "})
  void aRefusalIsNotedWithWhatWasSentAndTakenOnce(String statusLine) throws Exception {
    // given
    MessageHeader requests = Headers.authorization("Bearer sent");
    MessageHeader responses = Headers.response(statusLine, "Content-Length: 0");

    // when
    Object same = answered.apply(responses, requests);
    requests.remove("Authorization");

    // then
    assertThat(same).isSameAs(responses);
    Refusal refusal = refusals.take(requests);
    assertThat(refusal.sent).isEqualTo("Bearer sent");
    assertThat(refusal.ofReplay).isFalse();
    assertThat(refusals.take(requests)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK",
        "HTTP/1.1 403 Forbidden",
        "HTTP/1.1 407 Proxy Authentication Required",
        "HTTP/1.1 500 401",
        "ICY 401 and a half",
        "HTTP/1.1",
        "HTTP/1",
        "garbage"
      })
  void otherAnswersAreNotNoted(String statusLine) throws Exception {
    // given
    MessageHeader requests = Headers.authorization("Bearer sent");

    // when
    answered.apply(Headers.response(statusLine), requests);
    answered.apply(Headers.none(), requests);

    // then
    assertThat(refusals.take(requests)).isNull();
  }

  @Test
  void aRefusalWithoutAuthorizationIsNotedToo() throws Exception {
    // given
    MessageHeader requests = Headers.authorization(null);

    // when
    answered.apply(Headers.response("HTTP/1.1 401 Unauthorized"), requests);

    // then
    assertThat(refusals.take(requests).sent).isNull();
  }

  @Test
  void theNextRefusalOfAReplayedRequestIsThatOfTheReplay() throws Exception {
    // given
    MessageHeader requests = Headers.authorization("Bearer first");
    answered.apply(Headers.response("HTTP/1.1 401 Unauthorized"), requests);
    refusals.take(requests);
    refusals.replaying(requests);
    requests.set("Authorization", "Bearer second");

    // when
    answered.apply(Headers.response("HTTP/1.1 401 Unauthorized"), requests);

    // then
    Refusal refusal = refusals.take(requests);
    assertThat(refusal.sent).isEqualTo("Bearer second");
    assertThat(refusal.ofReplay).isTrue();
  }

  @Test
  void aReplayThatFailsOtherwiseIsNoRefusal() throws Exception {
    // given
    MessageHeader requests = Headers.authorization("Bearer first");
    refusals.replaying(requests);

    // when, then
    assertThat(refusals.take(requests)).isNull();
  }

  @Test
  void requestsWithEqualHeadersAreNotMixedUp() throws Exception {
    // given
    MessageHeader one = Headers.authorization("Bearer same");
    MessageHeader other = Headers.authorization("Bearer same");

    // when
    answered.apply(Headers.response("HTTP/1.1 401 Unauthorized"), one);

    // then
    assertThat(refusals.take(other)).isNull();
    assertThat(refusals.take(one)).isNotNull();
  }
}

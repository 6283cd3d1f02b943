package org.genesystoken.agent.clients.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLConnection;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sun.net.www.MessageHeader;

class AuthorizationTest {
  private static final String COVERED = "https://" + ScriptedPolicy.HOST + "/api/v2/users/me";

  private final ScriptedPolicy policy = new ScriptedPolicy();
  private final CallState.Calls calls = new CallState.Calls();

  @ParameterizedTest(name = "on the request {0}, the app''s {1}: {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-                | -             | -",
        "Bearer managed   | -             | -",
        "Bearer managed   | Bearer stale  | Bearer stale",
        "Bearer stale     | Bearer stale  | Bearer stale",
        "Basic of-jdk     | -             | Basic of-jdk",
        "Basic of-jdk     | Bearer stale  | Basic of-jdk",
        "Digest of-jdk    | -             | Digest of-jdk",
        "-                | Bearer stale  | -",
      })
  void whatTheHopBeforeCarriedIsTakenOff(String sent, String own, String left) throws Exception {
    // given
    MessageHeader requests = Headers.authorization(sent);

    // when
    Object same = new Authorization.Withdraw().apply(requests, Headers.authorization(own));

    // then
    assertThat(same).isSameAs(requests);
    assertThat(requests.findValue("Authorization")).isEqualTo(left);
    assertThat(requests.findValue("Host")).isEqualTo("api.mypurecloud.ie");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"-", "Bearer stale"})
  void aCoveredHopCarriesTheToken(String own) throws Exception {
    // given
    MessageHeader requests = Headers.authorization(own);

    // when
    Object same = new Authorization.Present(policy, calls).apply(requests, to(COVERED));

    // then
    assertThat(same).isSameAs(requests);
    assertThat(requests.findValue("authorization")).isEqualTo("Bearer managed");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "https://elsewhere.example/, Bearer stale",
        "https://elsewhere.example/, -",
        "http://api.mypurecloud.ie/, -",
        "https://api.mypurecloud.ie/oauth/token, -",
        "https://api.mypurecloud.ie/, Basic YTpi",
      })
  void anyOtherHopIsLeftAlone(String hop, String own) throws Exception {
    // given
    MessageHeader requests = Headers.authorization(own);

    // when
    new Authorization.Present(policy, calls).apply(requests, to(hop));

    // then
    assertThat(requests.findValue("Authorization")).isEqualTo(own);
  }

  @Test
  void withoutATokenTheRequestIsAsTheAppWroteIt() throws Exception {
    // given
    policy.managed = null;
    MessageHeader requests = Headers.authorization("Bearer stale");

    // when
    new Authorization.Present(policy, calls).apply(requests, to(COVERED));

    // then
    assertThat(requests.findValue("Authorization")).isEqualTo("Bearer stale");
  }

  @Test
  void aCallWaitsForATokenOnceWhateverHopsFollow() throws Exception {
    // given
    policy.managed = null;
    Authorization.Present present = new Authorization.Present(policy, calls);
    URLConnection connection = to(COVERED);
    MessageHeader requests = Headers.authorization("Bearer stale");

    // when: a first hop, its redirect, a second hop
    present.apply(requests, connection);
    new Answers.Answered(policy, calls).apply(Headers.response("HTTP/1.1 302 Found"), connection);
    present.apply(requests, connection);

    // then
    assertThat(policy.waits).isEqualTo(1);
  }

  /** A connection that is never opened. */
  private static URLConnection to(String url) throws Exception {
    return URI.create(url).toURL().openConnection();
  }
}

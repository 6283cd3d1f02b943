package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Without the agent a static token dies: else no other test here would mean anything. */
class FixturesIT {
  @TestFactory
  Stream<DynamicNode> withoutTheAgent() {
    return Matrix.onEveryJdk(
        jdk ->
            Client.on(jdk)
                .map(
                    client ->
                        dynamicTest(
                            Matrix.name(jdk, client, "without the agent: 200, then 401 for ever"),
                            () -> tokenDies(jdk, client))));
  }

  @TestFactory
  Stream<DynamicNode> http2IsSpoken() {
    return Matrix.onEveryJdk(
        jdk ->
            Client.on(jdk)
                .filter(client -> !client.isHttp1())
                .map(
                    client ->
                        dynamicTest(
                            Matrix.name(jdk, client, "without the agent: HTTP/2 it is"),
                            () -> upgrades(jdk, client))));
  }

  private static void upgrades(Jdks.Jdk jdk, Client client) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app = ForkedApp.Launch.on(jdk).start()) {
      // when: h2c is offered with a call that has no body
      String call = "call\t" + client.field() + "\turl=" + genesys.http("/api/v2/users/me");

      // then
      assertThat(app.run(call)).contains("version: HTTP_2");
    }
  }

  private static void tokenDies(Jdks.Jdk jdk, Client client) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app = ForkedApp.Launch.on(jdk).start()) {
      // given
      String call =
          "call\t"
              + client.field()
              + "\tmethod=POST\tbody=70000\turl="
              + genesys.http("/api/v2/users/me")
              + "\theader=Authorization: Bearer "
              + genesys.mint();

      // when
      List<String> alive = app.run(call);
      genesys.kill();
      List<String> dead = app.run(call);

      // then
      assertThat(alive).contains("code: 200");
      assertThat(dead).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      assertThat(genesys.hits()).hasSize(2);
      assertThat(genesys.hits()).extracting(FakeGenesys.Hit::bodyLength).containsOnly(70000);
      assertThat(genesys.apiConnections()).isEqualTo(1);
      assertThat(genesys.tokenCalls()).isEmpty();
      assertThat(app.finish()).isZero();
      assertThat(app.foreignStdout()).isEmpty();
      assertThat(app.stderr()).isEmpty();
    }
  }
}

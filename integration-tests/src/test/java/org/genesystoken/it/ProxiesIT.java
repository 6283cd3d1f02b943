package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A proxy that asks who the app is, and log-ins that are the app's own: none sees a token. */
class ProxiesIT {
  private static final String USER = "app";
  private static final String STALE = "\theader=Authorization: Bearer stale";

  @TestFactory
  Stream<DynamicNode> proxies() {
    return Matrix.onEveryJdk(jdk -> new Bench(jdk).cells());
  }

  /** One JDK's JVMs, with and without the agent. */
  private static final class Bench {
    private final Jdks.Jdk jdk;
    private final FakeGenesys genesys = new FakeGenesys();
    private final ConnectProxy proxy = new ConnectProxy(USER);
    private ForkedApp app;
    private ForkedApp agentless;

    Bench(Jdks.Jdk jdk) {
      this.jdk = jdk;
    }

    Stream<DynamicTest> cells() {
      return Stream.of(
              all(
                      "expired, WWW-Authenticate invalid_token, https through a proxy that the app"
                          + " logs in to",
                      client -> tunnel(client, Answers.invalidToken()))
                  .skip(1),
              all(
                  "expired, https through a proxy that the app logs in to",
                  client -> tunnel(client, Answers.expired("bad.credentials"))),
              all("expired without a challenge, the client has an Authenticator", this::noChallenge)
                  .skip(1),
              all(
                      "401 without a challenge, the client has an Authenticator: the JDK's failure",
                      this::noChallengeNotExpired)
                  .skip(1),
              all("plain http through a proxy that the app logs in to: left alone", this::plain),
              all("401 Basic that the app's Authenticator answers: left alone", this::login),
              Stream.of(
                  Matrix.ofAllClients(
                      jdk, "proxies and log-ins: nothing on stdout or stderr", this::finish)))
          .flatMap(cells -> cells);
    }

    private Stream<DynamicTest> all(String name, Consumer<Client> check) {
      return Client.on(jdk)
          .map(
              client ->
                  dynamicTest(
                      Matrix.name(jdk, client, name),
                      () -> {
                        start();
                        check.accept(client);
                      }));
    }

    private void start() {
      if (app == null) {
        app = launch().withAgent(AgentSettings.clientCredentials(genesys).asArgument()).start();
        agentless = launch().start();
        app.run("authenticator\tuser=" + USER);
        agentless.run("authenticator\tuser=" + USER);
      }
      genesys.reset();
      assertThat(app.run("call\turl=" + genesys.http("/api") + STALE)).contains("code: 200");
      genesys.reset();
      proxy.forget();
    }

    private ForkedApp.Launch launch() {
      return ForkedApp.Launch.on(jdk)
          .with(
              "-Djavax.net.ssl.trustStore=" + Certificates.trustStore(),
              "-Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD,
              // else no JDK since 8u111 sends Basic to a proxy for a tunnel
              "-Djdk.http.auth.tunneling.disabledSchemes=");
    }

    /** The JDK throws before anybody sees the body, which alone says that the token has expired. */
    private void noChallenge(Client client) {
      genesys.kill();
      String call = call(client, genesys.http("/api/v2/x"));
      assertThat(app.run(call)).contains("code: 200");
      assertThat(genesys.hits()).hasSize(2);
      assertThat(genesys.tokenCalls()).hasSize(1);
    }

    /** So it does where that is not what the body says. */
    private void noChallengeNotExpired(Client client) {
      String call = call(client, genesys.http("/sized/1024"));
      assertThat(comparable(app.run(call)))
          .isEqualTo(comparable(agentless.run(call)))
          .anyMatch(line -> line.contains("WWW-Authenticate header missing"));
      assertThat(genesys.tokenCalls()).isEmpty();
    }

    private void tunnel(Client client, FakeGenesys.Answer refusal) {
      genesys.kill();
      genesys.refuseWith(refusal);
      String call = call(client, genesys.https("/api/v2/x")) + "\tproxy=" + proxy.port();
      assertThat(app.run(call + STALE)).contains("code: 200");
      // no oracle: some JDKs lose the app's own Authorization when the proxy asks for a log-in
      assertThat(genesys.hits()).hasSize(2);
      assertThat(genesys.tokenCalls()).hasSize(1);
      // empty where the tunnel is kept
      assertThat(proxy.heads())
          .allMatch(head -> head.startsWith("CONNECT "))
          .noneMatch(head -> head.contains(FakeGenesys.TOKEN_MARK));
    }

    private void plain(Client client) {
      String call = call(client, genesys.http("/open/x")) + "\tproxy=" + proxy.port() + STALE;
      List<String> seen = app.run(call);
      assertThat(seen).contains("code: 200");
      assertThat(proxy.heads())
          .isNotEmpty()
          .noneMatch(head -> head.contains(FakeGenesys.TOKEN_MARK));
      assertThat(genesys.tokenCalls()).isEmpty();
      List<String> arrived = authorizations();
      genesys.forget();
      assertThat(comparable(seen)).isEqualTo(comparable(agentless.run(call)));
      assertThat(arrived).isEqualTo(authorizations());
    }

    private List<String> authorizations() {
      return genesys.hits().stream().map(FakeGenesys.Hit::authorization).toList();
    }

    private void login(Client client) {
      String call = call(client, genesys.http("/login/" + client.name()));
      List<String> seen = app.run(call);
      List<String> arrived = authorizations();
      assertThat(seen).contains("code: 200");
      assertThat(arrived).last().isEqualTo(FakeGenesys.basic(USER, USER));
      assertThat(genesys.tokenCalls()).isEmpty();
      genesys.forget();
      assertThat(comparable(seen)).isEqualTo(comparable(agentless.run(call)));
      assertThat(arrived).hasSameSizeAs(genesys.hits());
    }

    private static String call(Client client, String url) {
      return "call\t" + client.field() + "\tuser=" + USER + "\turl=" + url;
    }

    private static List<String> comparable(List<String> seen) {
      return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
    }

    private void finish() throws IOException {
      try (genesys;
          proxy) {
        agentless.close();
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).as("stdout").isEmpty();
        assertThat(app.stderr()).as("stderr").isEmpty();
      }
    }
  }
}

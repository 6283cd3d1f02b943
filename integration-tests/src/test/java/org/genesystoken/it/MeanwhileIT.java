package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.it.Scenarios.STALE;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What goes on while a call waits: an event loop serves others, a request in a queue gets the token
 * of its time, and a long answer is not disturbed.
 */
class MeanwhileIT {
  @TestFactory
  Stream<DynamicNode> calls() {
    return Matrix.onEveryJdk(jdk -> new App(jdk).cells());
  }

  /** One JDK: an app with the agent that has all clients, and its server. */
  private static final class App {
    private final Jdks.Jdk jdk;
    private final FakeGenesys genesys = new FakeGenesys();
    private final RawApi api = new RawApi(genesys);
    private ForkedApp app;

    App(Jdks.Jdk jdk) {
      this.jdk = jdk;
    }

    Stream<DynamicTest> cells() {
      return Stream.of(
              Stream.concat(Client.on(jdk), Client.librariesOn(jdk))
                  .filter(Client::hasEventLoop)
                  .filter(this::isDecisive)
                  .map(
                      client ->
                          cell(
                              client,
                              "cold: the event loop serves another call meanwhile",
                              this::cold)),
              clients()
                  .filter(Client::hasEventLoop)
                  .filter(this::isDecisive)
                  .map(
                      client ->
                          cell(
                              client,
                              "429: the event loop serves another call until it is sent again",
                              this::throttled)),
              clients()
                  .filter(Client::hasQueue)
                  .map(
                      client ->
                          cell(
                              client,
                              "queued in a pool of one while the token is renewed: sent with the"
                                  + " new one",
                              this::queued)),
              clients()
                  .map(
                      client ->
                          cell(
                              client,
                              "server-sent events go on while the token expires and is renewed",
                              this::events)),
              Stream.of(
                  Matrix.ofAllClients(
                      jdk, "JVM ends at once while a token is asked for", this::exit)),
              Stream.of(
                  Matrix.ofAllClients(
                      jdk,
                      "meanwhile: JVM ends by itself, nothing on stdout or stderr",
                      this::finish)))
          .flatMap(cells -> cells);
    }

    /** A library does the same on each JDK. */
    private boolean isDecisive(Client client) {
      return client.isLibrary()
          ? jdk.equals(Jdks.oldest(client.since()))
          : Scenarios.isAtAnEnd(client, jdk);
    }

    /** Those that speak what the API here does. */
    private Stream<Client> clients() {
      return Stream.concat(Client.on(jdk), Client.librariesOn(jdk))
          .filter(Client::isHttp1)
          .filter(client -> Scenarios.isAtAnEnd(client, jdk));
    }

    private DynamicTest cell(Client client, String name, Consumer<Client> check) {
      return dynamicTest(Matrix.name(jdk, client, name), () -> check.accept(client));
    }

    private AgentSettings settings() {
      return AgentSettings.clientCredentials(genesys)
          .with("hosts", api.host() + "," + genesys.hosts())
          .with("token-url", api.http("/token"))
          // so that nobody gives up first
          .with("wait", "60s")
          .with("read-timeout", "60s");
    }

    /** The app has a token, and the API has seen nothing. */
    private void start() {
      if (app == null) {
        app =
            LibrariesIT.server(jdk)
                .withAgent(settings().with("retry-429", "10s").asArgument())
                .start();
      }
      assertThat(app.run("call\turl=" + api.http("/api") + STALE)).contains("code: 200");
      api.forget();
    }

    private void cold(Client client) {
      for (String executor :
          client.isJavaNetHttp() ? List.of("", "\texecutor=single") : List.of("")) {
        try (FakeGenesys elsewhere = new FakeGenesys();
            ForkedApp fresh =
                ForkedApp.Launch.on(jdk).with(client).withAgent(settings().asArgument()).start()) {
          // given
          genesys.reset();
          api.forget();
          api.holdTokens();

          // when
          List<String> seen =
              fresh.run(
                  call(client.field(), genesys.http("/api/v2/users/me"))
                      + executor
                      + api.whenHanging(
                          "same " + elsewhere.http("/open/x"),
                          "other " + api.uncovered("/release-tokens")));

          // then the other call was answered first, as no token is given out before it
          assertThat(seen).contains("code: 200", "meanwhile: same: 200, other: 200");
          assertThat(genesys.hits()).hasSize(1);
          assertThat(api.tokenCalls()).isEqualTo(1);
        } finally {
          api.releaseTokens();
        }
      }
    }

    private void throttled(Client client) {
      // given
      start();
      api.holdTokens();

      // when
      List<String> seen;
      try {
        seen =
            app.run(
                call(client.deployedField(), api.http("/throttled/4"))
                    + api.whenHanging("same " + api.uncovered("/release-tokens")));
      } finally {
        api.releaseTokens();
      }

      // then the other call was answered first, as the API would fail if it had not come
      assertThat(seen).contains("code: 200", "meanwhile: same: 200");
      assertThat(api.requests()).hasSize(2);
      assertThat(api.tokenCalls()).isZero();
    }

    private void queued(Client client) {
      // given
      start();

      // when
      List<String> seen =
          app.run(
              call(client.deployedField(), api.http("/gate-live")).replace("pool=2", "pool=1")
                  + api.whenHanging(
                      "queued " + api.http("/queued"),
                      "other " + api.uncovered("/kill"),
                      "other " + api.http("/renewal"),
                      "other " + api.uncovered("/open-gate")));

      // then
      assertThat(seen)
          .contains("code: 200", "meanwhile: other: 200, other: 200, other: 200, queued: 200");
      assertThat(api.requests())
          .extracting(RawApi.Request::path)
          .containsExactly("/gate-live", "/renewal", "/renewal", "/queued");
      assertThat(genesys.isLive(api.requests().get(3).header("authorization"))).isTrue();
      assertThat(api.tokenCalls()).isEqualTo(1);
    }

    private void events(Client client) {
      // given
      start();

      // when
      List<String> seen =
          app.run(
              call(client.deployedField(), api.http("/events"))
                  + api.whenHanging(
                      "other " + api.uncovered("/kill"),
                      "other " + api.http("/renewal"),
                      "other " + api.uncovered("/open-gate")));

      // then
      assertThat(seen)
          .contains("code: 200", "meanwhile: other: 200, other: 200, other: 200")
          .anyMatch(line -> line.endsWith(", data: one data: two "));
      assertThat(api.requests())
          .extracting(RawApi.Request::path)
          .containsExactly("/events", "/renewal", "/renewal");
      assertThat(api.tokenCalls()).isEqualTo(1);
    }

    private void exit() {
      try (ForkedApp fresh =
          ForkedApp.Launch.on(jdk)
              .withAgent(settings().with("wait", "100ms").with("read-timeout", "60s").asArgument())
              .start()) {
        // given
        api.forget();
        api.holdTokens();
        assertThat(fresh.run("call\turl=" + api.http("/api") + STALE)).contains("code: 401");
        assertThat(api.awaitHanging()).isTrue();

        // when
        int exitCode = fresh.finish();

        // then it did not wait for the answer, which does not come
        assertThat(exitCode).isZero();
        assertThat(fresh.foreignStdout()).isEmpty();
        assertThat(fresh.stderr()).isEmpty();
      } finally {
        api.releaseTokens();
      }
    }

    private static String call(String client, String url) {
      return "call\t" + client + "\tpool=2\turl=" + url + STALE;
    }

    private void finish() throws Exception {
      try (genesys;
          api) {
        // null: no client begins or ends with this JDK
        if (app != null) {
          assertThat(app.finish()).as("exit code").isZero();
          assertThat(app.foreignStdout()).as("stdout").isEmpty();
          assertThat(Bench.withoutLeaks(app.stderr())).as("stderr").isEmpty();
        }
      }
    }
  }
}

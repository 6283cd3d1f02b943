package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.genesystoken.it.FakeGenesys.Answer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;

/** What can only be seen on the wire: connections, heads, and when an app hangs up. */
@Order(3)
class ConnectionsIT {
  private static final String STALE = "\theader=Authorization: Bearer stale";

  @TestFactory
  Stream<DynamicNode> corners() {
    return Matrix.onEveryJdk(jdk -> new Bench(jdk).cells());
  }

  @FunctionalInterface
  private interface Check {
    void run(Client client);
  }

  private static final class Bench {
    private final Jdks.Jdk jdk;
    private final FakeGenesys genesys = new FakeGenesys();
    private final RawApi api = new RawApi(genesys);
    private ForkedApp app;
    private ForkedApp agentless;
    private ForkedApp small;

    Bench(Jdks.Jdk jdk) {
      this.jdk = jdk;
    }

    Stream<DynamicTest> cells() {
      return Stream.of(
              cell(
                  "Expect: 100-continue, refused before the body",
                  Client.URL_CONNECTION,
                  this::refusedBeforeBody),
              cell("Expect: 100-continue, good", Client.URL_CONNECTION, this::continued),
              // 8 fails where the app has a read time-out, with or without the agent
              since(
                  11,
                  cell(
                      "Expect: 100-continue, ignored by the server",
                      Client.URL_CONNECTION,
                      this::expectIgnored)),
              // older ones hang, with or without the agent (JDK-8286171)
              since(21, cell("Expect: 100-continue", Client.SEND_1, this::expectContinue)),
              cell(
                  "401 with Set-Cookie, the app's CookieHandler",
                  Client.URL_CONNECTION,
                  this::cookies),
              cell(
                  "the app's ResponseCache ends with the good answer",
                  Client.URL_CONNECTION,
                  this::cache),
              atAnEnd(
                  Client.URL_CONNECTION,
                  cell(
                      "pool of one, 10,000 calls, 1 % expired",
                      Client.URL_CONNECTION, client -> pool(client, 10_000, 100))),
              atAnEnd(
                  Client.SEND_1,
                  cell(
                      "pool of one, 10,000 calls, 1 % expired",
                      Client.SEND_1, client -> pool(client, 10_000, 100))),
              all("pool of one, 1,000 calls, 10 % expired", client -> pool(client, 1000, 10)),
              all("100 MB in a heap of 32 MB, after a replay", this::big),
              upload("fixed", Client.URL_CONNECTION),
              upload("chunked", Client.URL_CONNECTION),
              upload("stream", Client.SEND_1),
              upload("file", Client.ASYNC_1),
              all("the app's time-out holds in the replay", this::timeout),
              cell(
                  "the request's time-out bounds both attempts", Client.SEND_1, this::wholeTimeout),
              cell(
                  "the request's time-out bounds both attempts",
                  Client.ASYNC_1,
                  this::wholeTimeout),
              cell("cancelled in attempt 1", Client.ASYNC_1, client -> cancelled("/hang/1", false)),
              cell(
                  "cancelled in attempt 2",
                  Client.ASYNC_1,
                  client -> cancelled("/hang-live/0", true)),
              since(
                  21,
                  cell(
                      "expired, the client shut down meanwhile: as without the agent",
                      Client.SEND_1,
                      client -> shutDown(client, "/gate", 401))),
              since(
                  21,
                  cell(
                      "expired, the client shut down meanwhile: as without the agent",
                      Client.ASYNC_1,
                      client -> shutDown(client, "/gate", 401))),
              since(
                  21,
                  cell(
                      "expired, the client shut down during the replay: the call ends well, then"
                          + " the client",
                      Client.SEND_1,
                      client -> shutDown(client, "/gate-live", 200))),
              since(
                  21,
                  cell(
                      "expired, the client shut down during the replay: the call ends well, then"
                          + " the client",
                      Client.ASYNC_1,
                      client -> shutDown(client, "/gate-live", 200))),
              cell(
                  "the request's time-out ends in the token request: the app's 401 in time",
                  Client.SEND_1,
                  this::timeoutInTokenRequest),
              cell(
                  "the request's time-out ends in the token request: the app's 401 in time",
                  Client.ASYNC_1,
                  this::timeoutInTokenRequest),
              cell(
                  "cold, led here by another host: waits for its token",
                  Client.URL_CONNECTION,
                  this::coldRedirect),
              cell(
                  "cold, led here by another host: waits for its token",
                  Client.SEND_1,
                  this::coldRedirect),
              cell("32 streams through a token's death", Client.ASYNC_2, this::multiplexed),
              cell("WebSocket handshake without a token", Client.ASYNC_1, this::webSocket),
              cell(
                  "cancelled during the token request",
                  Client.ASYNC_1,
                  this::cancelledInTokenRequest),
              Stream.of(
                  Matrix.ofAllClients(
                      jdk, "on the wire: nothing on stdout or stderr", this::finish)))
          .flatMap(cells -> cells);
    }

    /** Only where the JDK itself can do it. */
    private Stream<DynamicTest> since(int release, Stream<DynamicTest> cells) {
      return jdk.release() < release ? Stream.of() : cells;
    }

    /** What takes long. */
    private Stream<DynamicTest> atAnEnd(Client client, Stream<DynamicTest> cells) {
      return Scenarios.isAtAnEnd(client, jdk) ? cells : Stream.of();
    }

    private Stream<DynamicTest> all(String name, Check check) {
      // each exchange of these on a connection of its own, as the server speaks HTTP/1.1 only
      return Stream.of(Client.values())
          .filter(Client::isHttp1)
          .flatMap(client -> cell(name, client, check));
    }

    private Stream<DynamicTest> cell(String name, Client client, Check check) {
      return Client.on(jdk)
          .filter(client::equals)
          .map(
              there ->
                  dynamicTest(
                      Matrix.name(jdk, client, name),
                      () -> {
                        start(client);
                        check.run(client);
                      }));
    }

    private void start(Client client) {
      if (app == null) {
        app = launch().withAgent(settings().asArgument()).start();
        agentless = launch().start();
      }
      assertThat(app.run("call\t" + client.field() + "\turl=" + api.http("/api") + STALE))
          .contains("code: 200");
      genesys.reset();
      api.forget();
    }

    private ForkedApp.Launch launch() {
      return ForkedApp.Launch.on(jdk)
          .with(
              "-Dhttp.maxConnections=1",
              "-Djdk.httpclient.connectionPoolSize=1",
              // else no app may set Expect (java.net.http has a method for it)
              "-Dsun.net.http.allowRestrictedHeaders=true");
    }

    private AgentSettings settings() {
      return AgentSettings.clientCredentials(genesys)
          .with("hosts", api.host() + "," + genesys.hosts())
          .with("read-timeout", "2s");
    }

    private void coldRedirect(Client client) {
      try (FakeGenesys elsewhere = new FakeGenesys();
          ForkedApp cold = launch().withAgent(settings().asArgument()).start()) {
        String url = elsewhere.http("/redirect/302?to=" + genesys.http("/api/v2/users/me"));

        // when
        List<String> seen = cold.run("call\t" + client.field() + "\turl=" + url);

        // then
        assertThat(seen).contains("code: 200");
        assertThat(genesys.tokenCalls()).hasSize(1);
        assertThat(elsewhere.hits()).allMatch(hit -> hit.authorization() == null);
      }
    }

    private void refusedBeforeBody(Client client) {
      for (String streaming : List.of("fixed", "chunked")) {
        // given
        start(client);
        genesys.kill();

        // when
        List<String> seen = app.run(post(client, "/refuse", streaming));

        // then
        assertThat(seen).contains("code: 200");
        assertThat(api.requests())
            .extracting(RawApi.Request::body)
            .containsExactly(null, sent(seen));
        assertThat(genesys.tokenCalls()).hasSize(1);
        assertThat(comparable(seen)).isEqualTo(oracle(post(client, "/refuse", streaming)));
      }
    }

    private void continued(Client client) {
      genesys.kill();
      List<String> seen = app.run(post(client, "/api", "chunked"));
      assertThat(seen).contains("code: 200");
      assertThat(api.requests())
          .extracting(RawApi.Request::body)
          .containsExactly(sent(seen), sent(seen));
      assertThat(genesys.tokenCalls()).hasSize(1);
    }

    private void expectIgnored(Client client) {
      genesys.kill();
      // the JDK waits for a 100 as long as for any answer
      List<String> seen = app.run(post(client, "/ignore", "fixed") + "\ttimeout=1000");
      assertThat(seen).contains("code: 200");
      assertThat(api.requests())
          .extracting(RawApi.Request::body)
          .containsExactly(sent(seen), sent(seen));
      assertThat(genesys.tokenCalls()).hasSize(1);
    }

    private void expectContinue(Client client) {
      for (String path : List.of("/refuse", "/api")) {
        start(client);
        genesys.kill();
        List<String> seen =
            app.run(
                "call\t"
                    + client.field()
                    + "\tmethod=POST\tbody=70000\texpect=on\tpublisher=stream-once\turl="
                    + api.http(path)
                    + STALE);
        // nothing of a one-shot body was asked for when the call was refused
        assertThat(seen).as(path).contains("code: 200");
        assertThat(api.requests().get(1).body()).isEqualTo(sent(seen));
        assertThat(genesys.tokenCalls()).hasSize(1);
      }
    }

    private void cookies(Client client) {
      genesys.kill();
      String call = "corner\tname=cookies\turl=" + api.http("/cookie") + STALE;
      List<String> seen = app.run(call);
      assertThat(seen).contains("code: 200");
      assertThat(seen)
          .filteredOn(line -> line.startsWith("cookie: "))
          .containsExactly("cookie: seen=good");
      assertThat(api.requests())
          .extracting(request -> String.valueOf(request.header("cookie")))
          .containsExactly("null", "seen=refused");
      assertThat(comparable(seen)).isEqualTo(oracle(call));
    }

    private void cache(Client client) {
      genesys.kill();
      String call = "corner\tname=cache\turl=" + api.http("/api") + STALE;
      List<String> seen = app.run(call);
      assertThat(seen).contains("code: 200", "last put: HTTP/1.1 200 OK");
      assertThat(comparable(seen)).isEqualTo(oracle(call));
    }

    private void pool(Client client, int calls, int every) {
      // given
      String soak =
          "soak\t"
              + client.field()
              + "\tcalls="
              + calls
              + "\tmillis=1\tmethods=GET\turl="
              + api.http("/every/" + every + "/");
      app.run(soak.replace("calls=" + calls, "calls=200"));
      long heap = usage(app, "heap");
      long threads = usage(app, "threads");
      start(client);

      // when
      List<String> seen = app.run(soak);

      // then
      assertThat(seen).contains("succeeded: " + calls);
      // one a death, of which the replays bring more
      assertThat(genesys.tokenCalls().size()).isBetween(1, calls / (every - 1) + 1);
      // a leak would show a hundred; the JDK's client keeps some more of its own when it is busy
      assertThat(usage(app, "threads")).isLessThan(threads + 20);
      assertThat(usage(app, "heap")).isLessThan(heap + 1_500_000);
      int connections = api.connections();
      api.forget();
      agentless.run(soak.replace("calls=" + calls, "calls=200"));
      assertThat(connections).isLessThanOrEqualTo(Math.max(2, api.connections()));
    }

    private void big(Client client) {
      String name = client == Client.URL_CONNECTION ? "big" : "big-stream";
      try (ForkedApp small = launch().with("-Xmx32m").withAgent(settings().asArgument()).start()) {
        assertThat(small.run(get(client, "/api"))).contains("code: 200");
        api.forget();
        genesys.kill();
        assertThat(
                small.run(
                    "corner\t"
                        + client.field()
                        + "\tname="
                        + name
                        + "\turl="
                        + api.http("/big")
                        + STALE))
            .contains("code: 200")
            .anyMatch(line -> line.startsWith("body: " + RawApi.BIG + " bytes"));
        assertThat(api.requests()).extracting(RawApi.Request::path).containsExactly("/big", "/big");
      }
    }

    /**
     * A body that the agent keeps nothing of: it is replayed only where the JDK can read it again.
     */
    private Stream<DynamicTest> upload(String how, Client client) {
      boolean replayed = how.equals("file");
      String name =
          "expired, 100 MB "
              + (client == Client.URL_CONNECTION ? "in streaming mode " : "by publisher ")
              + how
              + ", heap of 64 MB: "
              + (replayed ? "replayed whole" : "not replayed, the next call is good");
      return atAnEnd(client, cell(name, client, here -> upload(here, how, replayed)));
    }

    private void upload(Client client, String how, boolean replayed) {
      // given
      if (small == null) {
        small = launch().with("-Xmx64m").withAgent(settings().asArgument()).start();
      }
      assertThat(small.run(get(client, "/api"))).contains("code: 200");
      start(client);
      genesys.kill();

      // when
      String post =
          get(client, "/api").replace("=GET", "=POST")
              + ("\tstreaming=" + how + "\tpublisher=" + how + "\tlarge=" + RawApi.BIG);
      List<String> seen = small.run(post);

      // then
      assertThat(api.requests())
          .extracting(RawApi.Request::body)
          .hasSize(replayed ? 2 : 1)
          .containsOnly(sent(seen));
      assertThat(genesys.tokenCalls()).hasSize(1);
      assertThat(small.run(get(client, "/api"))).contains("code: 200");
      assertThat(api.requests()).hasSize(replayed ? 3 : 2);
      assertThat(comparable(seen))
          .isEqualTo(replayed ? oracle(post) : comparable(agentless.run(post)));
    }

    private void timeout(Client client) {
      genesys.kill();
      List<String> seen = app.run(get(client, "/hang-live/0") + "\ttimeout=800");
      // the replay was never answered, so the app has what it would have had without the agent
      assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      assertThat(millis(seen)).isBetween(700L, 3000L);
      assertThat(api.requests()).hasSize(2);
    }

    private void wholeTimeout(Client client) {
      genesys.kill();
      List<String> seen = app.run(get(client, "/hang-live/1000") + "\ttimeout=1500");
      assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      // two attempts of their own would take 2500
      assertThat(millis(seen)).isBetween(1400L, 2300L);
      assertThat(api.requests()).hasSize(2);
    }

    private void cancelled(String path, boolean expired) {
      if (expired) {
        genesys.kill();
      }
      app.run("corner\tname=start\turl=" + api.http(path) + STALE);
      assertThat(api.awaitHanging()).isTrue();
      cancelledForGood();
      // older clients do not hang up for it
      if (jdk.release() >= 16) {
        assertThat(api.awaitAbandoned()).as("request aborted").isTrue();
      }
    }

    private void cancelledInTokenRequest(Client client) {
      // given
      genesys.kill();
      genesys.tokenEndpointSays(Answer.of(200, "").after(3000));
      app.run("corner\tname=start\turl=" + api.http("/api") + STALE);
      awaitTokenRequest();

      // when
      cancelledForGood();

      // then
      assertThat(api.requests()).hasSize(1);
    }

    private void cancelledForGood() {
      // whether isCancelled() is true is a race inside the JDK (MinimalFuture.cancel)
      assertThat(app.run("corner\tname=cancel"))
          .contains("done before: false", "cancel: true")
          .anyMatch(
              line -> line.startsWith("get: threw ") && line.contains("CancellationException"));
    }

    private void awaitTokenRequest() {
      long deadline = System.nanoTime() + 5_000_000_000L;
      while (genesys.tokenCalls().isEmpty()) {
        assertThat(System.nanoTime()).as("token request in time").isLessThan(deadline);
        Thread.onSpinWait();
      }
    }

    private void shutDown(Client client, String path, int status) {
      // given
      genesys.kill();
      app.run("corner\tname=begin\t" + client.field() + "\turl=" + api.http(path) + STALE);
      assertThat(api.awaitHanging()).isTrue();

      // when
      app.run("corner\tname=shut-down");
      api.openGate();

      // then
      assertThat(app.run("corner\tname=ending"))
          .containsExactly("get: " + status, "terminated: true");
      assertThat(genesys.tokenCalls()).hasSize(1);
    }

    private void timeoutInTokenRequest(Client client) {
      // a JVM of its own, as the agent is cautious for a while afterwards
      try (ForkedApp own = launch().withAgent(settings().asArgument()).start()) {
        assertThat(own.run(get(client, "/api"))).contains("code: 200");
        api.forget();
        genesys.kill();
        genesys.tokenEndpointSays(Answer.of(200, "").after(5000));
        List<String> seen = own.run(get(client, "/api") + "\ttimeout=800");
        assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
        assertThat(millis(seen)).isLessThan(2500L);
        assertThat(api.requests()).hasSize(1);
      } finally {
        genesys.reset();
      }
    }

    private void multiplexed(Client client) {
      for (int i = 0; i < 3; i++) {
        genesys.forget();
        genesys.kill();
        String burst = "corner\t" + client.field() + "\tname=burst\tcalls=32\turl=";
        assertThat(app.run(burst + genesys.http("/api/v2/users/me") + STALE))
            .contains("seen: {HTTP_2 200=32}");
        assertThat(genesys.tokenCalls()).hasSize(1);
        assertThat(genesys.hits()).hasSizeBetween(33, 64);
      }
    }

    private void webSocket(Client client) {
      String corner = "corner\tname=web-socket\turl=ws://" + api.host() + "/web-socket";
      List<String> seen = app.run(corner);
      assertThat(api.requests())
          .hasSize(1)
          .allMatch(request -> "websocket".equals(request.header("upgrade")))
          .allMatch(request -> request.header("authorization") == null);
      assertThat(seen).isEqualTo(agentless.run(corner));
    }

    private void finish() throws Exception {
      try (genesys;
          api) {
        agentless.close();
        if (small != null) {
          small.close();
        }
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).as("stdout").isEmpty();
        // the token endpoint that hung may have been worth a line
        assertThat(app.stderr()).as("stderr").hasSizeLessThan(2);
      }
    }

    /** What an app without the agent sees that holds a live token itself. */
    private List<String> oracle(String call) {
      String token = genesys.mint();
      return comparable(agentless.run(call.replace("stale", token))).stream()
          .map(line -> line.replace(token, "stale"))
          .toList();
    }

    private String get(Client client, String path) {
      return "call\t" + client.field() + "\tmethod=GET\turl=" + api.http(path) + STALE;
    }

    private String post(Client client, String path, String streaming) {
      return "call\t"
          + client.field()
          + "\tmethod=POST\tbody=70000\theader=Expect: 100-continue\tstreaming="
          + streaming
          + "\turl="
          + api.http(path)
          + STALE;
    }

    private static long usage(ForkedApp of, String what) {
      return number(of.run("corner\tname=usage"), what + ": ");
    }

    private static long millis(List<String> seen) {
      return number(seen, "millis: ");
    }

    private static long number(List<String> seen, String key) {
      return seen.stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.substring(key.length())))
          .sum();
    }

    private static String sent(List<String> seen) {
      return seen.get(0).replace("sent: ", "");
    }

    private static List<String> comparable(List<String> seen) {
      return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
    }
  }
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.genesystoken.it.Scenarios.STALE;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.genesystoken.it.FakeGenesys.Answer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is an event loop's own: kinds of bodies, handlers that abort, cancels, time-outs. */
class AsyncLibrariesIT {
  private static final String REPEATED_END = "event: failure java.io.InterruptedIOException";

  /**
   * What Apache's library, with or without the agent, says once more of a call that was cancelled,
   * when its reactor has come to see that the connection is closed.
   */
  private static final String CLOSED = "failure org.apache.hc.core5.http.ConnectionClosedException";

  private static final String ABORT = "event: failure java.io.IOException";

  /** How a call ends that the app's handler has aborted. */
  private static final String ABORTED = "failed: java.io.IOException: on purpose";

  /** The same, where Apache's 5.0 finds the connection closed before its sender is done with it. */
  private static final String GIVEN_UP = "failed: java.io.InterruptedIOException: null";

  private static final List<String> REPEATABLE =
      List.of("bytes", "buffer", "string", "generator", "file", "form", "multipart");
  private static final int CALLS = 1000;

  @TestFactory
  Stream<DynamicNode> calls() {
    return Matrix.onEveryJdk(
        jdk ->
            Client.librariesOn(jdk)
                .filter(client -> client.isAsyncHttpClient() || client.isApacheAsync())
                // which is what the API here speaks
                .filter(Client::isHttp1)
                // what a library does with its threads and connections is the same on each JDK
                .filter(client -> Scenarios.isAtAnEnd(client, jdk))
                .flatMap(client -> new Bench(jdk, client).cells()));
  }

  /** One client on one JDK: an app with the agent, one without, and the server of both. */
  static final class Bench {
    private final Jdks.Jdk jdk;
    private final Client client;
    private final FakeGenesys genesys = new FakeGenesys();
    private final RawApi api = new RawApi(genesys);
    private ForkedApp app;
    private ForkedApp agentless;

    Bench(Jdks.Jdk jdk, Client client) {
      this.jdk = jdk;
      this.client = client;
    }

    Stream<DynamicTest> cells() {
      return Stream.of(
              Stream.of(cell("cold: the first call waits for its token", this::cold)),
              REPEATABLE.stream()
                  .filter(kind -> client.isAsyncHttpClient() || kind.equals("bytes"))
                  .map(kind -> cell("expired, body of kind " + kind, bench -> repeatable(kind))),
              Stream.of(
                  cell("expired, body that can be read once: not replayed", this::once),
                  cell("expired, the server closes the connection", bench -> closed("/close")),
                  cell(
                      "expired, the server closes the connection without a word",
                      bench -> closed("/seen-close")),
                  cell(
                      "expired, Expect: 100-continue, refused before a body that is waited for",
                      this::refusedBeforeBody),
                  cell("expired, the replay is lost: the app's 401", this::lost),
                  cell("401 passed on, handlers that abort", this::aborted),
                  cell("cancelled in attempt 1", this::cancelledInAttempt),
                  cell("cancelled in attempt 2", this::cancelledInReplay),
                  cell("the read time-out holds in the replay", this::readTimeout),
                  cell("one connection per host, 1000 calls, 10 % expired", this::pool)),
              client.isAsyncHttpClient() ? ofAsyncHttpClient() : ofApache(),
              Stream.of(
                  cell("expired, and no token to be had: the app's 401", this::noToken),
                  cell("cancelled while it waits for a token", this::cancelledInRefresh),
                  dynamicTest(
                      Matrix.name(jdk, client, "corners: nothing on stdout or stderr"),
                      this::finish)))
          .flatMap(cells -> cells);
    }

    private Stream<DynamicTest> ofAsyncHttpClient() {
      return Stream.of(
          cell("the request's time-out bounds both attempts", this::requestTimeout),
          cell("WebSocket handshake without a token", this::webSocket));
    }

    private Stream<DynamicTest> ofApache() {
      return Stream.of(
          cell("401 passed on, with trailers", bench -> passedOn("/trailers", "")),
          cell(
              "401 passed on, to a consumer that takes little at once",
              bench -> passedOn("/long", "\twindow=100")),
          cell("expired, the refusal is long: its rest is read off", this::longRefusal),
          cell("cancelled while it waits for its first token", this::cancelledCold));
    }

    private DynamicTest cell(String name, Consumer<Bench> check) {
      return dynamicTest(
          Matrix.name(jdk, client, name),
          () -> {
            start();
            check.accept(this);
          });
    }

    private void start() {
      if (app == null) {
        app = launch().withAgent(settings().asArgument()).start();
        agentless = launch().start();
      }
      genesys.reset();
      api.releaseTokens();
      good(app, "/api");
      genesys.forget();
      api.forget();
    }

    /** The one connection is there; one just closed counts until its event loop has come to it. */
    private void good(ForkedApp from, String path) {
      List<String> seen = from.run(get(path));
      long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (seen.toString().contains("TooManyConnections") && System.nanoTime() < patience) {
        seen = from.run(get(path));
      }
      assertThat(seen).contains("code: 200");
    }

    private ForkedApp.Launch launch() {
      return ForkedApp.Launch.on(jdk).with(client);
    }

    private AgentSettings settings() {
      return AgentSettings.clientCredentials(genesys)
          .with("hosts", api.host() + "," + genesys.hosts())
          .with("token-url", api.http("/token"))
          // so that only the app ends a wait
          .with("wait", "20s");
    }

    private void cold(Bench bench) {
      try (ForkedApp fresh = launch().withAgent(settings().asArgument()).start()) {
        assertThat(fresh.run(get("/api"))).contains("code: 200");
      }
      assertThat(api.tokenCalls()).isEqualTo(1);
      assertThat(api.requests())
          .singleElement()
          .matches(request -> genesys.isLive(request.header("authorization")));
    }

    private void repeatable(String kind) {
      genesys.kill();
      List<String> seen = app.run(post(kind));
      assertThat(seen).contains("code: 200");
      assertThat(events(seen)).isEqualTo(answered(200));
      assertThat(api.requests()).extracting(RawApi.Request::body).hasSize(2);
      assertThat(api.requests().get(1).body()).isEqualTo(api.requests().get(0).body());
      assertThat(api.tokenCalls()).isEqualTo(1);
      assertThat(api.connections()).isEqualTo(1);
    }

    private void once(Bench bench) {
      genesys.kill();
      assertThat(app.run(post("once"))).contains("code: 401");
      assertThat(app.run(post("once"))).contains("code: 200");
      assertThat(api.requests()).hasSize(2);
      assertThat(api.tokenCalls()).isEqualTo(1);
    }

    private void refusedBeforeBody(Bench bench) {
      genesys.kill();
      List<String> seen = app.run(post("bytes").replace("/api", "/refuse-strictly") + "\texpect=1");
      assertThat(seen).contains("code: 200");
      assertThat(api.requests())
          .extracting(RawApi.Request::body)
          .containsExactly(null, seen.get(0).replace("sent: ", ""));
    }

    private void closed(String path) {
      boolean silent = path.equals("/seen-close");
      genesys.kill();
      if (silent) {
        // until the library has seen that the connection is closed
        api.holdTokens();
      }
      List<String> seen = app.run(get(path));
      assertThat(seen).contains("code: 200");
      assertThat(events(seen)).isEqualTo(answered(200));
      assertThat(api.requests()).hasSize(2);
    }

    private void lost(Bench bench) {
      genesys.kill();
      List<String> seen = app.run(get("/lost"));
      assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      assertThat(events(seen)).filteredOn(event -> !event.equals("retry")).isEqualTo(answered(401));
    }

    private void aborted(Bench bench) {
      for (String when : List.of("status", "headers", "body", "completed")) {
        String call =
            "call\t"
                + client.field()
                + "\tabort="
                + when
                + "\turl="
                + genesys.http("/sized/9000")
                + STALE;
        // how much of a body is in its first part, for one
        assertThat(ended(comparable(app.run(call))))
            .as(when)
            .isEqualTo(ended(comparable(agentless.run(call))));
      }
    }

    private List<String> ended(List<String> seen) {
      return seen.stream()
          .filter(line -> !isUpToTheNetwork(line))
          .map(line -> givesUp() && line.equals(GIVEN_UP) ? ABORTED : line)
          .toList();
    }

    private boolean givesUp() {
      return client == Client.APACHE_5_0_ASYNC;
    }

    /**
     * Of a call that failed before its sender came to note how it is to be cancelled, Apache's
     * library, with or without the agent, says once more that it has ended.
     */
    private boolean isUpToTheNetwork(String line) {
      return line.startsWith("body: ")
          || line.equals(REPEATED_END)
          || (givesUp() && line.equals(ABORT));
    }

    private void cancelledInAttempt(Bench bench) {
      if (client.isAsyncHttpClient()) {
        cancelledWhenHanging("/hang/1");
      } else {
        // Its library may forget how to cancel a call; the time-out then ends what is left of it.
        assertThat(app.run(get("/hang/1") + "\ttimeout=1500\tcancel-after=700"))
            .contains("cancelled: true", "failed: cancelled");
        assertThat(api.awaitAbandoned()).as("request aborted").isTrue();
      }
    }

    private void cancelledInReplay(Bench bench) {
      genesys.kill();
      cancelledWhenHanging("/hang-live/0");
    }

    private void cancelledWhenHanging(String path) {
      List<String> seen = app.run(get(path) + api.cancelWhenHanging());
      assertThat(seen).contains("cancelled: true", "failed: cancelled");
      assertThat(end(seen)).isEqualTo(cancelled());
      assertThat(api.awaitAbandoned()).as("request aborted").isTrue();
    }

    private void cancelledInRefresh(Bench bench) {
      genesys.kill();
      api.holdTokens();
      List<String> seen = app.run(get("/api") + api.cancelWhenHanging());
      api.releaseTokens();
      assertThat(seen).contains("cancelled: true", "failed: cancelled");
      if (client.isAsyncHttpClient() || !events(seen).isEmpty()) {
        // Apache's library may forget how to cancel a call: it ends when the wait does
        assertThat(events(seen)).isEqualTo(cancelled());
      }
      // the only connection has been given back
      good(app, "/open");
      assertThat(api.requests()).extracting(RawApi.Request::path).containsExactly("/api", "/open");
    }

    private void requestTimeout(Bench bench) {
      genesys.kill();
      List<String> seen = app.run(get("/hang-live/1500") + "\trequest-timeout=2500");
      assertThat(seen).anyMatch(line -> line.startsWith("failed: ") && line.contains("imeout"));
      // two attempts of their own would take 4000
      assertThat(millis(seen)).isBetween(2400L, 3900L);
      assertThat(api.requests()).hasSize(2);
    }

    private void readTimeout(Bench bench) {
      genesys.kill();
      List<String> seen =
          app.run(
              get("/hang-live/0")
                  + (client.isAsyncHttpClient() ? "\tread-timeout=1000" : "\ttimeout=1000"));
      if (client.isAsyncHttpClient()) {
        assertThat(seen).anyMatch(line -> line.startsWith("failed: ") && line.contains("imeout"));
      } else {
        // no answer to the replay, as far as the library can tell
        assertThat(events(seen)).isEqualTo(answered(401));
      }
      // the server would never answer, and the app wait half a minute
      assertThat(millis(seen)).isBetween(900L, 10_000L);
      assertThat(api.requests()).hasSize(2);
    }

    private void webSocket(Bench bench) {
      String call = "call\t" + client.field() + "\turl=ws://" + api.host() + "/web-socket";
      List<String> seen = app.run(call);
      assertThat(api.requests())
          .hasSize(1)
          .allMatch(request -> "websocket".equals(request.header("upgrade")))
          .allMatch(request -> request.header("authorization") == null);
      assertThat(comparable(seen)).isEqualTo(comparable(agentless.run(call)));
    }

    private void pool(Bench bench) {
      List<String> seen =
          app.run(
              "soak\t"
                  + client.field()
                  + "\tcalls="
                  + CALLS
                  + "\tmillis=1\turl="
                  + api.http("/every/10/"));
      assertThat(seen).contains("succeeded: " + CALLS);
      assertThat(api.tokenCalls()).isBetween(1, CALLS / 9 + 1);
      assertThat(api.connections()).isLessThan(client.isAsyncHttpClient() ? 3 : CALLS / 100);
    }

    private void passedOn(String path, String fields) {
      String call = get(path) + fields;
      List<String> seen = app.run(call);
      assertThat(seen).contains("code: 401");
      assertThat(comparable(seen)).isEqualTo(comparable(agentless.run(call)));
      assertThat(api.connections()).isEqualTo(2);
      assertThat(api.tokenCalls()).isZero();
    }

    private void longRefusal(Bench bench) {
      genesys.kill();
      List<String> seen = app.run(get("/long-expired"));
      assertThat(seen).contains("code: 200");
      assertThat(events(seen)).isEqualTo(answered(200));
      assertThat(api.requests()).hasSize(2);
      assertThat(api.connections()).isEqualTo(1);
    }

    private void cancelledCold(Bench bench) {
      try (ForkedApp fresh = launch().withAgent(settings().asArgument()).start()) {
        api.holdTokens();
        List<String> seen = fresh.run(get("/api") + api.cancelWhenHanging());
        api.releaseTokens();
        assertThat(seen).contains("cancelled: true", "failed: cancelled");
        assertThat(events(seen)).isEqualTo(cancelled());
        // the only connection has been given back
        good(fresh, "/open");
        assertThat(api.requests()).extracting(RawApi.Request::path).containsExactly("/open");
      }
    }

    private void noToken(Bench bench) {
      String atGenesys =
          AgentSettings.clientCredentials(genesys).with("hosts", api.host()).asArgument();
      try (ForkedApp fresh = launch().withAgent(atGenesys).start()) {
        assertThat(fresh.run(get("/api"))).contains("code: 200");
        genesys.kill();
        genesys.tokenEndpointSays(Answer.of(500, "").after(300));
        List<String> seen = fresh.run(get("/api"));
        assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
        assertThat(events(seen)).isEqualTo(answered(401));
        good(fresh, "/open");
        assertThat(api.connections()).isEqualTo(1);
      }
    }

    /** What the app's handler is told of a call that is answered. */
    private List<String> answered(int status) {
      return client.isAsyncHttpClient()
          ? List.of("sent", "status " + status, "headers", "body", "completed")
          : List.of("status " + status, "body", "completed");
    }

    /**
     * What the app's handler is told of a cancelled call, but for what Apache's library repeats.
     */
    private List<String> end(List<String> seen) {
      List<String> events = events(seen);
      return client.isAsyncHttpClient()
          ? events
          : events.stream()
              .distinct()
              .filter(event -> event.equals(events.get(0)) || !event.equals(CLOSED))
              .toList();
    }

    private List<String> cancelled() {
      return client.isAsyncHttpClient()
          ? List.of("sent", "failure java.util.concurrent.CancellationException")
          : List.of("failure java.io.InterruptedIOException");
    }

    private void finish() throws Exception {
      try (genesys;
          api) {
        agentless.close();
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).as("stdout").isEmpty();
        assertThat(app.stderr()).as("stderr").isEmpty();
      }
    }

    private String get(String path) {
      return "call\t" + client.field() + "\tmethod=GET\turl=" + api.http(path) + STALE;
    }

    private String post(String kind) {
      return "call\t"
          + client.field()
          + "\tmethod=POST\tbody=70000\tkind="
          + kind
          + "\turl="
          + api.http("/api")
          + STALE;
    }

    private static List<String> events(List<String> seen) {
      return seen.stream()
          .filter(line -> line.startsWith("event: "))
          .map(line -> line.substring("event: ".length()))
          .toList();
    }

    private static long millis(List<String> seen) {
      return seen.stream()
          .filter(line -> line.startsWith("millis: "))
          .mapToLong(line -> Long.parseLong(line.substring("millis: ".length())))
          .sum();
    }

    private static List<String> comparable(List<String> seen) {
      return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
    }
  }
}

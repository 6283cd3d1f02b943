package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Calls through the clients of apps that do not come to their end: cancelled, out of time, or with
 * the replay lost; and the connection, of which each client has one, is there for the next call.
 */
@Execution(ExecutionMode.SAME_THREAD)
@Order(Integer.MAX_VALUE)
class CutShortIT {
  /** What old apps have, on the oldest JDK; the others run on the newest. */
  private static final Set<Client> OLD =
      EnumSet.of(Client.APACHE_4_3, Client.APACHE_5_0, Client.OKHTTP_3, Client.OKHTTP_3_ENQUEUE);

  /** The app's own time-out. Milliseconds. */
  private static final int TIMEOUT = 500;

  /** Milliseconds that a call may last which was cut short; what it waits for takes longer. */
  private static final long IN_TIME = 10_000;

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  class Apache4 {
    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicNode> calls() {
      return cells("Apache HttpClient 4");
    }
  }

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  class Apache5 {
    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicNode> calls() {
      return cells("Apache HttpClient 5");
    }
  }

  @Nested
  @Execution(ExecutionMode.CONCURRENT)
  class OkHttp {
    @TestFactory
    @Execution(ExecutionMode.SAME_THREAD)
    Stream<DynamicNode> calls() {
      return cells("OkHttp");
    }
  }

  /** {@link AsyncLibrariesIT} does this for those that are asynchronous only. */
  private static Stream<DynamicNode> cells(String library) {
    return Matrix.onEveryJdk(
        jdk ->
            Client.librariesOn(jdk)
                .filter(client -> client.toString().startsWith(library) && !client.isApacheAsync())
                .filter(client -> jdk.release() == (OLD.contains(client) ? 8 : 25))
                .collect(
                    Collectors.groupingBy(
                        client -> String.join(",", client.classPath()),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .values()
                .stream()
                .flatMap(clients -> new App(jdk, clients).cells()));
  }

  @FunctionalInterface
  private interface Check {
    void run(Client client);
  }

  /** One version of a library on one JDK: an app with the agent, and its server. */
  private static final class App {
    private final Jdks.Jdk jdk;
    private final List<Client> clients;
    private final FakeGenesys genesys = new FakeGenesys();
    private final RawApi api = new RawApi(genesys);
    private ForkedApp app;

    App(Jdks.Jdk jdk, List<Client> clients) {
      this.jdk = jdk;
      this.clients = clients;
    }

    Stream<DynamicTest> cells() {
      return Stream.concat(
          clients.stream().flatMap(this::cells),
          clients.stream()
              .limit(1)
              .map(
                  client ->
                      dynamicTest(
                          Matrix.name(jdk, client, "calls cut short: nothing on stdout"),
                          this::finish)));
    }

    private Stream<DynamicTest> cells(Client client) {
      return Stream.of(
              cell("expired, the replay is lost: the app's 401", client, this::lost),
              cell(
                  "expired, the server closes the connection without a word",
                  client,
                  this::silentlyClosed),
              cell(
                  "expired, a refusal that says so at once, and goes on for ever",
                  client,
                  this::told),
              client.losesBodies()
                  ? Stream.<DynamicTest>of()
                  : cell(
                      "expired, Expect: 100-continue, refused before a body that is waited for",
                      client,
                      this::refusedBeforeBody),
              cell("pool of one, 20 threads, 2,000 calls, 10 deaths", client, this::pool),
              cell("cancelled in attempt 1", client, this::cancelled),
              cell("cancelled in attempt 2", client, this::cancelledInReplay),
              cell("cancelled while it waits for the next token", client, this::cancelledInRenewal),
              cell("cancelled while it waits for its first token", client, this::cancelledCold),
              cell("the app's time-out holds in the replay", client, this::timeout),
              cell(
                  "the app's time-out ends in the token request: its 401 in time",
                  client,
                  this::timeoutInRenewal),
              client.isOkHttp()
                  ? cell("the call's time-out bounds both attempts", client, this::callTimeout)
                  : Stream.<DynamicTest>of())
          .flatMap(cells -> cells);
    }

    private Stream<DynamicTest> cell(String name, Client client, Check check) {
      return Stream.of(
          dynamicTest(
              Matrix.name(jdk, client, name),
              () -> {
                start(client);
                check.run(client);
              }));
    }

    private void start(Client client) {
      if (app == null) {
        app = launch().start();
      }
      genesys.reset();
      api.releaseTokens();
      good(client);
      api.forget();
      genesys.forget();
    }

    /** With a time of waiting that only the app can end before the test does. */
    private ForkedApp.Launch launch() {
      return ForkedApp.Launch.on(jdk)
          .with(clients.get(0))
          .withAgent(
              AgentSettings.clientCredentials(genesys)
                  .with("hosts", api.host())
                  .with("token-url", api.http("/token"))
                  .with("wait", "20s")
                  .asArgument());
    }

    private void lost(Client client) {
      genesys.kill();
      List<String> seen = app.run(get(client, "/lost"));
      assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      assertThat(api.requests()).hasSizeGreaterThan(1);
      good(client);
    }

    private void cancelled(Client client) {
      cancelled(app, client, "/hang/0");
      good(client);
    }

    private void cancelledInReplay(Client client) {
      // given
      genesys.kill();

      // when
      cancelled(app, client, "/hang-live/0");

      // then
      assertThat(api.requests()).hasSize(2);
      assertThat(api.awaitAbandoned()).as("request aborted").isTrue();
      good(client);
    }

    private void cancelledInRenewal(Client client) {
      // given
      genesys.kill();
      api.holdTokens();

      // when
      cancelled(app, client, "/api");

      // then
      api.releaseTokens();
      assertThat(api.requests()).hasSize(1);
      good(client);
    }

    private void cancelledCold(Client client) {
      // given
      api.holdTokens();
      try (ForkedApp cold = launch().start()) {
        // when
        cancelled(cold, client, "/api");

        // then
        assertThat(api.requests()).isEmpty();
      } finally {
        api.releaseTokens();
      }
    }

    private void timeout(Client client) {
      genesys.kill();
      List<String> seen = app.run(get(client, "/hang-live/0") + "\ttimeout=" + TIMEOUT);
      // the replay was never answered, so the app has what it would have had without the agent
      assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      assertThat(millis(seen)).isBetween(TIMEOUT - 50L, IN_TIME);
      assertThat(api.requests()).hasSize(2);
      good(client);
    }

    private void silentlyClosed(Client client) {
      genesys.kill();
      // until the connection is closed
      api.holdTokens();
      assertThat(app.run(get(client, "/silent-close"))).contains("code: 200");
      assertThat(api.requests()).hasSize(2);
    }

    private void told(Client client) {
      genesys.kill();
      List<String> seen = app.run(get(client, "/told"));
      assertThat(seen).contains("code: 200");
      assertThat(api.requests()).hasSize(2);
    }

    private void refusedBeforeBody(Client client) {
      genesys.kill();
      List<String> seen =
          app.run(get(client, "/refuse-strictly") + "\tmethod=POST\tbody=70000\texpect=continue");
      assertThat(seen).contains("code: 200");
      assertThat(api.requests())
          .extracting(RawApi.Request::body)
          .containsExactly(null, seen.get(0).replace("sent: ", ""));
    }

    private void pool(Client client) {
      List<String> seen =
          app.run(
              "soak\t"
                  + client.field()
                  + "\tcalls=2000\tmillis=1\tthreads=20\tmethods=GET\turl="
                  + api.http("/every/200/"));
      // but for those that wait so long for the connection that their replay meets the next death
      assertThat(number(seen, "succeeded: ")).isGreaterThan(1980);
      // one a death, of which the replays may bring more
      assertThat(api.tokenCalls()).isBetween(10, 15);
      if (client.hasQueue()) {
        assertThat(api.connections()).isLessThanOrEqualTo(2);
      }
    }

    private void timeoutInRenewal(Client client) {
      // given
      genesys.kill();
      api.holdTokens();

      // when
      List<String> seen = app.run(get(client, "/api") + "\ttimeout=" + TIMEOUT);

      // then
      api.releaseTokens();
      assertThat(seen).contains("code: 401").anyMatch(line -> line.contains("bad.credentials"));
      assertThat(millis(seen)).isLessThan(IN_TIME);
      assertThat(api.requests()).hasSize(1);
      good(client);
    }

    private void callTimeout(Client client) {
      genesys.kill();
      List<String> seen = app.run(get(client, "/hang-live/2000") + "\tcall-timeout=3000");
      assertThat(seen).anyMatch(line -> line.startsWith("threw: ") && line.contains("timeout"));
      // two attempts of their own would take 5000
      assertThat(millis(seen)).isBetween(2900L, 4900L);
      assertThat(api.requests()).hasSize(2);
      good(client);
    }

    /**
     * Cancels when something hangs. How the library puts it depends on how far it has come, with
     * the agent and without.
     */
    private void cancelled(ForkedApp from, Client client, String path) {
      List<String> seen = from.run(get(client, path) + api.cancelWhenHanging());
      assertThat(seen)
          .anyMatch(line -> line.matches("threw: (java[.](io|net)|org[.]apache)[.].*"))
          .noneMatch(line -> line.startsWith("code: "));
      assertThat(millis(seen)).as("ended in time").isLessThan(IN_TIME);
    }

    /** The one connection was given back. */
    private void good(Client client) {
      assertThat(app.run(get(client, "/api"))).as("the next call").contains("code: 200");
    }

    private void finish() throws Exception {
      try (genesys;
          api) {
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).as("stdout").isEmpty();
        assertThat(app.everything()).doesNotContain(FakeGenesys.TOKEN_MARK);
      }
    }

    private String get(Client client, String path) {
      return "call\t" + client.field() + "\turl=" + api.http(path) + Scenarios.STALE;
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
  }
}

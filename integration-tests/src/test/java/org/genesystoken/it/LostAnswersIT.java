package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Where a 401 is followed by no answer, or hardly comes itself. */
@Execution(ExecutionMode.SAME_THREAD)
class LostAnswersIT {
  private static final String STALE = "\theader=Authorization: Bearer stale";

  /** These cells wait most of the time. */
  @Execution(ExecutionMode.CONCURRENT)
  @TestFactory
  Stream<DynamicNode> asWithoutTheAgent() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                    row(
                        jdk,
                        "expired, the replay is never answered",
                        Client.URL_CONNECTION,
                        LostAnswersIT::lostReplay),
                    row(
                        jdk,
                        "the JDK's own second try is never answered",
                        Client.URL_CONNECTION,
                        LostAnswersIT::lostLogin),
                    row(
                        jdk,
                        "a 401 whose body comes slowly",
                        Client.URL_CONNECTION,
                        LostAnswersIT::slowBody),
                    row(
                        jdk,
                        "a 401 whose body trickles for ever",
                        Client.URL_CONNECTION,
                        LostAnswersIT::trickling),
                    row(
                        jdk,
                        "a 401 that says expired, and goes on for ever: replayed",
                        Client.URL_CONNECTION,
                        LostAnswersIT::told),
                    row(
                        jdk,
                        "a 401 whose body trickles for ever",
                        Client.SEND_1,
                        LostAnswersIT::trickling),
                    row(
                        jdk,
                        "a 401 whose body trickles for ever",
                        Client.ASYNC_1,
                        LostAnswersIT::trickling))
                .flatMap(rows -> rows));
  }

  private interface Row {
    void check(Client client, RefusingServer server, ForkedApp with, ForkedApp without);
  }

  private static Stream<DynamicNode> row(Jdks.Jdk jdk, String name, Client client, Row row) {
    return Client.on(jdk)
        .filter(client::equals)
        .map(
            there ->
                dynamicTest(
                    Matrix.name(jdk, client, name),
                    () -> {
                      try (FakeGenesys tokens = new FakeGenesys();
                          RefusingServer server = new RefusingServer();
                          ForkedApp with =
                              ForkedApp.Launch.on(jdk)
                                  .withAgent(
                                      AgentSettings.clientCredentials(tokens)
                                          .with("hosts", server.host())
                                          .asArgument())
                                  .start();
                          ForkedApp without = ForkedApp.Launch.on(jdk).start()) {
                        row.check(client, server, with, without);
                      }
                    }));
  }

  private static void lostReplay(
      Client client, RefusingServer server, ForkedApp with, ForkedApp without) {
    for (String request :
        List.of(
            "method=GET",
            "method=GET\tmode=stream",
            "method=GET\tmode=error",
            "method=GET\tmode=header",
            "method=POST\tbody=1000",
            "method=POST\tbody=1000\tstreaming=fixed")) {
      String path = "/lost/" + request.replaceAll("\\W", "");
      // else the agent takes it for an API that refuses new tokens
      assertThat(call(with, server, "/good/", "method=GET")).contains("code: 200");
      // the server refuses the first request of a path only
      List<String> seen = call(with, server, path + "with", request);
      List<String> expected = call(without, server, path + "bare", request);

      assertThat(seen).as(request).isEqualTo(expected);
      assertThat(server.requests(path + "with")).as(request).isGreaterThan(1);
    }
  }

  private static void lostLogin(
      Client client, RefusingServer server, ForkedApp with, ForkedApp without) {
    with.run("authenticator\tuser=app");
    without.run("authenticator\tuser=app");
    for (String request : List.of("method=GET", "method=POST\tbody=1000")) {
      String path = "/basic/" + request.replaceAll("\\W", "");
      List<String> seen = call(with, server, path + "with", request + "\tuser=app");
      List<String> expected = call(without, server, path + "bare", request + "\tuser=app");

      assertThat(seen).as(request).isEqualTo(expected);
      assertThat(server.requests(path + "with"))
          .as(request)
          .isEqualTo(server.requests(path + "bare"));
    }
  }

  private static void slowBody(
      Client client, RefusingServer server, ForkedApp with, ForkedApp without) {
    assertThat(call(with, server, "/slow/with", "method=GET"))
        .isEqualTo(call(without, server, "/slow/bare", "method=GET"))
        .anyMatch(line -> line.startsWith("error body: "));
  }

  private static void told(
      Client client, RefusingServer server, ForkedApp with, ForkedApp without) {
    assertThat(call(with, server, "/told/with", "method=GET")).contains("code: 200");
    assertThat(call(without, server, "/told/bare", "method=GET\thandler=beginning"))
        .contains("code: 401");
  }

  /** The app takes the beginning of the body; to wait for its end would be to wait for ever. */
  private static void trickling(
      Client client, RefusingServer server, ForkedApp with, ForkedApp without) {
    String request = "method=GET\thandler=beginning\t" + client.field();
    assertThat(call(with, server, "/trickle/with", request))
        .isEqualTo(call(without, server, "/trickle/bare", request))
        .contains("code: 401")
        .anyMatch(line -> line.contains("body: 5 bytes"));
  }

  /** What the app sees, but for the path. */
  private static List<String> call(
      ForkedApp app, RefusingServer server, String path, String request) {
    return app.run("call\turl=" + server.url(path) + STALE + "\t" + request).stream()
        .filter(line -> !line.startsWith("millis: "))
        .map(line -> line.replace(path, "/path"))
        .toList();
  }
}

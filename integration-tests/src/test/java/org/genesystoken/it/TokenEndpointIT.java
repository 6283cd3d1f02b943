package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.genesystoken.it.FakeGenesys.Answer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A token endpoint that gives no token: the app lives as it would without the agent. */
class TokenEndpointIT {
  private static final int WAIT_MILLIS = 1000;

  /** For a loaded machine and a cold JVM; a hang would be 8 s and more. */
  private static final int MARGIN_MILLIS = 6000;

  private static final int HANG_MILLIS = 8000;

  /** How long the agent says nothing more of what is still so. */
  private static final long QUIET_SECONDS = 10;

  private record Fault(String name, Consumer<FakeGenesys> server, boolean unreachable) {}

  private static final List<Fault> FAULTS =
      List.of(
          new Fault("unreachable", server -> {}, true),
          new Fault("400 invalid_client", says(Answers.INVALID_CLIENT), false),
          new Fault("500", says(Answer.of(500, "boom")), false),
          new Fault("200 with HTML", says(Answer.of(200, "<html>log in</html>")), false),
          new Fault("hanging", says(Answer.of(200, "").after(HANG_MILLIS)), false));

  @TestFactory
  Stream<DynamicNode> faults() {
    return Matrix.onEveryJdk(
        jdk -> FAULTS.stream().flatMap(fault -> new Bench(jdk, fault).cells()));
  }

  private static Consumer<FakeGenesys> says(Answer answer) {
    return server -> server.tokenEndpointSays(answer);
  }

  private static final class Bench {
    private final Jdks.Jdk jdk;
    private final Fault fault;
    private FakeGenesys genesys;
    private ForkedApp app;
    private ForkedApp agentless;
    private long started;

    Bench(Jdks.Jdk jdk, Fault fault) {
      this.jdk = jdk;
      this.fault = fault;
    }

    Stream<DynamicTest> cells() {
      String scenario = "token endpoint " + fault.name() + ": the app's own 401, in time";
      return Stream.concat(
          Client.on(jdk)
              .map(client -> dynamicTest(Matrix.name(jdk, client, scenario), () -> call(client))),
          Stream.of(
              Matrix.ofAllClients(
                  jdk, "token endpoint " + fault.name() + ": one line on stderr", this::finish)));
    }

    private void call(Client client) {
      // given
      start();
      genesys.forget();
      String call =
          "call\t"
              + client.field()
              + "\tmethod=POST\tbody=100\turl="
              + genesys.http("/api/v2/users/me")
              + "\theader=Authorization: Bearer stale";

      // when
      List<String> seen = app.run(call);

      // then
      assertThat(genesys.hits())
          .extracting(FakeGenesys.Hit::authorization)
          .containsExactly("Bearer stale");
      assertThat(millis(seen)).isLessThan(WAIT_MILLIS + MARGIN_MILLIS);
      assertThat(withoutMillis(seen)).isEqualTo(withoutMillis(agentless.run(call)));
    }

    private void start() {
      if (app == null) {
        genesys = new FakeGenesys();
        fault.server().accept(genesys);
        AgentSettings settings =
            AgentSettings.clientCredentials(genesys)
                .with("wait", WAIT_MILLIS + "ms")
                // together the time that a hanging call takes before its line comes
                .with("connect-timeout", WAIT_MILLIS + "ms")
                .with("read-timeout", 2 * WAIT_MILLIS + "ms");
        if (fault.unreachable()) {
          settings =
              settings.with("token-url", "http://127.0.0.1:" + closedPort() + "/oauth/token");
        }
        started = System.nanoTime();
        app = ForkedApp.Launch.on(jdk).withAgent(settings.asArgument()).start();
        agentless = ForkedApp.Launch.on(jdk).start();
      }
    }

    private void finish() {
      agentless.close();
      // callers give up before the token call does, so its line may come later
      app.awaitStderr();
      int exitCode = app.finish();
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
      genesys.close();
      assertAll(
          () -> assertThat(exitCode).as("exit code").isZero(),
          () -> assertThat(app.foreignStdout()).as("stdout").isEmpty(),
          () ->
              assertThat(app.stderr())
                  .as("stderr")
                  .hasSizeBetween(1, 1 + (int) (seconds / QUIET_SECONDS))
                  .allMatch(
                      line -> line.contains(" WARN No token from ") || line.contains(" ERROR ")),
          () -> assertThat(app.everything()).doesNotContain(FakeGenesys.CLIENT_SECRET));
    }

    private static int closedPort() {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static long millis(List<String> seen) {
      return seen.stream()
          .filter(line -> line.startsWith("millis: "))
          .mapToLong(line -> Long.parseLong(line.substring("millis: ".length())))
          .sum();
    }

    private static List<String> withoutMillis(List<String> seen) {
      return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
    }
  }
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Virtual threads, very many of them: one token for all, and none is held on its carrier by us. */
@Execution(ExecutionMode.SAME_THREAD)
class VirtualThreadsIT {
  private static final int CALLERS = 10_000;

  /** Fewer, as each may need another connection for its replay, and ports are few. */
  private static final int REFUSED = 5_000;

  private static final String STALE = "\theader=Authorization: Bearer stale";

  @TestFactory
  Stream<DynamicNode> virtualThreads() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(Client.URL_CONNECTION, Client.SEND_1)
                .filter(client -> jdk.release() >= 21)
                .map(
                    client ->
                        dynamicTest(
                            Matrix.name(
                                jdk,
                                client,
                                "1,000 virtual threads, token dies, none pinned by us"),
                            () -> notPinned(jdk, client))));
  }

  @TestFactory
  Stream<DynamicNode> veryMany() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(Client.URL_CONNECTION)
                .filter(client -> jdk.release() >= 21)
                .map(
                    client ->
                        dynamicTest(
                            Matrix.name(
                                jdk,
                                client,
                                "10,000 virtual threads, cold, and 5,000 with a token that is"
                                    + " dead: one request each"),
                            () -> oneRequest(jdk, client))));
  }

  private static void oneRequest(Jdks.Jdk jdk, Client client) throws Exception {
    assumeThat(
            ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getMaxFileDescriptorCount())
        .as("open files that the system allows (ulimit -n)")
        .isGreaterThan(CALLERS + 1_000);
    try (FakeGenesys genesys = new FakeGenesys();
        RawApi tokens = new RawApi(genesys);
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                // so that most replays go out on the connection that they have
                .with("-Xmx1g", "-Dhttp.maxConnections=" + CALLERS)
                .withAgent(
                    AgentSettings.clientCredentials(genesys)
                        .with("token-url", tokens.http("/token"))
                        // so that nobody gives up first
                        .with("wait", "60s")
                        .with("read-timeout", "60s")
                        .asArgument())
                .start()) {
      String call =
          "\ttimeout=60000\tconnect-timeout=60000\t"
              + client.field()
              + "\turl="
              + genesys.http("/api/v2/users/me")
              + STALE;

      // given all of them, connected and waiting
      tokens.holdTokens();
      CompletableFuture<List<String>> cold =
          CompletableFuture.supplyAsync(
              () -> app.run("corner\tname=virtual\tcalls=" + CALLERS + call, 100));
      genesys.awaitConnections(CALLERS);

      // when
      tokens.releaseTokens();

      // then
      assertThat(cold.get()).containsExactly("finished: true", "seen: {200=" + CALLERS + "}");
      assertThat(tokens.tokenCalls()).isEqualTo(1);
      assertThat(genesys.hits()).hasSize(CALLERS);

      // given thousands again, refused and waiting
      genesys.forget();
      genesys.kill();
      tokens.holdTokens();
      CompletableFuture<List<String>> refused =
          CompletableFuture.supplyAsync(
              () -> app.run("corner\tname=virtual\tcalls=" + REFUSED + call, 100));
      genesys.awaitHits(REFUSED);

      // when
      tokens.releaseTokens();

      // then
      assertThat(refused.get()).containsExactly("finished: true", "seen: {200=" + REFUSED + "}");
      assertThat(tokens.tokenCalls()).isEqualTo(2);
      assertThat(genesys.hits()).hasSize(2 * REFUSED);
      assertThat(app.finish()).isZero();
      assertThat(app.stderr()).isEmpty();
    }
  }

  private static void notPinned(Jdks.Jdk jdk, Client client) throws IOException {
    Path recording = ForkedApp.target("pinned-" + jdk.release() + "-" + client.name() + ".jfr");
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .with(
                    "-XX:StartFlightRecording:filename="
                        + recording
                        + ",jdk.VirtualThreadPinned#enabled=true"
                        + ",jdk.VirtualThreadPinned#threshold=0ms",
                    "-Xlog:jfr*=off",
                    "-Xlog:startuptime*=off")
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      // given a JVM that has loaded what a replay needs, which can hold threads once
      String call = client.field() + "\turl=" + genesys.http("/api/v2/users/me") + STALE;
      assertThat(app.run("call\t" + call)).contains("code: 200");
      genesys.kill();
      assertThat(app.run("call\t" + call)).contains("code: 200");
      genesys.forget();
      genesys.kill();

      // when
      List<String> seen = app.run("corner\tname=virtual\tcalls=1000\t" + call, 60);

      // then
      assertThat(seen).containsExactly("finished: true", "seen: {200=1000}");
      assertThat(genesys.tokenCalls()).hasSize(1);
      assertThat(app.finish()).isZero();
      try (RecordingFile events = new RecordingFile(recording)) {
        while (events.hasMoreEvents()) {
          RecordedEvent event = events.readEvent();
          if (event.getEventType().getName().equals("jdk.VirtualThreadPinned")) {
            assertThat(String.valueOf(event.getStackTrace()))
                .doesNotContain("org.genesystoken.agent")
                .doesNotContain("GenesysTokenBridge");
          }
        }
      }
    }
  }
}

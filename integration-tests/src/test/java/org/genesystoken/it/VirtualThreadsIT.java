package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** 1,000 virtual threads through a token's death: none is held on its carrier by us. */
class VirtualThreadsIT {
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

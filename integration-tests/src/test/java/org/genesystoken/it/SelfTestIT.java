package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** What log-level=debug says at start, before the app has made a call. */
class SelfTestIT {
  @TestFactory
  Stream<DynamicNode> selfTests() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(
                Matrix.ofAllClients(
                    jdk, "log-level=debug: a self-test at start", () -> says(jdk))));
  }

  private static void says(Jdks.Jdk jdk) {
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .withAgent(
                    AgentSettings.clientCredentials(genesys)
                        .with("log-level", "debug")
                        .asArgument())
                .start()) {
      // when the app has not used any client yet
      assertThat(app.finish()).isZero();

      // then
      List<String> said =
          app.stderr().stream().filter(line -> line.contains("self-test: ")).toList();
      assertThat(said).allMatch(line -> line.contains(" DEBUG "));
      assertThat(said)
          .filteredOn(line -> line.contains("UrlConnectionClient"))
          .singleElement()
          .asString()
          .contains("is woven into", "sun/net/www/protocol/http/HttpURLConnection");
      assertThat(said)
          .filteredOn(line -> line.contains("JdkHttpClient"))
          .singleElement()
          .asString()
          .contains(
              jdk.release() >= 11
                  ? "is woven into [jdk/internal/net/http/HttpClientFacade"
                  : "has nothing to step into");
      assertThat(app.foreignStdout()).isEmpty();
    }
  }
}

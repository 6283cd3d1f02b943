package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** HttpURLConnection where the app has put parts of its own in the place of the JDK's. */
class OwnPartsIT {
  private static final String STALE = "\theader=Authorization: Bearer stale";

  @TestFactory
  Stream<DynamicNode> ownParts() {
    return Matrix.onEveryJdk(jdk -> new Bench(jdk).cells());
  }

  private interface Check {
    void run();
  }

  /** One JDK's JVMs, with and without the agent. */
  private static final class Bench {
    private final Jdks.Jdk jdk;
    private final FakeGenesys genesys = new FakeGenesys(Certificates.strangersKeyStore());
    private ForkedApp app;
    private ForkedApp agentless;

    Bench(Jdks.Jdk jdk) {
      this.jdk = jdk;
    }

    Stream<DynamicTest> cells() {
      return Stream.of(
          cell(
              "expired, https by the app's SSLSocketFactory and HostnameVerifier: the replay too",
              this::tls),
          cell(
              "expired, one connection used by eight threads: 200 at last, nothing hangs",
              this::shared),
          cell("the app's ResponseCache has the answer: left alone", () -> cached("200 OK")),
          cell("the app's ResponseCache has a 401: left alone", () -> cached("401 Unauthorized")),
          cell(
              "the app's URLStreamHandler and subclass of HttpURLConnection: left alone",
              () -> foreign("own-handler")),
          // last, as it is for the whole JVM
          cell("the app's URLStreamHandlerFactory: left alone", () -> foreign("own-factory")),
          cell("the app's own parts: nothing on stdout or stderr", this::finish));
    }

    private DynamicTest cell(String name, Check check) {
      return dynamicTest(
          Matrix.name(jdk, Client.URL_CONNECTION, name),
          () -> {
            start();
            check.run();
          });
    }

    private void start() {
      if (app == null) {
        app =
            ForkedApp.Launch.on(jdk)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start();
        agentless = ForkedApp.Launch.on(jdk).start();
        assertThat(app.run("call\turl=" + genesys.http("/api") + STALE)).contains("code: 200");
      }
      genesys.reset();
    }

    private void tls() {
      genesys.kill();
      // so that the replay has to open another one
      genesys.refuseWith(Answers.expired("bad.credentials").header("Connection", "close"));
      assertThat(app.run("corner\tname=own-tls\turl=" + genesys.https("/api") + STALE))
          .contains("code: 200", "handshakes: 2", "names verified: 2");
      assertThat(genesys.hits()).hasSize(2);
      assertThat(genesys.tokenCalls()).hasSize(1);
    }

    private void shared() {
      String corner = "corner\tname=shared\tthreads=8\turl=" + genesys.http("/api") + STALE;
      for (int i = 0; i < 20; i++) {
        genesys.forget();
        genesys.kill();
        List<String> seen = app.run(corner);
        // in a short moment a thread can still see what it would see without the agent
        assertThat(seen)
            .contains("finished: true", "at last: 200")
            .filteredOn(line -> line.startsWith("seen: "))
            .isSubsetOf(
                "seen: status 200",
                "seen: body true",
                "seen: status 401",
                "seen: threw IOException");
        assertThat(genesys.tokenCalls()).hasSize(1);
        assertThat(genesys.hits()).hasSize(2);
      }
    }

    private void cached(String status) {
      String corner = "corner\tname=cache-hit\tstatus=" + status + "\turl=";
      assertThat(app.run(corner + genesys.http("/api") + STALE))
          .isEqualTo(agentless.run(corner + genesys.http("/api") + STALE))
          .contains("code: " + status.split(" ", -1)[0]);
      assertThat(genesys.hits()).isEmpty();
      assertThat(genesys.tokenCalls()).isEmpty();
    }

    private void foreign(String name) {
      String corner = "corner\tname=" + name + "\turl=" + genesys.http("/api");
      assertThat(app.run(corner))
          .isEqualTo(agentless.run(corner))
          .contains("code: 401")
          .anyMatch(line -> line.endsWith("OwnConnection"));
      assertThat(genesys.hits()).isEmpty();
      assertThat(genesys.tokenCalls()).isEmpty();
    }

    private void finish() {
      try (genesys) {
        agentless.close();
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).as("stdout").isEmpty();
        assertThat(app.stderr()).as("stderr").isEmpty();
      }
    }
  }
}

package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.genesystoken.it.FakeGenesys.Hit;
import org.genesystoken.it.FakeGenesys.TokenCall;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The official SDK as it is, with a static token only, on each of its connectors. */
class SdkIT {
  private static final List<String> WAYS = List.of("sync", "async");

  /** What the SDK sends its calls through. */
  enum Connector {
    APACHE("Apache", "apache.ApacheHttpClient", "apache-4.5.14"),
    OKHTTP("OkHttp", "okhttp.OkHttpClient", "okhttp-4.12.0"),
    ASYNC_HTTP_CLIENT("AsyncHttpClient", "ning.AsyncHttpClient", "async-http-client-2.12.4");

    private final String label;
    private final String provider;
    private final String library;

    Connector(String label, String provider, String library) {
      this.label = label;
      this.provider = provider;
      this.library = library;
    }

    /**
     * How an app gets an answer. This SDK's handler for AsyncHttpClient tells nobody of an answer
     * to an asynchronous call, with the agent and without: the app's future never ends.
     */
    List<String> ways() {
      return this == ASYNC_HTTP_CLIENT ? WAYS.subList(0, 1) : WAYS;
    }

    String label() {
      return label + " (" + String.join(", ", ways()) + ")";
    }

    ForkedApp.Launch on(Jdks.Jdk jdk) {
      List<String> classPath =
          new ArrayList<>(List.of("probe-sdk", "libraries/sdk/*", "libraries/" + library + "/*"));
      if (this != APACHE) {
        // the signatures of the SDK's builder name its classes
        classPath.add("libraries/" + APACHE.library + "/*");
      }
      if (this != ASYNC_HTTP_CLIENT) {
        classPath.add("libraries/slf4j-2.0.9/*");
      }
      // Guava and Netty use it
      return ForkedApp.Launch.on(jdk)
          .withClassPath(classPath.toArray(String[]::new))
          .allowingUnsafe();
    }

    String call(FakeGenesys genesys, String what, String way) {
      return "call\tclient=com.mypurecloud.sdk.v2.connector."
          + provider
          + "ConnectorProvider\tcaller=org.genesystoken.it.sdk.SdkCaller\twhat="
          + what
          + "\tway="
          + way
          + "\turl="
          + genesys.http("");
    }

    @Override
    public String toString() {
      return "SDK " + System.getProperty("sdk.version") + ", " + label;
    }
  }

  @TestFactory
  Stream<DynamicNode> calls() {
    return Matrix.onEveryJdk(
        jdk -> Stream.of(Connector.values()).flatMap(connector -> new App(jdk, connector).cells()));
  }

  /** One connector on one JDK: an app with the agent, and its server. */
  private static final class App {
    private final Jdks.Jdk jdk;
    private final Connector connector;
    private final FakeGenesys genesys = new FakeGenesys();
    private ForkedApp app;

    App(Jdks.Jdk jdk, Connector connector) {
      this.jdk = jdk;
      this.connector = connector;
    }

    Stream<DynamicTest> cells() {
      return Stream.concat(
          connector.ways().stream()
              .flatMap(
                  way ->
                      Stream.of(
                          cell(way + ", getUsersMe after the token's death", () -> me(way)),
                          cell(way + ", POST of a query after the token's death", () -> query(way)),
                          cell(way + ", 50 pages, the token dies twice", () -> pages(way)))),
          Stream.of(
              cell("an asynchronous call, from outside", this::fromOutside),
              cell("the JVM's streams are the app's", this::finish),
              cell("without the agent the SDK turns to a login host", this::agentless)));
    }

    private DynamicTest cell(String name, Runnable check) {
      return dynamicTest(Matrix.name(jdk, connector, name), check::run);
    }

    private void start() {
      if (app == null) {
        app =
            connector
                .on(jdk)
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start();
        assertThat(run("me", "sync")).contains("name: Ada");
      }
      genesys.reset();
    }

    private List<String> run(String what, String way) {
      return app.run(connector.call(genesys, what, way));
    }

    private void me(String way) {
      // given
      start();
      genesys.kill();

      // when
      List<String> seen = run("me", way);

      // then
      assertThat(seen).contains("name: Ada", callbacks(way, 1));
      assertThat(genesys.hits())
          .extracting(Hit::method, Hit::path, Hit::status)
          .containsExactly(
              hit("GET", "/api/v2/users/me", 401), hit("GET", "/api/v2/users/me", 200));
      assertDeaths(1);
    }

    private void query(String way) {
      // given
      start();
      genesys.kill();

      // when
      List<String> seen = run("query", way);

      // then
      assertThat(seen).contains("hits: 7", callbacks(way, 1));
      String path = "/api/v2/analytics/conversations/details/query";
      assertThat(genesys.hits())
          .extracting(Hit::method, Hit::path, Hit::status)
          .containsExactly(hit("POST", path, 401), hit("POST", path, 200));
      assertThat(genesys.hits().get(0).bodyLength()).isPositive();
      assertThat(genesys.hits().get(1).bodySha256()).isEqualTo(genesys.hits().get(0).bodySha256());
      assertDeaths(1);
    }

    private void pages(String way) {
      // given
      start();
      genesys.dieAfterEach(20);

      // when
      List<String> seen = run("pages", way);

      // then
      assertThat(seen)
          .filteredOn(line -> line.startsWith("page: "))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, Answers.PAGES).mapToObj(n -> "page: " + n).toList());
      assertThat(seen).contains(callbacks(way, Answers.PAGES));
      assertThat(genesys.hits()).filteredOn(hit -> hit.status() == 401).hasSize(2);
      assertThat(genesys.hits()).hasSize(Answers.PAGES + 2);
      assertDeaths(2);
    }

    /** Also where the SDK's future never ends. */
    private void fromOutside() {
      // given
      start();
      genesys.kill();

      // when
      List<String> seen = app.run(connector.call(genesys, "me", "async") + "\tseconds=3");

      // then
      if (connector.ways().contains("async")) {
        assertThat(seen).contains("name: Ada");
      } else {
        assertThat(seen).anyMatch(line -> line.contains("TimeoutException"));
      }
      assertThat(genesys.hits()).extracting(Hit::status).containsExactly(401, 200);
      assertDeaths(1);
    }

    /** One token request for each death, and all of them the agent's. */
    private void assertDeaths(int deaths) {
      assertThat(genesys.tokenCalls())
          .hasSize(deaths)
          .extracting(TokenCall::authorization)
          .containsOnly(FakeGenesys.basic(FakeGenesys.CLIENT_ID, FakeGenesys.CLIENT_SECRET));
    }

    private void finish() {
      // threads of the SDK keep the JVM alive, with or without the agent
      app.finish(1);
      assertThat(app.foreignStdout()).isEmpty();
      assertThat(app.stderr()).isEmpty();
      assertThat(app.everything()).doesNotContain(FakeGenesys.TOKEN_MARK);
    }

    /** What the other cells are there to prevent. */
    private void agentless() {
      genesys.reset();
      try (ForkedApp plain = connector.on(jdk).start()) {
        List<String> seen = plain.run(connector.call(genesys, "me", "sync"));

        // the login host of 127.0.0.1, as the SDK derives it; it exists nowhere
        assertThat(seen)
            .anyMatch(line -> line.startsWith("threw: ") && line.contains("login.0.0.1"));
        assertThat(genesys.hits()).extracting(Hit::status).containsExactly(401);
      } finally {
        genesys.close();
      }
    }

    private static Tuple hit(String method, String path, int status) {
      return Tuple.tuple(method, path, status);
    }

    private static String callbacks(String way, int times) {
      return "callbacks: " + (way.equals("async") ? times : 0) + " completed, 0 failed";
    }
  }
}

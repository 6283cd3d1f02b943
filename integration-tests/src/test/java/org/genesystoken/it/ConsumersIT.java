package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.genesystoken.it.FakeGenesys.Hit;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Libraries that call through one of the clients: each is used as it is, with a token that is long
 * dead. What the clients themselves can do is shown by {@link ScenariosIT} and {@link LibrariesIT}.
 */
class ConsumersIT {
  /** The first and the last that the product names, and the first that all the libraries run on. */
  private static final Set<Integer> RELEASES = Set.of(8, 17, 25);

  private static final String QUERY =
      "\tmethod=POST\ttext={\"interval\":\"2016-03-01/2016-03-02\"}";

  /** What shares a class path, and thus a JVM, as the libraries of an app do. */
  private enum Libraries {
    JAVA_8(8),
    JAVA_17(17);

    private final int since;

    Libraries(int since) {
      this.since = since;
    }

    String[] classPath() {
      return switch (this) {
        case JAVA_8 ->
            new String[] {
              "probe-consumers",
              "libraries/consumers/*",
              "libraries/apache-4.5.14/*",
              "libraries/okhttp-4.12.0/*"
            };
        case JAVA_17 ->
            new String[] {
              "probe-consumers",
              "probe-consumers17",
              "libraries/consumers17/*",
              "libraries/apache-5.5.1/*"
            };
      };
    }
  }

  private enum Consumer {
    REST_TEMPLATE("RestTemplate, HttpURLConnection", "SpringConsumer", "jdk"),
    REST_TEMPLATE_APACHE("RestTemplate, Apache 4", "SpringConsumer", "apache"),
    FEIGN("Feign, HttpURLConnection", "FeignConsumer", "jdk"),
    FEIGN_OKHTTP("Feign, OkHttp", "FeignConsumer", "okhttp"),
    JERSEY("Jersey, HttpURLConnection", "JerseyConsumer", "jdk"),
    JERSEY_APACHE("Jersey, Apache 4", "JerseyConsumer", "apache"),
    RETROFIT("Retrofit, OkHttp", "RetrofitConsumer", "okhttp"),
    UNIREST_3("Unirest 3, Apache 4", "UnirestConsumer", "apache"),
    GOOGLE("google-http-client, HttpURLConnection", "GoogleConsumer", "jdk"),
    GOOGLE_APACHE("google-http-client, Apache 4", "GoogleConsumer", "apache"),
    REST_CLIENT(Libraries.JAVA_17, "RestClient, java.net.http", "RestClientConsumer", "jdk"),
    REST_CLIENT_APACHE(Libraries.JAVA_17, "RestClient, Apache 5", "RestClientConsumer", "apache"),
    UNIREST_4(Libraries.JAVA_17, "Unirest 4, java.net.http", "UnirestConsumer", "jdk");

    private final Libraries libraries;
    private final String label;
    private final String field;

    Consumer(String label, String caller, String client) {
      this(Libraries.JAVA_8, label, caller, client);
    }

    Consumer(Libraries libraries, String label, String caller, String client) {
      this.libraries = libraries;
      this.label = label;
      String folder = libraries == Libraries.JAVA_8 ? "consumers" : "consumers17";
      field = "client=" + client + "\tcaller=org.genesystoken.it." + folder + "." + caller;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  @TestFactory
  Stream<DynamicNode> calls() {
    return Matrix.onEveryJdk(
        jdk ->
            Stream.of(Libraries.values())
                .filter(libraries -> RELEASES.contains(jdk.release()))
                .filter(libraries -> jdk.release() >= libraries.since)
                .flatMap(libraries -> new App(jdk, libraries).cells()));
  }

  /** An app with the agent, one without, and the server of both. */
  private static final class App {
    private final Jdks.Jdk jdk;
    private final Libraries libraries;
    private final FakeGenesys genesys = new FakeGenesys();
    private ForkedApp app;
    private ForkedApp agentless;

    App(Jdks.Jdk jdk, Libraries libraries) {
      this.jdk = jdk;
      this.libraries = libraries;
    }

    Stream<DynamicTest> cells() {
      return Stream.concat(
          Stream.of(Consumer.values())
              .filter(consumer -> consumer.libraries == libraries)
              .flatMap(
                  consumer ->
                      Stream.of(
                          cell(consumer, "GET after the token's death", this::get),
                          cell(consumer, "POST of JSON after the token's death", this::post),
                          cell(
                              consumer,
                              "403 and 401 about something else: as without the agent",
                              this::passedOn))),
          Stream.of(
              Matrix.ofAllClients(
                  jdk,
                  "libraries of Java " + libraries.since + ": the JVM's streams are the app's",
                  this::finish)));
    }

    private DynamicTest cell(
        Consumer consumer, String name, java.util.function.Consumer<Consumer> check) {
      return dynamicTest(
          Matrix.name(jdk, consumer, name),
          () -> {
            start();
            check.accept(consumer);
          });
    }

    private void start() {
      if (app == null) {
        ForkedApp.Launch launch = ForkedApp.Launch.on(jdk).withClassPath(libraries.classPath());
        app = launch.withAgent(AgentSettings.clientCredentials(genesys).asArgument()).start();
        agentless = launch.start();
        assertThat(app.run("call\turl=" + genesys.http("/api/v2/warm-up"))).contains("code: 200");
      }
      genesys.reset();
    }

    private void get(Consumer consumer) {
      throughADeath(consumer, "\tmethod=GET");
    }

    private void post(Consumer consumer) {
      List<Hit> hits = throughADeath(consumer, QUERY);
      assertThat(hits.get(0).bodyLength()).isPositive();
      assertThat(hits.get(1).bodySha256()).isEqualTo(hits.get(0).bodySha256());
    }

    private List<Hit> throughADeath(Consumer consumer, String request) {
      // given
      genesys.kill();

      // when
      String call = call(consumer, "/api/v2/things", request);
      List<String> seen = comparable(app.run(call + Scenarios.STALE));

      // then
      List<Hit> hits = List.copyOf(genesys.hits());
      assertThat(hits).extracting(Hit::status).containsExactly(401, 200);
      assertThat(genesys.tokenCalls()).hasSize(1);
      assertThat(seen)
          .contains("code: 200", "seen by the app's interceptor: 1")
          .isEqualTo(
              comparable(agentless.run(call + "\theader=Authorization: Bearer " + genesys.mint())));
      return hits;
    }

    private void passedOn(Consumer consumer) {
      for (String request : List.of("\tmethod=GET", QUERY)) {
        for (String answer : List.of("403", "401-other")) {
          // given
          genesys.reset();

          // when
          String call = call(consumer, "/canned/" + answer, request) + Scenarios.STALE;
          List<String> seen = comparable(app.run(call));

          // then
          assertThat(genesys.hits()).as(answer).hasSize(1);
          assertThat(genesys.tokenCalls()).as(answer).isEmpty();
          assertThat(seen).as(answer).isEqualTo(comparable(agentless.run(call)));
        }
      }
    }

    private String call(Consumer consumer, String path, String request) {
      return "call\t" + consumer.field + "\turl=" + genesys.http(path) + request;
    }

    private static List<String> comparable(List<String> seen) {
      return seen.stream().filter(line -> !line.startsWith("millis: ")).toList();
    }

    private void finish() {
      try (genesys) {
        agentless.close();
        assertThat(app.finish()).as("exit code").isZero();
        assertThat(app.foreignStdout()).isEmpty();
        assertThat(app.stderr())
            .as("what the 403s are about, once")
            .singleElement()
            .asString()
            .contains("WARN The API answered 403 missing.permissions");
        assertThat(app.everything()).doesNotContain(FakeGenesys.TOKEN_MARK);
      }
    }
  }
}

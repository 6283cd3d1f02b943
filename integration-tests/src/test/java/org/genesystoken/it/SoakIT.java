package org.genesystoken.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** 200 mixed calls while the token dies every 2 s: the app must not notice. */
@Order(1)
class SoakIT {
  private static final int CALLS = 200;
  private static final int MILLIS = 12_000;
  private static final Duration LIFE = Duration.ofSeconds(2);

  /** These cells wait most of the time. */
  @Execution(ExecutionMode.CONCURRENT)
  @TestFactory
  Stream<DynamicNode> soaks() {
    return Matrix.onEveryJdk(
        jdk ->
            Client.on(jdk)
                .flatMap(
                    client ->
                        Stream.of(1, 32)
                            .map(
                                threads ->
                                    dynamicTest(
                                        Matrix.name(
                                            jdk,
                                            client,
                                            CALLS
                                                + " mixed calls, token dies every 2 s, threads: "
                                                + threads),
                                        () -> soak(jdk, client, threads)))));
  }

  private static void soak(Jdks.Jdk jdk, Client client, int threads) {
    AtomicInteger deaths = new AtomicInteger();
    ScheduledExecutorService reaper = Executors.newSingleThreadScheduledExecutor();
    try (FakeGenesys genesys = new FakeGenesys();
        ForkedApp app =
            ForkedApp.Launch.on(jdk)
                .atFullSpeed()
                .withAgent(AgentSettings.clientCredentials(genesys).asArgument())
                .start()) {
      // given
      app.run("call\t" + client.field() + "\turl=" + genesys.http("/api/v2/warm-up"));
      var unused =
          reaper.scheduleWithFixedDelay(
              () -> {
                // a token that dies before its replays have arrived is another case: their 401 is
                // the app's, and on a machine that is slow enough 2 s are no time
                if (noneAwaitsItsReplay(genesys) && genesys.kill(LIFE)) {
                  deaths.incrementAndGet();
                }
              },
              0,
              50,
              TimeUnit.MILLISECONDS);

      // when
      List<String> seen =
          app.run(
              "soak\t"
                  + client.field()
                  + "\tthreads="
                  + threads
                  + "\tcalls="
                  + CALLS
                  + "\tmillis="
                  + MILLIS
                  + "\turl="
                  + genesys.http("/api/v2/soak/")
                  + (client.canPatch() ? "" : "\tmethods=GET,POST,PUT,DELETE"),
              120);

      // then
      reaper.shutdownNow();
      assertAll(
          () -> assertThat(seen).contains("succeeded: " + CALLS, "failed: 0"),
          () -> assertThat(seen).noneMatch(line -> line.startsWith("failure: ")),
          () -> assertThat(deaths.get()).as("deaths").isGreaterThanOrEqualTo(4),
          () ->
              assertThat(genesys.tokenCalls())
                  .as("token requests")
                  .hasSizeLessThanOrEqualTo(deaths.get() + 1),
          () ->
              assertThat(arrived(genesys))
                  .as("bodies of the calls that succeeded")
                  .isEqualTo(sent(seen)),
          () -> assertThat(everyBody(genesys)).as("bodies of all hits").isEqualTo(sent(seen)),
          () -> assertThat(app.finish()).as("exit code").isZero(),
          () -> assertThat(app.foreignStdout()).as("stdout").isEmpty(),
          () -> assertThat(app.stderr()).as("stderr").isEmpty());
    } finally {
      reaper.shutdownNow();
    }
  }

  private static boolean noneAwaitsItsReplay(FakeGenesys genesys) {
    Set<String> awaiting = new HashSet<>();
    for (FakeGenesys.Hit hit : genesys.hits()) {
      if (hit.status() == 401) {
        awaiting.add(hit.path());
      } else {
        awaiting.remove(hit.path());
      }
    }
    return awaiting.isEmpty();
  }

  /** Call number to body, as the app sent it. */
  private static Map<String, List<String>> sent(List<String> seen) {
    Map<String, List<String>> bodies = new TreeMap<>();
    for (String line : seen) {
      if (line.startsWith("sent: ")) {
        String[] parts = line.split(" ", -1);
        bodies.put(parts[1], List.of(parts[2]));
      }
    }
    return bodies;
  }

  /** Call number to the bodies with which it succeeded: exactly one, or a call was made twice. */
  private static Map<String, List<String>> arrived(FakeGenesys genesys) {
    Map<String, List<String>> bodies = new TreeMap<>();
    for (FakeGenesys.Hit hit : genesys.hits()) {
      if (hit.status() == 200 && hit.path().startsWith("/api/v2/soak/")) {
        bodies.computeIfAbsent(number(hit), number -> new ArrayList<>()).add(hit.bodySha256());
      }
    }
    return bodies;
  }

  /** Call number to every different body that came for it, refused or not. */
  private static Map<String, List<String>> everyBody(FakeGenesys genesys) {
    Map<String, List<String>> bodies = new TreeMap<>();
    for (FakeGenesys.Hit hit : genesys.hits()) {
      if (hit.path().startsWith("/api/v2/soak/")) {
        List<String> different = bodies.computeIfAbsent(number(hit), number -> new ArrayList<>());
        if (!different.contains(hit.bodySha256())) {
          different.add(hit.bodySha256());
        }
      }
    }
    return bodies;
  }

  private static String number(FakeGenesys.Hit hit) {
    return hit.path().substring("/api/v2/soak/".length());
  }
}

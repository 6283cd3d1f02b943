package org.genesystoken.it;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every scenario with every client on every JDK. */
@Execution(ExecutionMode.SAME_THREAD)
@Order(4)
class ScenariosIT {
  @TestFactory
  Stream<DynamicNode> scenarios() {
    return Matrix.onEveryJdk(
        jdk -> {
          Bench bench = new Bench(ForkedApp.Launch.on(jdk));
          Stream<DynamicTest> cells =
              Scenarios.all().stream()
                  .flatMap(
                      scenario ->
                          Client.on(jdk)
                              .filter(client -> scenario.clients().test(client, jdk))
                              .map(
                                  client ->
                                      dynamicTest(
                                          Matrix.name(jdk, client, scenario.name()),
                                          () -> bench.run(scenario, client))));
          Stream<DynamicTest> last =
              Stream.of(
                  Matrix.ofAllClients(
                      jdk,
                      "JVMs end by themselves, nothing on stdout, no more than the 403s on stderr",
                      bench::finish));
          return Stream.concat(cells, last);
        });
  }
}

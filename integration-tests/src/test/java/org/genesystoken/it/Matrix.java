package org.genesystoken.it;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/** The same tests on every JDK; one that is not there is reported as skipped, by its name. */
final class Matrix {
  private Matrix() {}

  /** The tests are made, in order, when their JDK's turn has come. */
  static Stream<DynamicNode> onEveryJdk(Function<Jdks.Jdk, Stream<? extends DynamicNode>> tests) {
    return Jdks.all().entrySet().stream()
        .map(
            entry ->
                entry
                    .getValue()
                    .<DynamicNode>map(
                        jdk ->
                            dynamicContainer(jdk.toString(), Stream.of(jdk).flatMap(tests::apply)))
                    .orElseGet(() -> missing(entry.getKey())));
  }

  /** One cell of the row for what all clients have in common. */
  static DynamicTest ofAllClients(Jdks.Jdk jdk, String scenario, Executable test) {
    return dynamicTest(name(jdk, ResultTable.ALL_CLIENTS, scenario), test);
  }

  /** The display name of one cell, as the result table takes it apart again. */
  static String name(Jdks.Jdk jdk, Object client, String scenario) {
    return String.join(ResultTable.SEPARATOR, jdk.toString(), client.toString(), scenario);
  }

  private static DynamicNode missing(int release) {
    String what = "JDK " + release + " not found, its tests are skipped (see -Djdks)";
    return dynamicTest(
        what,
        () -> {
          System.out.println("[WARNING] " + what);
          Assumptions.abort(what);
        });
  }
}

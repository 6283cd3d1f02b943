package org.genesystoken.it;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of the things that are compared. Immutable.
 *
 * @param name as in the table
 * @param jvmArgs what attaches it
 * @param port where the app sends its calls: the API, or what stands before it
 */
record Subject(String name, List<String> jvmArgs, int port) {
  static final String NONE = "no agent";
  static final String EMPTY = "empty agent";
  static final String NOOP = "no-op transformer";
  static final String OURS = "this agent";
  static final String OURS_GIVEN = "this agent, token given";
  static final String OURS_ELSEWHERE = "this agent, another host";
  static final String OURS_CACHED = "this agent, cached";
  static final String OTEL = "OpenTelemetry";
  static final String SIDECAR = "nginx sidecar";

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** The command line that runs a probe with this. */
  List<String> command(Jdks.Jdk jdk, String probe, String... arguments) {
    return Stream.of(
            List.of(jdk.java().toString(), "-Xmx256m"),
            jvmArgs,
            List.of("-cp", Benchmarks.probes().toString(), "org.genesystoken.it.bench." + probe),
            List.of(arguments))
        .flatMap(List::stream)
        .toList();
  }

  /** The same with more JVM flags. */
  Subject with(String newName, String... flags) {
    List<String> more = new ArrayList<>(jvmArgs);
    more.addAll(List.of(flags));
    return new Subject(newName, more, port);
  }
}

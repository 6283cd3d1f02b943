package org.genesystoken.demo;

import java.util.Map;
import org.genesystoken.demo.simulator.Counts;

/** What a legacy program talks to, and how an agent in it is told. Thread-safe. */
interface Platform extends AutoCloseable {
  String baseUrl();

  /** What stands in the legacy program's configuration. */
  String staticToken();

  /** What follows {@code -javaagent:…jar=}; no secret in it. */
  String agentOptions();

  /** What the agent reads from the environment, secrets included. */
  Map<String, String> agentEnvironment();

  /** What the server saw up to now, or null where that cannot be known. */
  Counts counts();

  @Override
  void close();
}

package org.genesystoken.agent.core.config;

import java.util.List;

/**
 * What reading the settings came to: a configuration, or the one problem that keeps the agent
 * inactive. Immutable. No text here contains a secret.
 */
public final class Loaded {
  private final Configuration configuration;
  private final String problem;
  private final List<String> warnings;

  Loaded(Configuration configuration, String problem, List<String> warnings) {
    this.configuration = configuration;
    this.problem = problem;
    this.warnings = warnings;
  }

  /** The configuration, or null if there is a {@link #problem}. */
  public Configuration configuration() {
    return configuration;
  }

  /** One line for the operator: what is wrong, where, and the remedy; null if nothing is. */
  public String problem() {
    return problem;
  }

  /** Lines for the operator about what is odd but does no harm; may be empty. */
  public List<String> warnings() {
    return warnings;
  }
}
